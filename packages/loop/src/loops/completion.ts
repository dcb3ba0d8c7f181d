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
 * What `runUntilComplete` does around `runForever`, for whoever writes a loop: from its making on it stops the loop once
 * the awaitable is done, in the iteration in which the future's callbacks run.
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
   * After the loop has stopped: returns the result.
   *
   * @throws what the awaitable threw
   * @throws RuntimeError when the loop was stopped before the awaitable was done
   */
  result(): T {
    this.#future.removeDoneCallback(stopLoop);
    if (!this.#future._isDone()) throw new RuntimeError("Event loop stopped before Future completed.");
    restoreCallers(this.#future._hasFailed() ? this.#future._outcome : undefined);
    return this.#future.result();
  }

  /**
   * After an error has left the loop: nobody else could retrieve the exception of a task that was made here. Never throws,
   * since that error counts.
   */
  abandon(): void {
    try {
      this.#future.removeDoneCallback(stopLoop);
      if (this.#isOwn) this.#future._markRetrieved();
    } catch {
      // A method of the user's class.
    }
  }
}

/** It stands in the text of every main task. */
const stopLoop = passing("_run_until_complete_cb", (future: Future<unknown>): void => {
  // These have left the loop already, and must not stop its next run.
  future._markRetrieved();
  if (future._hasFailed() && leavesLoop(future._outcome)) return;
  future._loop.stop();
});
