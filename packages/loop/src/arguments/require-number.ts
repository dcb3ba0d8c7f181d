import { ValueError } from "../errors/exceptions.ts";
import { showValue } from "../text/repr.ts";

/**
 * @param name - the parameter's name, for the text of the error
 * @throws TypeError when `value` is not a number
 */
export function requireNumber(value: unknown, name: string): asserts value is number {
  if (typeof value !== "number") throw new TypeError(`${name} must be a number, got ${showValue(value)}`);
}

/** @throws TypeError when `value` is neither a whole number nor infinite */
export function requireWholeNumber(value: unknown, name: string): asserts value is number {
  if (Number.isInteger(value)) return;
  requireNumber(value, name);
  if (Math.abs(value) === Infinity) return;
  throw new TypeError(`${name} must be a whole number, got ${showValue(value)}`);
}

/**
 * @param name - the parameter's name, for the text of the `TypeError`
 * @param least - the least value that is allowed
 * @param text - the text of the `ValueError`
 * @throws TypeError when `value` is not a number, or is neither whole nor infinite
 * @throws ValueError when it is NaN or less than `least`
 */
export function requireCount(value: unknown, name: string, least: number, text: string): asserts value is number {
  requireNumber(value, name);
  if (!(value >= least)) throw new ValueError(text);
  requireWholeNumber(value, name);
}
