/** A clock that starts at 0 and shows the same time until it is moved. */
export class VirtualClock {
  /** In seconds: two times that are closer than this are the same instant. */
  readonly resolution = 1e-9;
  #now = 0;

  /** Returns the time, in seconds. */
  time(): number {
    return this.#now;
  }

  /**
   * Moves the clock forward to `when`, a time in seconds. It never moves back.
   *
   * @returns whether it has moved
   */
  jumpTo(when: number): boolean {
    if (when <= this.#now) return false;
    this.#now = when;
    return true;
  }
}
