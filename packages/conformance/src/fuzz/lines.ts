/** Lines of a program that is being printed. */
export class Lines {
  readonly #lines: string[] = [];
  #indent = "";

  add(...lines: readonly string[]): void {
    for (const line of lines) this.#lines.push(this.#indent + line);
  }

  append(other: Lines): void {
    this.add(...other.#lines);
  }

  /** Adds the lines that `write` adds, indented by one more step. */
  indent(write: (lines: Lines) => void): void {
    const outer = this.#indent;
    this.#indent = `${outer}    `;
    write(this);
    this.#indent = outer;
  }

  toString(): string {
    return `${this.#lines.join("\n")}\n`;
  }
}
