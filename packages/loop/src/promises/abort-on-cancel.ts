import type { AsyncContextManager } from "../blocks/async-with.ts";
import type { Coroutine } from "../coroutines/coroutine.ts";
import { RuntimeError } from "../errors/exceptions.ts";
import { showAsText } from "../text/repr.ts";
import { toAbortReason } from "../errors/web-errors.ts";

/**
 * Gives a block a signal of its own cancellation, for what takes one: it is aborted when an error leaves the block. The
 * reason is that error as promise code knows it: an "AbortError", a `DOMException` whose `cause` is the `CancelledError`,
 * when the block was cancelled; the web's "TimeoutError" for a `TimeoutError`; any other error is the reason itself.
 *
 * ```ts
 * yield* asyncWith(abortOnCancel(), function* (signal) {
 *   const watcher = watch(folder, { signal });
 *   yield* fromPromise(build(watcher));
 * });
 * ```
 *
 * What is cancelled inside the block and handled there, as by a timeout, does not abort it. For a single promise
 * `fromPromise` does with less, and before any cleanup.
 *
 * Source: there is no counterpart in CPython.
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
