import { repr } from "../text/repr.ts";

/** @throws TypeError when `value`, which was given for `name`, is no number */
export function requireNumber(value: unknown, name: string): asserts value is number {
  if (typeof value !== "number") throw new TypeError(`${name} must be a number, got ${repr(value)}`);
}

/** @throws TypeError when `value`, which was given for `name`, is neither a whole number nor infinite */
export function requireWholeNumber(value: unknown, name: string): asserts value is number {
  if (Number.isInteger(value)) return;
  requireNumber(value, name);
  if (Math.abs(value) === Infinity) return;
  throw new TypeError(`${name} must be a whole number, got ${repr(value)}`);
}
