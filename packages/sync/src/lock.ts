import { CancelledError, type Coroutine, RuntimeError } from "@yieldstar/loop";
import { showAsText } from "@yieldstar/loop/internal";
import { Acquirable } from "./acquirable.ts";
import { describe } from "./describe.ts";
import { defineSteps, MUST_WAIT, WaitQueue } from "./wait-queue.ts";

/**
 * Lets one task at a time through: `yield* asyncWith(lock, function* () { … })`. Tasks get the lock in the order in
 * which they asked for it.
 *
 * Source: asyncio.Lock, CPython 3.14 Lib/asyncio/locks.py.
 */
export class Lock extends Acquirable {
  static {
    showAsText(this, "Lock");
  }

  static readonly #acquiring = defineSteps<Lock, void, true>({
    name: "Lock.acquire",
    attempt(lock) {
      if (lock.#isLocked || lock.#waits.hasUncancelled) return MUST_WAIT;
      lock.#isLocked = true;
      return true;
    },
    resume(lock) {
      lock.#isLocked = true;
      return true;
    },
    abandon(lock, error) {
      if (error instanceof CancelledError && !lock.#isLocked) lock.#waits.wakeHead();
    },
  });

  readonly #waits = new WaitQueue<Lock, void, true>(this, Lock.#acquiring);
  #isLocked = false;

  /**
   * Tells whether a task has the lock. Between a `release` and the next step of the task that it wakes, no task has it.
   *
   * Source: asyncio.Lock.locked, CPython 3.14 Lib/asyncio/locks.py.
   */
  locked(): boolean {
    return this.#isLocked;
  }

  /**
   * Waits until the lock is free and it is the caller's turn, and takes it.
   *
   * @returns `true`
   * @throws RuntimeError when it has to wait and the lock was waited for on another loop before
   *
   * A cancelled task leaves the queue without the lock. If the lock is free by then, it wakes the next task.
   *
   * Source: asyncio.Lock.acquire, CPython 3.14 Lib/asyncio/locks.py.
   */
  acquire(): Coroutine<true> {
    return this.#waits.wait();
  }

  /**
   * Frees the lock, whichever task has it, and wakes the first task in the queue.
   *
   * @throws RuntimeError when the lock is free, or when the loop of the task that it wakes is closed; the lock is then
   * free
   *
   * Source: asyncio.Lock.release, CPython 3.14 Lib/asyncio/locks.py.
   */
  release(): void {
    if (!this.#isLocked) throw new RuntimeError("Lock is not acquired.");
    this.#isLocked = false;
    this.#waits.wakeHead();
  }

  override toString(): string {
    return describe(this, this.#isLocked ? "locked" : "unlocked", this.#waits.size);
  }
}
