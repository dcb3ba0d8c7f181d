import { ValueError } from "../errors/exceptions.ts";
import { showValue, withHint } from "../text/repr.ts";

/**
 * @param name - the parameter's name, for the text of the error
 * @throws TypeError when `seconds` is not a number
 * @throws ValueError when it is NaN
 */
export function requireSeconds(seconds: unknown, name: string): asserts seconds is number {
  requireNumber(seconds, name, "a number of seconds");
}

/** Does the same for a deadline, where `null` means no deadline. */
export function requireDeadline(seconds: unknown, name: string): asserts seconds is number | null {
  if (seconds !== null) requireNumber(seconds, name, "a number of seconds, or null for no deadline");
}

/**
 * @param text - CPython's text for a missing time
 * @throws TypeError always, with a hint
 */
export function refuseNone(text: string): never {
  throw new TypeError(withHint(text, "pass a number of seconds"));
}

function requireNumber(seconds: unknown, name: string, expected: string): void {
  if (typeof seconds !== "number" || Number.isNaN(seconds)) refuseSeconds(seconds, name, expected);
}

/** Apart from the check, which V8 then inlines. */
function refuseSeconds(seconds: unknown, name: string, expected: string): never {
  if (typeof seconds !== "number") throw new TypeError(`${name} must be ${expected}, got ${showValue(seconds)}`);
  throw new ValueError(`Invalid ${name}: NaN (not a number)`);
}
