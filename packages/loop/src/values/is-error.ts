/**
 * What counts as an error. A vm context, a frame, jest and jsdom each have an `Error` of their own, of which what another
 * realm has made is no instance.
 *
 * @module
 */

/** Tells whether `value` is an error, of whatever realm. Never throws. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error || (typeof value === "object" && value !== null && isForeignError(value));
  } catch {
    // A revoked Proxy, or a getter that throws.
    return false;
  }
}

/** Tells whether `value` is a class of errors, of whatever realm: something that `instanceof` takes. Never throws. */
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
  const tag = Object.prototype.toString.call(value);
  if (tag !== "[object Error]" && tag !== "[object DOMException]") return false;
  // Without a tag of its own nothing but an error has this one. With one of its own anything can.
  if (!(Symbol.toStringTag in value)) return true;
  const { name, message } = value as Partial<Error>;
  return typeof name === "string" && typeof message === "string";
}

/** What `instanceof Error` tells, with the `Error` of whatever realm. */
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
