/**
 * Questions about a caught value, which may be anything. These functions never throw.
 *
 * @module
 */

import { isError } from "../values/is-error.ts";
import { showValue } from "../text/repr.ts";
import { CancelledError, KeyboardInterrupt, SystemExit } from "./exceptions.ts";

/** Tells whether `error` is a `KeyboardInterrupt` or a `SystemExit`, which leave the loop at once. */
export function leavesLoop(error: unknown): error is KeyboardInterrupt | SystemExit {
  return isInstance(error, KeyboardInterrupt) || isInstance(error, SystemExit);
}

/** Tells whether `thrown` is a `CancelledError`. */
export function isCancelled(thrown: unknown): thrown is CancelledError {
  // Not `isInstance`: V8 looks up the prototype of a class that is an argument, and each cancelled step asks.
  try {
    return thrown instanceof CancelledError;
  } catch {
    return false;
  }
}

/** Does what `instanceof` does, but returns `false` where `instanceof` throws, as for a revoked Proxy. */
export function isInstance<E>(thrown: unknown, errorClass: new (...args: never[]) => E): thrown is E {
  try {
    return thrown instanceof errorClass;
  } catch {
    return false;
  }
}

/**
 * Makes `first` the `cause` of `second`, so that the second error does not hide the first. It does what `__context__`
 * does in Python. An error that has a cause keeps it.
 *
 * @returns `second`
 */
export function chain(first: unknown, second: unknown): unknown {
  try {
    if (isError(second) && second.cause === undefined && second !== first) Reflect.set(second, "cause", first);
  } catch {
    // A getter or a Proxy has thrown: the error keeps its cause.
  }
  return second;
}

/**
 * Returns a caught value as an error. An object is returned as it is, since an `Error` of another realm is not an
 * `instanceof Error`. For any other value, and for an object without a readable class, such as a revoked Proxy, it
 * returns a `TypeError` with CPython's text and the value as its `cause`.
 */
export function toException(thrown: unknown): Error {
  if (typeof thrown === "object" && thrown !== null && hasClass(thrown)) return thrown as Error;
  const text = typeof thrown === "string" ? JSON.stringify(thrown) : showValue(thrown);
  return new TypeError(`exceptions must derive from BaseException (hint: ${text} was thrown; throw an Error instead)`, {
    cause: thrown,
  });
}

function hasClass(thrown: object): boolean {
  try {
    return thrown instanceof Error || true;
  } catch {
    return false;
  }
}
