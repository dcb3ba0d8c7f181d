import { readOptions } from "../arguments/options.ts";
import type { Coroutine } from "../coroutines/coroutine.ts";
import { requireCallback } from "../scheduling/callbacks.ts";
import { PromiseWait, type Source } from "./promise-wait.ts";

/** The options of `fromPromise`. */
export interface FromPromiseOptions<T> {
  /**
   * Called with a result that comes after the waiting task was cancelled, so that nothing is lost:
   * `(socket) => socket.destroy()`. An error that it throws, or that its promise rejects with, goes to the loop's exception
   * handler.
   *
   * It does not get the result for a coroutine that is never awaited or closed. Pass a function to `fromPromise` for that
   * case: it makes no promise before it is awaited.
   */
  readonly dispose?: ((result: T) => unknown) | undefined;
}

const fromPromiseDefaults = { dispose: undefined };

/**
 * Waits for a promise: Python's `await` of an object that JavaScript made.
 *
 * It calls a function when it is awaited, with a signal: `fromPromise((signal) => fetch(url, { signal }))`. When the waiting
 * task is cancelled, the signal is aborted with an "AbortError", a `DOMException` whose `cause` is the `CancelledError`. When
 * the coroutine is closed, the `cause` is a `GeneratorExit`. A function that cannot see its arguments, such as
 * `async () => 5`, gets no signal, which saves its cost.
 *
 * @param source - a promise, or a function that returns a promise
 * @param options - `dispose` is called with a result that comes after a cancellation
 * @returns the value of the promise
 * @throws the promise's rejection; a `TimeoutError` for the web's "TimeoutError"
 * @throws TypeError when awaited, if the function returns no promise
 * @throws TypeError at the call, when `source` is neither a promise nor a function, or `dispose` is no plain function
 *
 * Cancellation does not wait for the promise, and ignores its rejection.
 *
 * Source: the `await` expression, CPython 3.14.
 */
export function fromPromise<T>(source: Source<T>, options?: FromPromiseOptions<T>): Coroutine<T> {
  const { dispose } = readOptions<FromPromiseOptions<T>>(options, fromPromiseDefaults, "fromPromise");
  if (dispose !== undefined) requireCallback(dispose, "dispose");
  return new PromiseWait(source, dispose).asCoroutine();
}
