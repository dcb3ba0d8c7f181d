import {
  asyncWith,
  type Awaitable,
  CancelledError,
  type Coroutine,
  ensureFuture,
  type Future,
  getRunningLoop,
  isawaitable,
  TimeoutError,
} from "@yieldstar/loop";
import { nameOfType, passing, requireDeadline, withHintToAwait } from "@yieldstar/loop/internal";
import { timeout as timeoutAfter } from "./timeout.ts";

/**
 * Waits for an awaitable, but no longer than `timeout` seconds.
 *
 * A coroutine runs in the calling task. When the time is over, the awaitable is cancelled. The caller resumes when the
 * awaitable has ended, and gets its value if it swallowed the cancellation. With a timeout of zero or less a coroutine
 * does not start.
 *
 * @param awaitable - a coroutine, a future or a task
 * @param timeout - in seconds; `null` waits without a limit
 * @returns the awaitable's result
 * @throws what the awaitable throws
 * @throws TimeoutError when the time is over
 * @throws TypeError, when awaited, if `awaitable` cannot be awaited, or `timeout` is neither a number nor `null`
 * @throws ValueError, when awaited, if `timeout` is NaN
 *
 * Cancellation of the caller cancels the awaitable too.
 *
 * Source: asyncio.wait_for, CPython 3.14 Lib/asyncio/tasks.py.
 */
// Not marked: its block is a frame already, and a second frame would cost more than the one level that it saves.
export function* waitFor<T>(awaitable: Awaitable<T>, timeout: number | null): Coroutine<T> {
  requireDeadline(timeout, "timeout");
  if (timeout !== null && timeout <= 0) return yield* takeIfDone(ensureFuture(awaitable));
  return yield* asyncWith(timeoutAfter(timeout), function* () {
    requireAwaitable(awaitable);
    return yield* awaitable;
  });
}

function* takeIfDone<T>(future: Future<T>): Coroutine<T> {
  if (future.done()) return future.result();
  yield* cancelAndWait(future);
  try {
    return future.result();
  } catch (error) {
    if (error instanceof CancelledError) throw new TimeoutError(undefined, { cause: error });
    throw error;
  }
}

/** Cancels a future, and waits for its end without looking at its outcome. */
function* cancelAndWait(future: Future<unknown>): Coroutine {
  const waiter = getRunningLoop().createFuture<void>();
  const release = passing(
    "_release_waiter",
    (): void => {
      if (!waiter.done()) waiter.setResult();
    },
    waiter,
  );
  future.addDoneCallback(release);
  try {
    future.cancel();
    yield* waiter;
  } finally {
    future.removeDoneCallback(release);
  }
}

function requireAwaitable(value: unknown): asserts value is Awaitable<unknown> {
  if (isawaitable(value)) return;
  throw new TypeError(withHintToAwait(`'${nameOfType(value)}' object can't be awaited`, value));
}
