import { CancelledError, type Coroutine, RuntimeError, showAsText } from "@yieldstar/loop";
import { Acquirable } from "./acquirable.ts";
import { LoopBinding, Waiters } from "./waiters.ts";

/**
 * Lets one task at a time through: `yield* asyncWith(lock, function* () { … })`. Those who wait get it in the order in
 * which they came.
 *
 * Source: asyncio.Lock, CPython 3.14 Lib/asyncio/locks.py.
 */
export class Lock extends Acquirable {
  static {
    showAsText(this);
  }

  readonly #binding = new LoopBinding();
  readonly #waiters = new Waiters();
  #locked = false;

  /** Tells whether somebody has the lock. Between a release and the next task's step nobody has. */
  locked(): boolean {
    return this.#locked;
  }

  /**
   * Waits until the lock is free, and takes it.
   *
   * @returns `true`
   * @throws RuntimeError when the lock was waited for on another loop before
   *
   * Cancellation leaves the queue; a turn that had come already goes to the next.
   */
  *acquire(): Coroutine<true> {
    if (!this.#locked && !this.#waiters.hasLive) {
      this.#locked = true;
      return true;
    }
    const turn = this.#binding.getLoop(this).createFuture<void>();
    try {
      yield* this.#waiters.wait(turn);
    } catch (error) {
      if (error instanceof CancelledError && !this.#locked) this.#waiters.wakeHead();
      throw error;
    }
    this.#locked = true;
    return true;
  }

  /**
   * Frees the lock, whoever has it, and wakes the first who waits for it.
   *
   * @throws RuntimeError when nobody has it
   */
  release(): void {
    if (!this.#locked) throw new RuntimeError("Lock is not acquired.");
    this.#locked = false;
    this.#waiters.wakeHead();
  }

  override toString(): string {
    const { size } = this.#waiters;
    return `<${this.constructor.name} [${this.#locked ? "locked" : "unlocked"}${size > 0 ? `, waiters:${size}` : ""}]>`;
  }
}
