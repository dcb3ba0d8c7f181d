import type { AbstractEventLoop } from "../scheduling/loop.ts";
import type { Awaitable } from "../coroutines/coroutine.ts";
import { ensureFutureOn } from "../tasks/ensure-future.ts";
import { RuntimeError } from "../errors/exceptions.ts";
import { leavesLoop } from "../errors/thrown.ts";
import { restoreCallers } from "../coroutines/lost-callers.ts";
import { Future } from "../tasks/future.ts";
import { passing } from "../scheduling/passing.ts";
import { Task } from "../tasks/task.ts";

/**
 * The part of `runUntilComplete` around `runForever`, for every class of loops. It stops the loop when the awaitable is
 * done, in the iteration in which the future's callbacks run.
 *
 * Source: asyncio.BaseEventLoop.run_until_complete, CPython 3.14 Lib/asyncio/base_events.py.
 */
export class Completion<T> {
  readonly #future: Future<T>;
  readonly #isOwn: boolean;

  constructor(loop: AbstractEventLoop, awaitable: Awaitable<T>) {
    this.#future = ensureFutureOn(loop, awaitable);
    this.#isOwn = !(awaitable instanceof Future);
    if (this.#isOwn && this.#future instanceof Task) this.#future._dontReport();
    this.#future.addDoneCallback(stopLoop);
  }

  /**
   * Returns the result, after the loop has stopped.
   *
   * @throws the exception of the awaitable
   * @throws RuntimeError when the loop was stopped before the awaitable was done
   */
  result(): T {
    this.#future.removeDoneCallback(stopLoop);
    if (!this.#future._isDone()) throw new RuntimeError("Event loop stopped before Future completed.");
    restoreCallers(this.#future._hasFailed() ? this.#future._outcome : undefined);
    return this.#future.result();
  }

  /**
   * Gives up the result, after an error has left the loop. A task that was made here counts as retrieved, since no
   * other code has it. Never throws: the error that left the loop is more important.
   */
  abandon(): void {
    try {
      this.#future.removeDoneCallback(stopLoop);
      if (this.#isOwn) this.#future._markRetrieved();
    } catch {
      // The future's class may be the program's, and its methods may throw.
    }
  }
}

/** The text of every main task shows this callback. */
const stopLoop = passing("_run_until_complete_cb", (future: Future<unknown>): void => {
  // Such an error has left the loop already, and must not stop the next run.
  future._markRetrieved();
  if (future._hasFailed() && leavesLoop(future._outcome)) return;
  future._loop.stop();
});
