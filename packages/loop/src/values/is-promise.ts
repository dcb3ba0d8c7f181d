const { then: intrinsicThen } = Promise.prototype as {
  readonly then: (this: unknown, ...reactions: unknown[]) => unknown;
};

/**
 * Calls `onResult` or `onError` when `value` settles, as `await` does. For a promise of this realm's own class it calls
 * the intrinsic `then`, even if the promise has another. Any other value goes through `Promise.resolve`, since a
 * thenable may call back at any time, and more than once.
 */
export function whenSettled<T>(
  value: PromiseLike<T> | T,
  onResult: ((result: T) => void) | undefined,
  onError: (reason: unknown) => void,
): void {
  const promise = Promise.resolve(value);
  // V8 inlines the method call, but not the call of the intrinsic.
  if ((promise.then as unknown) === intrinsicThen) void promise.then(onResult, onError);
  else void intrinsicThen.call(promise, onResult, onError);
}

/**
 * Tells whether `value` is a promise of this realm's own class, so that every `then` sees the same outcome. A promise
 * of a subclass or of another realm is not. Never throws.
 */
export function isPlainPromise(value: PromiseLike<unknown>): boolean {
  try {
    return value instanceof Promise && Promise.resolve(value) === value;
  } catch {
    return false;
  }
}

/** Tells whether promise code can await `value`: a promise of any realm, or another thenable. Never throws. */
export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  try {
    return typeof (value as Partial<PromiseLike<unknown>>).then === "function";
  } catch {
    // A revoked Proxy, or a getter that throws.
    return false;
  }
}
