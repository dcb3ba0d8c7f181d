import type { Coroutine } from "./coroutine.ts";
import { CancelledError, toException } from "./exceptions.ts";
import type { Future } from "./future.ts";
import { repr } from "./repr.ts";
import { getRunningLoop } from "./running.ts";

/**
 * Waits for a promise: Python's `await` of something that JavaScript made.
 *
 * Given a function it calls it, with a signal that is aborted, for the `CancelledError` as its reason, when the waiting
 * task is cancelled: `yield* fromPromise((signal) => fetch(url, { signal }))`.
 *
 * @param source - a promise, or a function that makes one
 * @returns what the promise is fulfilled with
 * @throws what the promise is rejected with, or `TypeError` if there is none
 *
 * Cancellation does not wait for the promise; what becomes of it is ignored.
 */
export function* fromPromise<T>(source: PromiseLike<T> | ((signal: AbortSignal) => PromiseLike<T>)): Coroutine<T> {
  const controller = typeof source === "function" && source.length > 0 ? new AbortController() : undefined;
  const promise = typeof source === "function" ? source(controller?.signal as AbortSignal) : source;
  if (typeof (promise as Partial<PromiseLike<T>> | undefined)?.then !== "function") {
    throw new TypeError(`a promise was expected, got ${repr(promise)}`);
  }
  const future = getRunningLoop().createFuture<T>();
  settleWith(future, promise);
  try {
    return yield* future;
  } catch (error) {
    if (error instanceof CancelledError && future.cancelled()) controller?.abort(error);
    throw error;
  }
}

function settleWith<T>(future: Future<T>, promise: PromiseLike<T>): void {
  const fulfil = (value: T): void => {
    if (!future.done()) future.setResult(value);
  };
  const reject = (reason: unknown): void => {
    if (!future.done()) future._fail(toException(reason));
  };
  void promise.then(fulfil, reject);
}
