import type { Awaitable, Coroutine } from "../coroutines/coroutine.ts";
import { sourceTraceback } from "../debug/creations.ts";
import { ensureFuture } from "../tasks/ensure-future.ts";
import type { Future } from "../tasks/future.ts";
import { typeName } from "../text/names.ts";
import { passing } from "../scheduling/passing.ts";
import type { Task } from "../tasks/task.ts";

/**
 * Protects an awaitable from a cancel of the task that awaits it.
 *
 * @param awaitable - a coroutine, which becomes a task at once, a future or a task. Keep a reference to a task that you
 * want to await after a cancel
 * @returns a future with the same outcome; `awaitable` itself if it is a future that is done
 * @throws TypeError when `awaitable` cannot be awaited
 * @throws RuntimeError when a coroutine was given to a task before, or no loop is running or set
 *
 * Cancelling the caller cancels the returned future, and the awaitable runs on. If it then fails, the loop reports its
 * exception to the exception handler. Cancelling the awaitable itself cancels the returned future too.
 *
 * Source: asyncio.shield, CPython 3.14 Lib/asyncio/tasks.py.
 */
export function shield<T>(awaitable: Task<T> | Future<T> | Coroutine<T> | Awaitable<T>): Future<T> {
  const inner = ensureFuture<T>(awaitable);
  if (inner._isDone()) return inner;
  const outer = inner.getLoop().createFuture<T>();
  const copyOutcome = passing(
    "shield.<locals>._inner_done_callback",
    (): void => {
      if (outer._isCancelled()) return;
      if (inner._isCancelled()) {
        outer.cancel();
        return;
      }
      if (inner._hasSucceeded()) outer.setResult(inner._outcome as T);
      else outer._failAs(inner._takeError());
    },
    outer,
  );
  inner.addDoneCallback(copyOutcome);
  outer.addDoneCallback(
    passing("shield.<locals>._outer_done_callback", () => {
      if (inner._isDone()) return;
      inner.removeDoneCallback(copyOutcome);
      // One report is enough when several shields of the same future were cancelled.
      inner.removeDoneCallback(reportException);
      inner.addDoneCallback(reportException);
    }),
  );
  return outer;
}

const reportException = passing("shield.<locals>._log_on_exception", (future: Future<unknown>): void => {
  if (!future._hasFailed()) return;
  const exception = future._takeError();
  const message = `${typeName(exception)} exception in shielded future`;
  future._loop.callExceptionHandler({ message, exception, future, ...sourceTraceback(future) });
});
