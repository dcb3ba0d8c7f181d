/**
 * A cancellation or a passed deadline is a `DOMException` on the web, named "AbortError" or "TimeoutError". When an
 * error crosses the border between promises and coroutines, these functions exchange it. The new error has the old one
 * as its `cause`.
 *
 * @module
 */

import { tagOf } from "../values/tag-of.ts";
import { CancelledError, GeneratorExit, TimeoutError } from "./exceptions.ts";
import { isInstance, toException } from "./thrown.ts";

/**
 * Returns the error that promise code gets for the error of a coroutine: an "AbortError" for a `CancelledError`, and
 * the web's "TimeoutError" for a `TimeoutError`. It returns any other error as it is, also one of a subclass of
 * `TimeoutError`, and one whose message cannot be read, since the promise has to settle.
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

/**
 * Returns the reason to abort a signal with when `error`, or the close of a coroutine, ends the wait for promise code.
 */
export function toAbortReason(error: unknown): unknown {
  return isInstance(error, GeneratorExit)
    ? describe("AbortError", "This operation was aborted", error)
    : toWebError(error);
}

/**
 * Returns the error that a coroutine gets when a promise rejects, or a signal is aborted, with `reason`. The web's
 * "TimeoutError" becomes a `TimeoutError`. An "AbortError" stays an ordinary error, since other work was cancelled and
 * not this task; so the `CancelledError` of another task becomes an "AbortError".
 */
export function fromWebError(reason: unknown): Error {
  if (isInstance(reason, CancelledError)) return toWebError(reason);
  const error = toException(reason);
  if (!isTimeout(error)) return error;
  return isInstance(error.cause, TimeoutError) ? error.cause : new TimeoutError(error.message, { cause: error });
}

/** Checks the tag, since an exception of another realm is not an `instanceof DOMException`. */
function isTimeout(error: Error): boolean {
  try {
    return error.name === "TimeoutError" && tagOf(error) === "DOMException";
  } catch {
    return false;
  }
}

function describe(name: string, message: string, cause: Error): Error {
  const error = new DOMException(message, name);
  return Object.defineProperty(error, "cause", { value: cause, writable: true, configurable: true });
}
