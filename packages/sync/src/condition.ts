import { CancelledError, type Coroutine, repr, RuntimeError } from "@yieldstar/loop";
import { requireCallback, requireWholeNumber, showAsText } from "@yieldstar/loop/internal";
import { Acquirable } from "./acquirable.ts";
import { describe } from "./describe.ts";
import { Lock } from "./lock.ts";
import { LoopBinding } from "./loop-binding.ts";
import { defineSteps, MUST_WAIT, WaitQueue } from "./wait-queue.ts";

/**
 * Lets tasks that share a lock wait until one of them says that something has changed.
 *
 * Source: asyncio.Condition, CPython 3.14 Lib/asyncio/locks.py.
 */
export class Condition extends Acquirable {
  static {
    showAsText(this, "Condition");
  }

  static readonly #waiting = defineSteps<Condition, void, true>({
    name: "Condition.wait",
    attempt: () => MUST_WAIT,
    resume: () => true,
  });

  readonly #binding = new LoopBinding(this);
  readonly #waits = new WaitQueue<Condition, void, true>(this, Condition.#waiting, this.#binding);
  readonly #lock: Lock;

  /**
   * @param lock - the lock that tasks hold while they look at what they share, or change it. Several conditions can
   *   have the same lock; by default the condition makes its own
   * @throws TypeError when `lock` has no `acquire` and `release`
   */
  constructor(lock: Lock = new Lock()) {
    super();
    if (typeof lock?.acquire !== "function" || typeof lock.release !== "function") {
      throw new TypeError(`a Lock was expected, got ${repr(lock)}`);
    }
    this.#lock = lock;
  }

  /**
   * Tells whether a task has the lock.
   *
   * Source: asyncio.Condition.locked, CPython 3.14 Lib/asyncio/locks.py.
   */
  locked(): boolean {
    return this.#lock.locked();
  }

  /**
   * Waits for the lock, and takes it.
   *
   * @returns `true`
   * @throws RuntimeError when it has to wait and the lock was waited for on another loop before
   *
   * A cancelled task leaves the lock's queue without the lock.
   *
   * Source: asyncio.Condition.acquire, CPython 3.14 Lib/asyncio/locks.py.
   */
  acquire(): Coroutine<true> {
    return this.#lock.acquire();
  }

  /**
   * Frees the lock.
   *
   * @throws RuntimeError as `release` of the lock does
   *
   * Source: asyncio.Condition.release, CPython 3.14 Lib/asyncio/locks.py.
   */
  release(): void {
    this.#lock.release();
  }

  /**
   * Frees the lock, waits for a notification, and waits for the lock again. The state may have changed again meanwhile:
   * check it after each wait, or use `waitFor`.
   *
   * @returns `true`
   * @throws RuntimeError when the lock is free, or the condition was waited for on another loop before
   *
   * A cancelled task waits for the lock too, and holds it when it gets the `CancelledError`. It then wakes the next
   * task, which may return from `wait` without a notification.
   *
   * Source: asyncio.Condition.wait, CPython 3.14 Lib/asyncio/locks.py.
   */
  *wait(): Coroutine<true> {
    if (!this.locked()) throw new RuntimeError("cannot wait on un-acquired lock");
    // Throws on another loop, while the task still has the lock.
    this.#binding.getLoop();
    this.release();
    try {
      try {
        return yield* this.#waits.wait();
      } finally {
        yield* this.#reacquire();
      }
    } catch (error) {
      this.#waits.wake(1);
      throw error;
    }
  }

  /**
   * Waits until `predicate` returns a truthy value. It is called once at first, and after each `wait`.
   *
   * @param predicate - a plain function, called with the lock held
   * @returns the truthy value
   * @throws TypeError at the call, when `predicate` is no plain function
   * @throws RuntimeError as `wait` does
   * @throws what `predicate` throws
   *
   * Cancellation does what it does to `wait`.
   *
   * Source: asyncio.Condition.wait_for, CPython 3.14 Lib/asyncio/locks.py.
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
   * Wakes the first `n` tasks that wait. They go on once they have the lock, so not before the caller frees it.
   *
   * @param n - a whole number of tasks; with less than one it wakes no task
   * @throws TypeError when `n` is no whole number
   * @throws RuntimeError when the lock is free, or when the loop of a task that it wakes is closed
   *
   * Source: asyncio.Condition.notify, CPython 3.14 Lib/asyncio/locks.py.
   */
  notify(n = 1): void {
    requireWholeNumber(n, "n");
    if (!this.locked()) throw new RuntimeError("cannot notify on un-acquired lock");
    this.#waits.wake(n);
  }

  /**
   * Wakes all tasks that wait.
   *
   * @throws RuntimeError as `notify` does
   *
   * Source: asyncio.Condition.notify_all, CPython 3.14 Lib/asyncio/locks.py.
   */
  notifyAll(): void {
    this.notify(this.#waits.size);
  }

  /** Waits for the lock, however often the task is cancelled meanwhile. Then it throws the last `CancelledError`. */
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
    return describe(this, this.locked() ? "locked" : "unlocked", this.#waits.size);
  }
}
