/**
 * Which values are errors. A vm context, a frame, jest and jsdom each have an `Error` class of their own, so
 * `instanceof Error` is false for an error of another realm.
 *
 * @module
 */

import { tagOf } from "./tag-of.ts";

/** Tells whether `value` is an error, of any realm. Never throws. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error || (typeof value === "object" && value !== null && isForeignError(value));
  } catch {
    // A revoked Proxy, or a getter that throws.
    return false;
  }
}

/** Tells whether `value` is a class of errors, of any realm, which `instanceof` takes. Never throws. */
export function isErrorClass(value: unknown): value is abstract new (...args: never[]) => Error {
  try {
    if (typeof value !== "function") return false;
    const prototype: unknown = value.prototype;
    return prototype === Error.prototype || prototype instanceof Error || inheritsError(prototype);
  } catch {
    return false;
  }
}

function isForeignError(value: object): boolean {
  const { isError: isNativeError } = Error as { isError?: (value: unknown) => boolean };
  return isNativeError?.(value) === true || isTagged(value) || inheritsError(value);
}

function isTagged(value: object): boolean {
  const tag = tagOf(value);
  if (tag !== "Error" && tag !== "DOMException") return false;
  // Only an error has this tag built in. Any object can have it as its `Symbol.toStringTag`, as a DOMException does.
  if (!(Symbol.toStringTag in value)) return true;
  const { name, message } = value as Partial<Error>;
  return typeof name === "string" && typeof message === "string";
}

/** Tells whether `value` inherits from the `Error` of any realm. */
function inheritsError(value: unknown): boolean {
  for (let each = value; typeof each === "object" && each !== null; each = Object.getPrototypeOf(each) as unknown) {
    if (isErrorPrototype(each)) return true;
  }
  return false;
}

function isErrorPrototype(value: object): boolean {
  if (!Object.hasOwn(value, "constructor") || !Object.hasOwn(value, "message")) return false;
  const { constructor, name } = value as Error;
  return name === "Error" && constructor.name === "Error" && constructor.prototype === value;
}
