import type { Future } from "./future.ts";
import { formatCallback, Handle } from "./handle.ts";
import { abbreviate, repr } from "./repr.ts";

/** `cb=[…]` in the text of a future, or nothing: what is called, and which tasks are woken, when it is done. */
export function describeCallbacks(future: Future<unknown>): string[] {
  const names = future
    ._waiterList()
    .map((waiter) =>
      waiter instanceof Handle && waiter._callback
        ? formatCallback(waiter._callback)
        : `${waiter.constructor.name}.task_wakeup()`,
    );
  if (names.length > 2) names.splice(1, names.length - 2, `<${names.length - 2} more>`);
  return names.length === 0 ? [] : [`cb=[${names.join(", ")}]`];
}

/** `result=…` or `exception=…` in the text of a future, or nothing. */
export function describeOutcome(future: Future<unknown>): string[] {
  if (future._hasSucceeded()) return [`result=${abbreviate(future._outcome)}`];
  return future._hasFailed() ? [`exception=${repr(future._outcome)}`] : [];
}

/** The state of a future as CPython has it: to have succeeded or failed is one there. */
export function describeState(future: Future<unknown>): string {
  if (!future.done()) return "pending";
  return future.cancelled() ? "cancelled" : "finished";
}
