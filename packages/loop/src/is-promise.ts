/** Tells whether `value` can be awaited by promise code: a promise, of whatever realm, or any thenable. Never throws. */
export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  try {
    return typeof (value as Partial<PromiseLike<unknown>>).then === "function";
  } catch {
    // A revoked Proxy, or a getter that throws.
    return false;
  }
}
