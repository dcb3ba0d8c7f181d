import { nameOfType } from "@yieldstar/loop/internal";

/**
 * Python's `<` for numbers, strings and tuples, which are arrays here. Objects with a primitive value, such as a
 * `Date`, are compared by it.
 *
 * @throws TypeError where Python does: when `a` and `b` are of different kinds, or of a kind without an order
 */
export function isLess(a: unknown, b: unknown): boolean {
  if (isNumber(a) && isNumber(b)) return a < b;
  if (typeof a === "string" && typeof b === "string") return isLessText(a, b);
  if (Array.isArray(a) && Array.isArray(b)) return isLessArray(a, b);
  const [left, right] = [primitiveOf(a), primitiveOf(b)];
  if (left !== undefined && right !== undefined) return isLess(left, right);
  throw new TypeError(`'<' not supported between instances of '${nameOfType(a)}' and '${nameOfType(b)}'`);
}

function isNumber(value: unknown): value is number | bigint | boolean {
  return typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
}

function primitiveOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  const primitive: unknown = value.valueOf();
  return typeof primitive === "object" ? undefined : primitive;
}

/** The first members that are not equal decide. A value is equal to itself, NaN included. */
function isLessArray(a: readonly unknown[], b: readonly unknown[]): boolean {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    if (!isEqual(a[index], b[index])) return isLess(a[index], b[index]);
  }
  return a.length < b.length;
}

function isEqual(a: unknown, b: unknown): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (isNumber(a) && isNumber(b)) return Number(a) === Number(b);
  if (!Array.isArray(a) || !Array.isArray(b)) return false;
  return a.length === b.length && a.every((member, index) => isEqual(member, b[index]));
}

/**
 * Python orders strings by code points. JavaScript's units have that order, but for surrogates: they come before
 * U+E000.
 */
function isLessText(a: string, b: string): boolean {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return rankOfUnit(left) < rankOfUnit(right);
  }
  return a.length < b.length;
}

function rankOfUnit(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
