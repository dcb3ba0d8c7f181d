/**
 * Cancellation and deadlines have other classes on the web: a `DOMException` named "AbortError" or "TimeoutError". They
 * are exchanged where an error crosses between promises and coroutines, and each is the `cause` of the other.
 *
 * @module
 */

import { CancelledError, GeneratorExit, TimeoutError } from "./exceptions.ts";
import { isInstance, toException } from "./thrown.ts";

/**
 * An error that leaves a coroutine, as promise code knows it: a `CancelledError` is an "AbortError", a `TimeoutError` the
 * web's, and any other error, the user's own subclasses of `TimeoutError` included, stays what it is. So does one whose
 * message cannot be read: a promise must settle with something.
 */
export function toWebError<E>(error: E): E | Error {
  try {
    return exchange(error);
  } catch {
    return error;
  }
}

function exchange<E>(error: E): E | Error {
  if (isInstance(error, CancelledError)) {
    return describe("AbortError", error.message || "This operation was aborted", error);
  }
  if (isInstance(error, TimeoutError) && Object.getPrototypeOf(error) === TimeoutError.prototype) {
    return describe("TimeoutError", error.message || "The operation was aborted due to timeout", error);
  }
  return error;
}

/** What a signal is aborted with when `error` ends the wait for promise code: one that is closed is aborted too. */
export function toAbortReason(error: unknown): unknown {
  return isInstance(error, GeneratorExit)
    ? describe("AbortError", "This operation was aborted", error)
    : toWebError(error);
}

/**
 * What a promise is rejected with, or a signal aborted, as a coroutine knows it: the web's "TimeoutError" is ours. An
 * "AbortError" is no `CancelledError` but an ordinary error: somebody else's work was cancelled, and not this task. A
 * `CancelledError` of somebody else becomes one of those.
 */
export function fromWebError(reason: unknown): Error {
  if (isInstance(reason, CancelledError)) return toWebError(reason);
  const error = toException(reason);
  if (!isTimeout(error)) return error;
  return isInstance(error.cause, TimeoutError) ? error.cause : new TimeoutError(error.message, { cause: error });
}

/** By the tag, since an exception of another realm is no `instanceof DOMException`. */
function isTimeout(error: Error): boolean {
  try {
    return error.name === "TimeoutError" && Object.prototype.toString.call(error) === "[object DOMException]";
  } catch {
    return false;
  }
}

function describe(name: string, message: string, cause: Error): Error {
  const error = new DOMException(message, name);
  return Object.defineProperty(error, "cause", { value: cause, writable: true, configurable: true });
}
