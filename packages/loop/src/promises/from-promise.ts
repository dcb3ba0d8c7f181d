import { readOptions } from "../arguments/options.ts";
import type { Coroutine } from "../coroutines/coroutine.ts";
import { requireCallback } from "../scheduling/callbacks.ts";
import { PromiseWait, type Source } from "./promise-wait.ts";

/** What becomes of a promise that nobody waits for any more. */
export interface FromPromiseOptions<T> {
  /**
   * Takes a result that comes after its waiter was cancelled, so that nothing is lost: `(socket) => socket.destroy()`.
   * What it throws, or the promise that it returns is rejected with, goes to the loop's exception handler.
   *
   * A coroutine that is never awaited, nor closed, has no waiter that could be cancelled: the result of its promise is not
   * disposed of. Given a function instead, it makes no promise before it is awaited.
   */
  readonly dispose?: ((result: T) => unknown) | undefined;
}

const fromPromiseDefaults = { dispose: undefined };

/**
 * Waits for a promise: Python's `await` of something that JavaScript made.
 *
 * Given a function it calls it when it is awaited, with a signal: `fromPromise((signal) => fetch(url, { signal }))`. When
 * the waiting task is cancelled, the signal is aborted with an "AbortError", a `DOMException` whose `cause` is the
 * `CancelledError`; so it is, with a `GeneratorExit`, when the coroutine is closed. A function that cannot see an argument,
 * such as `async () => 5`, costs no signal.
 *
 * @param source - a promise, or a function that makes one
 * @param options - `dispose` takes a result that comes too late
 * @returns what the promise is fulfilled with
 * @throws what the promise is rejected with; for the web's "TimeoutError" a `TimeoutError`; `TypeError`, when awaited, if
 * the function gives none
 * @throws TypeError, at the call, when `source` is neither, or `dispose` is no plain function
 *
 * Cancellation does not wait for the promise; that it is rejected then is nobody's concern.
 */
export function fromPromise<T>(source: Source<T>, options?: FromPromiseOptions<T>): Coroutine<T> {
  const { dispose } = readOptions<FromPromiseOptions<T>>(options, fromPromiseDefaults, "fromPromise");
  if (dispose !== undefined) requireCallback(dispose, "dispose");
  return new PromiseWait(source, dispose).asCoroutine();
}
