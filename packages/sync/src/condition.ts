import { CancelledError, type Coroutine, repr, RuntimeError } from "@yieldstar/loop";
import { requireCallback, showAsText, className } from "@yieldstar/loop/internal";
import { Acquirable } from "./acquirable.ts";
import { Lock } from "./lock.ts";
import { requireWholeNumber } from "./size.ts";
import { LoopBinding, Waiters } from "./waiters.ts";

/**
 * Lets tasks that share a lock wait until one of them says that something has changed.
 *
 * Source: asyncio.Condition, CPython 3.14 Lib/asyncio/locks.py.
 */
export class Condition extends Acquirable {
  static {
    showAsText(this, "Condition");
  }

  readonly #binding = new LoopBinding();
  readonly #waiters = new Waiters();
  readonly #lock: Lock;

  /**
   * @param lock - what guards the condition; several can share one; a lock of its own by default
   * @throws TypeError when it is no lock
   */
  constructor(lock: Lock = new Lock()) {
    super();
    if (typeof lock?.acquire !== "function" || typeof lock.release !== "function") {
      throw new TypeError(`a Lock was expected, got ${repr(lock)}`);
    }
    this.#lock = lock;
  }

  /** Tells whether somebody has the lock. */
  locked(): boolean {
    return this.#lock.locked();
  }

  /** Waits for the lock. @returns `true` */
  acquire(): Coroutine<true> {
    return this.#lock.acquire();
  }

  /**
   * Frees the lock.
   *
   * @throws RuntimeError when nobody has it
   */
  release(): void {
    this.#lock.release();
  }

  /**
   * Frees the lock, waits to be notified, and waits for the lock again. It may return without a notification: look again
   * whether what was waited for is true, or use `waitFor`.
   *
   * @returns `true`
   * @throws RuntimeError when nobody has the lock
   *
   * Cancellation also waits for the lock first, so that it is held in any case; a notification goes to the next.
   */
  *wait(): Coroutine<true> {
    if (!this.locked()) throw new RuntimeError("cannot wait on un-acquired lock");
    const notification = this.#binding.getLoop(this).createFuture<void>();
    this.release();
    try {
      try {
        yield* this.#waiters.wait(notification);
        return true;
      } finally {
        yield* this.#reacquire();
      }
    } catch (error) {
      this.#waiters.wake(1);
      throw error;
    }
  }

  /**
   * Waits until `predicate` gives something truthy; it is asked once before and after each notification.
   *
   * @param predicate - a plain function
   * @returns what it gave
   * @throws RuntimeError when nobody has the lock
   * @throws TypeError at the call, when `predicate` is no plain function
   */
  waitFor<T>(predicate: () => T): Coroutine<T> {
    requireCallback(predicate, "waitFor", "pass a plain function");
    return this.#waitFor(predicate);
  }

  *#waitFor<T>(predicate: () => T): Coroutine<T> {
    let result = predicate();
    while (!result) {
      yield* this.wait();
      result = predicate();
    }
    return result;
  }

  /**
   * Wakes up to `n` who wait. They go on once they have the lock, so not before the caller frees it.
   *
   * @param n - a whole number; less than one wakes nobody
   * @throws TypeError when `n` is no whole number
   * @throws RuntimeError when nobody has the lock
   */
  notify(n = 1): void {
    requireWholeNumber(n, "n");
    if (!this.locked()) throw new RuntimeError("cannot notify on un-acquired lock");
    this.#waiters.wake(n);
  }

  /**
   * Wakes all who wait.
   *
   * @throws RuntimeError when nobody has the lock
   */
  notifyAll(): void {
    this.notify(this.#waiters.size);
  }

  /** Waits for the lock through any number of cancellations, and throws the last of them then. */
  *#reacquire(): Coroutine {
    let cancellation: CancelledError | undefined;
    for (;;) {
      try {
        yield* this.acquire();
        break;
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
        cancellation = error;
      }
    }
    if (cancellation !== undefined) throw cancellation;
  }

  override toString(): string {
    const { size } = this.#waiters;
    return `<${className(this)} [${this.locked() ? "locked" : "unlocked"}${size > 0 ? `, waiters:${size}` : ""}]>`;
  }
}
