import { CancelledError, type Coroutine, repr, ValueError } from "@yieldstar/loop";
import { nameClass, requireCount, showAsText } from "@yieldstar/loop/internal";
import { Acquirable } from "./acquirable.ts";
import { describe } from "./describe.ts";
import { defineSteps, MUST_WAIT, WaitQueue } from "./wait-queue.ts";

/**
 * Lets a limited number of tasks through at a time. It counts units: `acquire` takes one, `release` gives one back.
 * Tasks get a unit in the order in which they asked for it.
 *
 * Source: asyncio.Semaphore, CPython 3.14 Lib/asyncio/locks.py.
 */
export class Semaphore extends Acquirable {
  static {
    showAsText(this, "Semaphore");
  }

  static readonly #acquiring = defineSteps<Semaphore, void, true>({
    name: "Semaphore.acquire",
    attempt(semaphore) {
      if (semaphore.locked()) return MUST_WAIT;
      semaphore.#value -= 1;
      return true;
    },
    resume(semaphore) {
      semaphore.#wakeWhileUnitsAreLeft();
      return true;
    },
    abandon(semaphore, error, wasWoken) {
      if (error instanceof CancelledError && wasWoken) semaphore.#value += 1;
      semaphore.#wakeWhileUnitsAreLeft();
    },
  });

  readonly #waits = new WaitQueue<Semaphore, void, true>(this, Semaphore.#acquiring);
  #value: number;

  /**
   * @param value - the number of units, a whole number
   * @throws TypeError when it is no whole number
   * @throws ValueError when it is negative
   */
  constructor(value = 1) {
    super();
    requireCount(value, "value", 0, "Semaphore initial value must be >= 0");
    this.#value = value;
  }

  /** The number of units that are left. */
  protected get value(): number {
    return this.#value;
  }

  /**
   * Tells whether `acquire` would wait: no unit is left, or another task waits for one.
   *
   * Source: asyncio.Semaphore.locked, CPython 3.14 Lib/asyncio/locks.py.
   */
  locked(): boolean {
    return this.#value === 0 || this.#waits.hasUncancelled;
  }

  /**
   * Waits until a unit is left and it is the caller's turn, and takes the unit.
   *
   * @returns `true`
   * @throws RuntimeError when it has to wait and the semaphore was waited for on another loop before
   *
   * A cancelled task leaves the queue without a unit. If it was woken already, its unit goes to the next task.
   *
   * Source: asyncio.Semaphore.acquire, CPython 3.14 Lib/asyncio/locks.py.
   */
  acquire(): Coroutine<true> {
    return this.#waits.wait();
  }

  /**
   * Gives a unit back, whichever task took it, and wakes the first task that waits.
   *
   * @throws RuntimeError when the loop of the task that it wakes is closed; the unit is then given back
   *
   * Source: asyncio.Semaphore.release, CPython 3.14 Lib/asyncio/locks.py.
   */
  release(): void {
    this.#value += 1;
    this.#wakeNext();
  }

  /** Wakes a task and takes the unit for it at once, so that no other task can. Returns whether a task waited. */
  #wakeNext(): boolean {
    const woken = this.#waits.wake(1);
    this.#value -= woken;
    return woken > 0;
  }

  #wakeWhileUnitsAreLeft(): void {
    while (this.#value > 0 && this.#wakeNext());
  }

  override toString(): string {
    const state = this.locked() ? "locked" : `unlocked, value:${repr(this.#value)}`;
    return describe(this, state, this.#waits.size);
  }
}

/**
 * A semaphore that cannot be released more often than it was acquired.
 *
 * Source: asyncio.BoundedSemaphore, CPython 3.14 Lib/asyncio/locks.py.
 */
export class BoundedSemaphore extends Semaphore {
  static {
    nameClass(this, "BoundedSemaphore");
  }

  readonly #bound: number;

  /**
   * @param value - the number of units, a whole number
   * @throws TypeError when it is no whole number
   * @throws ValueError when it is negative
   */
  constructor(value = 1) {
    super(value);
    this.#bound = value;
  }

  /**
   * Gives a unit back and wakes the first task that waits.
   *
   * @throws ValueError when all units are free
   * @throws RuntimeError when the loop of the task that it wakes is closed; the unit is then given back
   *
   * Source: asyncio.BoundedSemaphore.release, CPython 3.14 Lib/asyncio/locks.py.
   */
  override release(): void {
    if (this.value >= this.#bound) throw new ValueError("BoundedSemaphore released too many times");
    super.release();
  }
}
