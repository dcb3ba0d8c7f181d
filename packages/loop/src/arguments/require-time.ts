import { ValueError } from "../errors/exceptions.ts";
import { repr } from "../text/repr.ts";

/** @throws TypeError or ValueError when `seconds`, which was given for `name`, is no time */
export function requireTime(seconds: unknown, name: string): void {
  if (typeof seconds !== "number") throw new TypeError(`${name} must be a number of seconds, got ${repr(seconds)}`);
  if (Number.isNaN(seconds)) throw new ValueError(`Invalid ${name}: NaN (not a number)`);
}
