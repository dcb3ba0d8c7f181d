import { CancelledError, type Coroutine, repr, showAsText, ValueError } from "@yieldstar/loop";
import { Acquirable } from "./acquirable.ts";
import { requireNumber } from "./size.ts";
import { LoopBinding, Waiters } from "./waiters.ts";

/**
 * Lets so many tasks through at a time. Those who wait get their turn in the order in which they came.
 *
 * Source: asyncio.Semaphore, CPython 3.14 Lib/asyncio/locks.py.
 */
export class Semaphore extends Acquirable {
  static {
    showAsText(this);
  }

  readonly #binding = new LoopBinding();
  readonly #waiters = new Waiters();
  #value: number;

  /**
   * @param value - how many can have it at a time
   * @throws TypeError when it is no number
   * @throws ValueError when it is negative
   */
  constructor(value = 1) {
    super();
    requireNumber(value, "value");
    if (!(value >= 0)) throw new ValueError("Semaphore initial value must be >= 0");
    this.#value = value;
  }

  /** How many more can have it now. */
  protected get value(): number {
    return this.#value;
  }

  /** Tells whether `acquire` would wait: nothing is left, or somebody is first. */
  locked(): boolean {
    return this.#value === 0 || this.#waiters.hasLive;
  }

  /**
   * Waits for a turn, and takes it.
   *
   * @returns `true`
   * @throws RuntimeError when the semaphore was waited for on another loop before
   *
   * Cancellation leaves the queue; a turn that had come already goes to the next.
   */
  *acquire(): Coroutine<true> {
    if (!this.locked()) {
      this.#value -= 1;
      return true;
    }
    const turn = this.#binding.getLoop(this).createFuture<void>();
    try {
      yield* this.#waiters.wait(turn);
    } catch (error) {
      if (error instanceof CancelledError && turn.done() && !turn.cancelled()) this.#value += 1;
      throw error;
    } finally {
      while (this.#value > 0 && this.#wakeNext());
    }
    return true;
  }

  /** Gives a turn back, whoever has it, and wakes the first who waits. */
  release(): void {
    this.#value += 1;
    this.#wakeNext();
  }

  /** A turn is taken off the value as soon as its owner is woken, so that nobody else can take it. */
  #wakeNext(): boolean {
    const woken = this.#waiters.wake(1);
    this.#value -= woken;
    return woken > 0;
  }

  override toString(): string {
    const { size } = this.#waiters;
    const state = this.locked() ? "locked" : `unlocked, value:${repr(this.#value)}`;
    return `<${this.constructor.name} [${state}${size > 0 ? `, waiters:${size}` : ""}]>`;
  }
}

/**
 * A semaphore that cannot be released more often than it was acquired.
 *
 * Source: asyncio.BoundedSemaphore, CPython 3.14 Lib/asyncio/locks.py.
 */
export class BoundedSemaphore extends Semaphore {
  readonly #bound: number;

  /**
   * @param value - how many can have it at a time
   * @throws TypeError when it is no number
   * @throws ValueError when it is negative
   */
  constructor(value = 1) {
    super(value);
    this.#bound = value;
  }

  /**
   * Gives a turn back and wakes the first who waits.
   *
   * @throws ValueError when nobody has one
   */
  override release(): void {
    if (this.value >= this.#bound) throw new ValueError("BoundedSemaphore released too many times");
    super.release();
  }
}
