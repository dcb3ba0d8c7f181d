/**
 * Questions about what a `catch` caught, which may be anything. None of these functions throws.
 *
 * @module
 */

import { isError } from "../values/is-error.ts";
import { toText } from "../text/repr.ts";
import { CancelledError, KeyboardInterrupt, SystemExit } from "./exceptions.ts";

/** `KeyboardInterrupt` and `SystemExit` leave the loop instead of being handled by it. Never throws. */
export function leavesLoop(error: unknown): error is KeyboardInterrupt | SystemExit {
  return isInstance(error, KeyboardInterrupt) || isInstance(error, SystemExit);
}

/** Tells whether a `catch` caught a cancellation. Never throws. */
export function isCancelled(thrown: unknown): thrown is CancelledError {
  return isInstance(thrown, CancelledError);
}

/** What `instanceof` tells, for anything that can be thrown: a revoked Proxy has no prototype to ask for. */
export function isInstance<E>(thrown: unknown, errorClass: new (...args: never[]) => E): thrown is E {
  try {
    return thrown instanceof errorClass;
  } catch {
    return false;
  }
}

/**
 * Has the second of two errors tell of the first, which it would hide: Python's `__context__`.
 *
 * @returns the second
 */
export function chain(first: unknown, second: unknown): unknown {
  try {
    if (isError(second) && second.cause === undefined && second !== first) Reflect.set(second, "cause", first);
  } catch {
    // A getter of its own threw: it stays as it is.
  }
  return second;
}

/**
 * What a `catch` caught, as an error. Objects pass as they were thrown (an `Error` of another realm is no `instanceof
 * Error`); anything else becomes a `TypeError` in Python's words, with the thrown value as its `cause`. So does an object
 * that cannot even be asked what it is, such as a revoked Proxy. Never throws.
 */
export function toException(thrown: unknown): Error {
  if (typeof thrown === "object" && thrown !== null && hasClass(thrown)) return thrown as Error;
  const text =
    thrown === undefined ? "undefined" : typeof thrown === "string" ? JSON.stringify(thrown) : toText(thrown);
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
