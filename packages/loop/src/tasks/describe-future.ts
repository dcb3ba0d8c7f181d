import { Handle } from "../scheduling/handle.ts";
import { formatCallback } from "../scheduling/callbacks.ts";
import { className } from "../text/names.ts";
import type { Runnable } from "../scheduling/ready-queue.ts";
import { abbreviate, repr } from "../text/repr.ts";

/** The members of a future that its text is made of. */
export interface DescribedFuture {
  /** @internal */
  _waiterList(): readonly Runnable[];
  /** @internal */
  _isDone(): boolean;
  /** @internal */
  _isCancelled(): boolean;
  /** @internal */
  _hasSucceeded(): boolean;
  /** @internal */
  _hasFailed(): boolean;
  /** @internal */
  readonly _outcome: unknown;
}

/**
 * `cb=[…]` in the text of a future: the callbacks that it calls, and the tasks that it wakes. Nothing if it has
 * neither.
 */
export function describeCallbacks(future: DescribedFuture): string[] {
  const waiters = future._waiterList();
  const shown = waiters.length > 2 ? [...waiters.slice(0, 1), ...waiters.slice(-1)] : waiters;
  const names = shown.map(describeWaiter);
  if (waiters.length > 2) names.splice(1, 0, `<${waiters.length - 2} more>`);
  return names.length === 0 ? [] : [`cb=[${names.join(", ")}]`];
}

function describeWaiter(waiter: Runnable): string {
  if (waiter instanceof Handle && waiter._callback !== undefined) return formatCallback(waiter._callback);
  return `${className(waiter)}.task_wakeup()`;
}

/** `result=…` or `exception=…` in the text of a future, or nothing. */
export function describeOutcome(future: DescribedFuture): string[] {
  if (future._hasSucceeded()) return [`result=${abbreviate(future._outcome)}`];
  return future._hasFailed() ? [`exception=${repr(future._outcome)}`] : [];
}

/** The state of a future in CPython's words: `finished` means both a result and an exception. */
export function describeState(future: DescribedFuture): string {
  if (!future._isDone()) return "pending";
  return future._isCancelled() ? "cancelled" : "finished";
}
