import type { Host } from "../hosts/host.ts";

/**
 * Reading the clock costs as much as a task's step. The loop reads it after the iteration in which this number of steps
 * is reached, at the latest, since the next steps may take longer than those before.
 */
const longestUntilReading = 8;
/** If the clock shows the same time this often in a row, it does not move: it may be a test's. The turn ends then. */
const mostEqualReadings = 1000;

/** Tells a loop when it has run long enough in one turn of its host. */
export class TurnBudget {
  readonly #host: Host;
  readonly #seconds: number;
  #end = 0;
  #isUsedUp = false;
  #reading = 0;
  #equalReadings = 0;
  /** How many steps may still run before the clock is read. */
  #untilReading = 1;
  #interval = 1;

  /** @param seconds - how long the loop runs in one turn */
  constructor(host: Host, seconds: number) {
    this.#host = host;
    this.#seconds = seconds;
  }

  /** Whether the turn has to end. */
  get isUsedUp(): boolean {
    return this.#isUsedUp;
  }

  /** Begins a turn. */
  begin(): void {
    this.#reading = this.#host.time();
    this.#equalReadings = 0;
    this.#end = this.#reading + this.#seconds;
    this.#untilReading = this.#interval = 1;
    this.#isUsedUp = false;
  }

  /**
   * Tells whether the turn may go on.
   *
   * @param ran - how many steps and callbacks have run since it was last asked
   */
  lasts(ran: number): boolean {
    this.#untilReading -= ran;
    return this.#untilReading > 0 || this.#readClock();
  }

  #readClock(): boolean {
    const now = this.#host.time();
    this.#isUsedUp = now >= this.#end || (now === this.#reading && ++this.#equalReadings > mostEqualReadings);
    this.#reading = now;
    // The steps so far took no longer than the budget, so up to twice as many may run before the next reading.
    this.#interval = Math.min(this.#interval * 2, longestUntilReading);
    this.#untilReading = this.#interval;
    return !this.#isUsedUp;
  }
}
