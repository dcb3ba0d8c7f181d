/** A line on the terminal that says how far we are; where there is no terminal, a line for each row. */

export class Progress {
  readonly #isTerminal = process.stderr.isTTY;
  readonly #start = performance.now();

  /** Shows where we are, in place of what was shown before. */
  show(text: string): void {
    if (this.#isTerminal) process.stderr.write(`\r\u{1b}[K${this.#clock()} ${text}`);
  }

  /** Shows what has been finished: it stays. */
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
