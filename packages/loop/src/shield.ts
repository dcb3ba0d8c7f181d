import type { Awaitable, Coroutine } from "./coroutine.ts";
import { sourceTraceback } from "./debug.ts";
import { ensureFuture } from "./ensure-future.ts";
import type { Future } from "./future.ts";
import { typeName } from "./names.ts";
import { passing } from "./passing.ts";
import type { Task } from "./task.ts";

/**
 * Protects something from the cancellation of whoever waits for it: cancelling the waiting task cancels the future that
 * is returned here, and what is shielded runs on. Keep a reference to a task that must not be lost.
 *
 * @param awaitable - a coroutine, which becomes a task at once; a future; a task
 * @returns a future with the same outcome; the same one if it is done already
 * @throws TypeError when `awaitable` cannot be awaited
 *
 * An exception of what is shielded that comes after the cancellation is reported to the exception handler.
 *
 * Source: asyncio.shield, CPython 3.14 Lib/asyncio/tasks.py.
 */
export function shield<T>(awaitable: Task<T> | Future<T> | Coroutine<T> | Awaitable<T>): Future<T> {
  const inner = ensureFuture<T>(awaitable);
  if (inner.done()) return inner;
  const outer = inner.getLoop().createFuture<T>();
  const copyOutcome = passing(
    "shield.<locals>._inner_done_callback",
    (): void => {
      if (outer.cancelled()) return;
      if (inner.cancelled()) {
        outer.cancel();
        return;
      }
      const exception = inner.exception();
      if (exception === undefined) outer.setResult(inner.result());
      else outer._failAs(exception);
    },
    outer,
  );
  inner.addDoneCallback(copyOutcome);
  outer.addDoneCallback(
    passing("shield.<locals>._outer_done_callback", () => {
      if (inner.done()) return;
      inner.removeDoneCallback(copyOutcome);
      // One report is enough where several shields of the same future were cancelled.
      inner.removeDoneCallback(reportException);
      inner.addDoneCallback(reportException);
    }),
  );
  return outer;
}

const reportException = passing("shield.<locals>._log_on_exception", (future: Future<unknown>): void => {
  const exception = future.cancelled() ? undefined : future.exception();
  if (exception === undefined) return;
  const message = `${typeName(exception)} exception in shielded future`;
  future.getLoop().callExceptionHandler({ message, exception, future, ...sourceTraceback(future) });
});
