/** What `isClass` knows of a class. */
export interface ClassLike {
  new (...args: never[]): object;
  readonly prototype: object;
}

/** Tells whether `value` is written as a `class`. A constructor function and a built-in class are not. */
export function isClass(value: unknown): value is ClassLike {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}
