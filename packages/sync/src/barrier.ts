import { type AsyncContextManager, asyncWith, type Coroutine, RuntimeError, ValueError } from "@yieldstar/loop";
import { showAsText, className, nameErrorClass } from "@yieldstar/loop/internal";
import { Condition } from "./condition.ts";
import { requireNumber, requireWholeNumber } from "./size.ts";

/**
 * A barrier was broken, or reset, while somebody waited at it.
 *
 * Source: asyncio.BrokenBarrierError, CPython 3.14 Lib/asyncio/exceptions.py.
 */
export class BrokenBarrierError extends RuntimeError {
  static {
    nameErrorClass(this, "BrokenBarrierError");
  }
}

/**
 * Holds tasks until so many have come, and then lets all of them go on. It can be used again and again.
 *
 * Source: asyncio.Barrier, CPython 3.14 Lib/asyncio/locks.py.
 */
export class Barrier implements AsyncContextManager<number, void> {
  static {
    showAsText(this, "Barrier");
  }

  readonly #condition = new Condition();
  readonly #parties: number;
  #state: "filling" | "draining" | "resetting" | "broken" = "filling";
  /** How many have come and not gone on. */
  #count = 0;

  /**
   * @param parties - how many tasks have to come
   * @throws TypeError when it is no whole number
   * @throws ValueError when it is less than 1
   */
  constructor(parties: number) {
    requireNumber(parties, "parties");
    if (!(parties >= 1)) throw new ValueError("parties must be >= 1");
    requireWholeNumber(parties, "parties");
    this.#parties = parties;
  }

  /** How many tasks have to come. */
  get parties(): number {
    return this.#parties;
  }

  /** How many wait for others to come. */
  get nWaiting(): number {
    return this.#state === "filling" ? this.#count : 0;
  }

  /** Whether the barrier was broken by `abort`. */
  get broken(): boolean {
    return this.#state === "broken";
  }

  /** Waits for the others: `asyncWith(barrier, function* (index) { … })`. */
  aenter(): Coroutine<number> {
    return this.wait();
  }

  *aexit(_error: Error | undefined): Coroutine {}

  /**
   * Waits until all have come.
   *
   * @returns how many had come before and still waited: 0 for the first, and so on. The last gets `parties - 1`, and only
   *   that is certain to be unique: when one who waits is cancelled, two of those who stay can get the same number
   * @throws BrokenBarrierError when the barrier is broken, or is reset or broken meanwhile
   *
   * Cancellation frees the place for another task, unless all have come already.
   */
  wait(): Coroutine<number> {
    return asyncWith(this.#condition, () => this.#waitLocked());
  }

  /**
   * Sends those who wait away with a `BrokenBarrierError`; the barrier can be used again.
   */
  *reset(): Coroutine {
    yield* this.#change(() => {
      this.#state = this.#count > 0 ? "resetting" : "filling";
    });
  }

  /** Breaks the barrier: those who wait, and all who come until it is reset, get a `BrokenBarrierError`. */
  *abort(): Coroutine {
    yield* this.#change(() => {
      this.#state = "broken";
    });
  }

  #change(change: () => void): Coroutine {
    const condition = this.#condition;
    return asyncWith(condition, function* () {
      change();
      condition.notifyAll();
    });
  }

  *#waitLocked(): Coroutine<number> {
    yield* this.#waitForTheLastOnes();
    try {
      const index = this.#count;
      this.#count += 1;
      if (index + 1 === this.#parties) {
        this.#state = "draining";
        this.#condition.notifyAll();
      } else {
        yield* this.#waitForTheOthers();
      }
      return index;
    } finally {
      this.#count -= 1;
      this.#leave();
    }
  }

  /** Those of the round before have to go on first. */
  *#waitForTheLastOnes(): Coroutine {
    yield* this.#condition.waitFor(() => this.#state !== "draining" && this.#state !== "resetting");
    if (this.#state === "broken") throw new BrokenBarrierError("Barrier aborted");
  }

  *#waitForTheOthers(): Coroutine {
    yield* this.#condition.waitFor(() => this.#state !== "filling");
    if (this.#state !== "draining") throw new BrokenBarrierError("Abort or reset of barrier");
  }

  #leave(): void {
    if (this.#count > 0) return;
    if (this.#state === "resetting" || this.#state === "draining") this.#state = "filling";
    this.#condition.notifyAll();
  }

  toString(): string {
    return `<${className(this)} [${this.#state}${this.broken ? "" : `, waiters:${this.nWaiting}/${this.#parties}`}]>`;
  }
}
