import { type AsyncContextManager, asyncWith, type Coroutine, RuntimeError } from "@yieldstar/loop";
import { className, nameErrorClass, requireCount, showAsText } from "@yieldstar/loop/internal";
import { Condition } from "./condition.ts";

/**
 * The barrier is broken, or it was broken or reset while the task waited at it.
 *
 * Source: asyncio.BrokenBarrierError, CPython 3.14 Lib/asyncio/exceptions.py.
 */
export class BrokenBarrierError extends RuntimeError {
  static {
    nameErrorClass(this, "BrokenBarrierError");
  }
}

/**
 * Holds tasks until a given number of them has come, and then lets all of them go on. It can be used again and again.
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
  /** The number of tasks that have come and not gone on. */
  #count = 0;

  /**
   * @param parties - the number of tasks that have to come, a whole number
   * @throws TypeError when it is no whole number
   * @throws ValueError when it is less than 1
   */
  constructor(parties: number) {
    requireCount(parties, "parties", 1, "parties must be >= 1");
    this.#parties = parties;
  }

  /**
   * The number of tasks that have to come.
   *
   * Source: asyncio.Barrier.parties, CPython 3.14 Lib/asyncio/locks.py.
   */
  get parties(): number {
    return this.#parties;
  }

  /**
   * The number of tasks that wait for others to come.
   *
   * Source: asyncio.Barrier.n_waiting, CPython 3.14 Lib/asyncio/locks.py.
   */
  get nWaiting(): number {
    return this.#state === "filling" ? this.#count : 0;
  }

  /**
   * Whether `abort` has broken the barrier. `reset` makes it usable again.
   *
   * Source: asyncio.Barrier.broken, CPython 3.14 Lib/asyncio/locks.py.
   */
  get broken(): boolean {
    return this.#state === "broken";
  }

  /**
   * Calls `wait`, so that a block runs once all tasks have come: `asyncWith(barrier, function* (index) { … })`.
   *
   * Source: asyncio.Barrier.__aenter__, CPython 3.14 Lib/asyncio/locks.py.
   */
  aenter(): Coroutine<number> {
    return this.wait();
  }

  /**
   * Does nothing, and never waits.
   *
   * Source: asyncio.Barrier.__aexit__, CPython 3.14 Lib/asyncio/locks.py.
   */
  *aexit(_error: Error | undefined): Coroutine {}

  /**
   * Waits until `parties` tasks have come. The last one does not wait. Tasks that come while those of the previous
   * round still leave wait for these first.
   *
   * @returns the number of tasks that were there when the caller came: 0 for the first, `parties - 1` for the last.
   *   Only the last number is sure to be unique: after a cancellation two tasks of a round can get the same one
   * @throws BrokenBarrierError when the barrier is broken, or is broken or reset while the task waits
   * @throws RuntimeError when it has to wait and the barrier was waited at on another loop before
   *
   * A cancelled task leaves the barrier, and its place is free for another task. Once all have come, the others go on
   * without it.
   *
   * Source: asyncio.Barrier.wait, CPython 3.14 Lib/asyncio/locks.py.
   */
  wait(): Coroutine<number> {
    return asyncWith(this.#condition, () => this.#waitLocked());
  }

  /**
   * Empties the barrier: the tasks that wait get a `BrokenBarrierError`, and then it can be used again. It waits only
   * for the barrier's inner lock.
   *
   * Cancellation during that wait leaves the barrier unchanged.
   *
   * Source: asyncio.Barrier.reset, CPython 3.14 Lib/asyncio/locks.py.
   */
  *reset(): Coroutine {
    yield* this.#change(() => {
      this.#state = this.#count > 0 ? "resetting" : "filling";
    });
  }

  /**
   * Breaks the barrier: the tasks that wait, and those that come before a `reset`, get a `BrokenBarrierError`. It waits
   * only for the barrier's inner lock.
   *
   * Cancellation during that wait leaves the barrier unchanged.
   *
   * Source: asyncio.Barrier.abort, CPython 3.14 Lib/asyncio/locks.py.
   */
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
    yield* this.#waitForThePreviousRound();
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

  /** The tasks of the previous round have to leave first. */
  *#waitForThePreviousRound(): Coroutine {
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
