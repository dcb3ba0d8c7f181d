import { isError } from "../values/is-error.ts";
import { nameClass, unprintable } from "./names.ts";
import { Printer } from "./printer.ts";
import { cut, textLimits } from "./text-limits.ts";

/** Node's `console.log` calls an object's method of this name for its text. */
const inspect = Symbol.for("nodejs.util.inspect.custom");

/** Gives a class its name in texts, and makes `console.log` print its objects by their `toString()`. */
export function showAsText(shownClass: abstract new (...args: never[]) => object, name: string): void {
  nameClass(shownClass, name);
  Object.defineProperty(shownClass.prototype, inspect, { value: showText, configurable: true });
}

function showText(this: object): string {
  return repr(this);
}

/** The printer of the text that is being made. A text that is asked for meanwhile becomes a part of it. */
let current: Printer | undefined;

function printWith(make: (printer: Printer) => string, awaited: number = textLimits.awaited): string {
  if (current !== undefined) return make(current);
  current = new Printer(awaited);
  try {
    return cut(make(current), textLimits.length);
  } finally {
    current = undefined;
  }
}

/**
 * Returns the text of a value in CPython's format, as the texts of errors and futures show it. JavaScript cannot tell
 * all of Python's types apart: a whole number prints as an integer, `undefined` as `None`. Never throws.
 *
 * @param value - any value; the texts of objects inside it are a part of the text
 * @returns at most 10,000 characters, and how many more there are; a value whose own text throws prints as
 *   `<unprintable NAME object>`
 *
 * Source: builtins.repr, CPython 3.14.
 */
export function repr(value: unknown): string {
  return printWith((printer) => printer.print(value));
}

/**
 * Returns the text of a value in a message of our own: as JavaScript writes it, such as `null`, `undefined` or `true`.
 */
export function showValue(value: unknown): string {
  return value === undefined || typeof value === "boolean" || typeof value === "number" ? String(value) : repr(value);
}

/** Returns what `repr` does, but shows only the name of a task that a task waits for. */
export function reprBriefly(value: unknown): string {
  return printWith((printer) => printer.print(value), 0);
}

/** Returns the text of a future's result, which CPython shortens with `reprlib`. */
export function abbreviate(value: unknown): string {
  return printWith((printer) => printer.abbreviate(value));
}

/**
 * For the `toString()` of an object that may contain itself: returns the text that `make` returns, and `...` inside of
 * it.
 */
export function printOnce(object: object, make: () => string): string {
  return printWith((printer) => printer.enclose(object, "...", make));
}

/** Returns the text of a task that another one waits for, or what `short` returns if the chain is too long. */
export function printAwaited(task: object, short: () => string): string {
  return printWith((printer) => printer.printAwaited(task, short));
}

/** Returns the text of `value` where Python calls `str(value)`. */
export function toText(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    return isError(value) ? cut(String(value), textLimits.length) : repr(value);
  } catch {
    return unprintable(value);
  }
}

/** Returns `text` with a hint that names the fix. */
export function withHint(text: string, hint: string): string {
  return `${text} (hint: ${hint})`;
}
