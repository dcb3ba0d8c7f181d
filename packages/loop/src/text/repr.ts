import { isError } from "../values/is-error.ts";
import { nameClass, unprintable } from "./names.ts";
import { Printer } from "./printer.ts";
import { cut, textLimits } from "./text-limits.ts";

/** Node's `console.log` shows what an object's method of this name returns. */
const inspect = Symbol.for("nodejs.util.inspect.custom");

/** Gives a class its name, and has `console.log` show its objects as what their `toString()` returns. */
export function showAsText(shownClass: abstract new (...args: never[]) => object, name: string): void {
  nameClass(shownClass, name);
  Object.defineProperty(shownClass.prototype, inspect, { value: showText, configurable: true });
}

function showText(this: object): string {
  return repr(this);
}

/** The text that is being made: all that is asked for meanwhile is a part of it. */
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
 * A value as CPython's `repr` would print it, as far as JavaScript can tell: it stands in the texts of errors and in
 * `String(future)`. Never throws, and ends whatever it is given.
 */
export function repr(value: unknown): string {
  return printWith((printer) => printer.print(value));
}

/** The same, where a task shows of the task that it waits for no more than the name. */
export function reprBriefly(value: unknown): string {
  return printWith((printer) => printer.print(value), 0);
}

/** A value as CPython's `reprlib` shortens it, as it stands in the text of a future. */
export function abbreviate(value: unknown): string {
  return printWith((printer) => printer.abbreviate(value));
}

/** For the `toString()` of what may hold itself: the text that `make` returns; inside of that, `...`. */
export function printOnce(object: object, make: () => string): string {
  return printWith((printer) => printer.enclose(object, "...", make));
}

/** The text of a task that another waits for: what `short` returns, if it is inside too many others. */
export function printAwaited(task: object, short: () => string): string {
  return printWith((printer) => printer.printAwaited(task, short));
}

/** The text of `value` where Python says `str(value)`. */
export function toText(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    return isError(value) ? cut(String(value), textLimits.length) : repr(value);
  } catch {
    return unprintable(value);
  }
}

/** CPython's text, with the fix named where someone who comes from JavaScript would stumble. */
export function withHint(text: string, hint: string): string {
  return `${text} (hint: ${hint})`;
}
