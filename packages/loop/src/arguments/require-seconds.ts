import { ValueError } from "../errors/exceptions.ts";
import { repr, withHint } from "../text/repr.ts";

/**
 * @param name - the parameter's name, for the text of the error
 * @throws TypeError when `seconds` is no number
 * @throws ValueError when it is NaN
 */
export function requireSeconds(seconds: unknown, name: string): asserts seconds is number {
  requireNumber(seconds, name, "a number of seconds");
}

/** The same for a deadline, which may be `null`: no deadline. */
export function requireDeadline(seconds: unknown, name: string): asserts seconds is number | null {
  if (seconds !== null) requireNumber(seconds, name, "a number of seconds, or null for no deadline");
}

/** @param text - CPython's text for a time that is missing */
export function refuseNone(text: string): never {
  throw new TypeError(withHint(text, "pass a number of seconds"));
}

function requireNumber(seconds: unknown, name: string, expected: string): void {
  if (typeof seconds !== "number") throw new TypeError(`${name} must be ${expected}, got ${show(seconds)}`);
  if (Number.isNaN(seconds)) throw new ValueError(`Invalid ${name}: NaN (not a number)`);
}

/** As JavaScript writes it: these texts are not CPython's. */
function show(value: unknown): string {
  return value === undefined || typeof value === "boolean" ? String(value) : repr(value);
}
