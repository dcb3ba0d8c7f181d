import { readOptions } from "../arguments/options.ts";
import type { Coroutine } from "../coroutines/coroutine.ts";
import { requireCallback } from "../scheduling/callbacks.ts";
import { PromiseWait, type Source } from "./promise-wait.ts";

/** The options of `fromPromise`. */
export interface FromPromiseOptions<T> {
  /**
   * Gets a result that arrives after the wait for it has ended, to free it: `(socket) => socket.destroy()`. An error
   * that it throws, or with which its promise rejects, goes to the loop's exception handler.
   *
   * It is not called for a coroutine that is never awaited or closed. Such a coroutine has no promise at all if its
   * source is a function.
   */
  readonly dispose?: ((result: T) => unknown) | undefined;
}

const fromPromiseDefaults = { dispose: undefined };

/**
 * Waits for a promise inside a coroutine: `yield* fromPromise((signal) => fetch(url, { signal }))`.
 *
 * @param source - a promise, or a function that returns one. The function is called when the coroutine is awaited, with
 * an `AbortSignal`. A function that cannot see an argument, such as `async () => 5`, costs no signal
 * @param options - `dispose` gets a result that arrives after the wait has ended
 * @returns a coroutine of the promise's result
 * @throws the error with which the promise rejects; a `TimeoutError` for the web's "TimeoutError"
 * @throws TypeError when `source` is neither a promise nor a function, or `dispose` is no plain function; when awaited,
 * if the function returns no promise
 * @throws RuntimeError, when awaited, if no loop is running
 *
 * Cancellation does not wait for the promise, and ignores a later rejection of it. It aborts the signal with an
 * "AbortError", a `DOMException` whose `cause` is the `CancelledError`. Closing the coroutine aborts the signal too:
 * the `cause` is then a `GeneratorExit`.
 *
 * Source: the `await` expression, CPython 3.14.
 */
export function fromPromise<T>(source: Source<T>, options?: FromPromiseOptions<T>): Coroutine<T> {
  const { dispose } = readOptions<FromPromiseOptions<T>>(options, fromPromiseDefaults, "fromPromise");
  if (dispose !== undefined) requireCallback(dispose, "dispose");
  return new PromiseWait(source, dispose).asCoroutine();
}
