const { then: intrinsicThen } = Promise.prototype as {
  readonly then: (this: unknown, ...reactions: unknown[]) => unknown;
};

/**
 * Does what `await` does with `value`, which may be no promise: a promise of this realm is taken as it is, whatever its
 * `then` is; of anything else nobody knows how often, and when, it calls back.
 */
export function whenSettled<T>(
  value: PromiseLike<T> | T,
  onResult: ((result: T) => void) | undefined,
  onError: (reason: unknown) => void,
): void {
  const promise = Promise.resolve(value);
  // V8 inlines the call of a method, and no call of the intrinsic.
  if ((promise.then as unknown) === intrinsicThen) void promise.then(onResult, onError);
  else void intrinsicThen.call(promise, onResult, onError);
}

/** Tells whether each `then` of `value` sees the same outcome: a promise of this realm, and of no subclass. Never throws. */
export function isPlainPromise(value: PromiseLike<unknown>): boolean {
  try {
    return value instanceof Promise && Promise.resolve(value) === value;
  } catch {
    return false;
  }
}

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
