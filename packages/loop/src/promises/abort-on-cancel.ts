import type { AsyncContextManager } from "../blocks/async-with.ts";
import type { Coroutine } from "../coroutines/coroutine.ts";
import { RuntimeError } from "../errors/exceptions.ts";
import { showAsText } from "../text/repr.ts";
import { toAbortReason } from "../errors/web-errors.ts";

/**
 * Gives a block an `AbortSignal` that is aborted when an error leaves the block: a cancellation, or any other error.
 *
 * ```ts
 * yield* asyncWith(abortOnCancel(), function* (signal) {
 *   const watcher = watch(folder, { signal });
 *   yield* fromPromise(build(watcher));
 * });
 * ```
 *
 * The signal's reason is the error as promise code knows it: an "AbortError" for a `CancelledError` and for a closed
 * coroutine, the web's "TimeoutError" for a `TimeoutError`, both a `DOMException` whose `cause` is our error; any other
 * error as it is.
 *
 * For a single promise use `fromPromise` with a function: it aborts its signal before any cleanup of the block runs.
 *
 * @returns a context manager for `asyncWith`, whose body gets the signal. It can be entered once
 * @throws RuntimeError, when it is entered, if it was entered before
 *
 * Cancellation that the block handles itself, such as that of a timeout inside it, does not abort the signal.
 *
 * It has no counterpart in CPython.
 */
export function abortOnCancel(): AsyncContextManager<AbortSignal, void> {
  return new AbortOnCancel();
}

class AbortOnCancel implements AsyncContextManager<AbortSignal, void> {
  static {
    showAsText(this, "AbortOnCancel");
  }

  #controller: AbortController | undefined;

  *aenter(): Coroutine<AbortSignal> {
    if (this.#controller !== undefined) throw new RuntimeError("abortOnCancel() has already been entered");
    this.#controller = new AbortController();
    return this.#controller.signal;
  }

  *aexit(error: Error | undefined): Coroutine {
    if (error !== undefined) this.#controller?.abort(toAbortReason(error));
  }
}
