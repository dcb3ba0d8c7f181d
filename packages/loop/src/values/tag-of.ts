/** The name of a value's kind, such as `Array` or `AsyncFunction`: its `Symbol.toStringTag`, or a built-in name. */
export function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}
