/** Shows the progress in one line of the terminal, or without a terminal in a line for each row. */

export class Progress {
  readonly #isTerminal = process.stderr.isTTY;
  readonly #start = performance.now();

  /** Replaces the line that is shown. */
  show(text: string): void {
    if (this.#isTerminal) process.stderr.write(`\r\u{1b}[K${this.#clock()} ${text}`);
  }

  /** Shows a finished row, which stays. */
  finished(text: string): void {
    this.clear();
    process.stderr.write(`${this.#clock()} ${text}\n`);
  }

  clear(): void {
    if (this.#isTerminal) process.stderr.write("\r\u{1b}[K");
  }

  #clock(): string {
    const seconds = Math.round((performance.now() - this.#start) / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
}
