/** Stands for what cannot be shown. */
const unprintable = "<unprintable object>";

/** Node's `console.log` shows what an object's method of this name returns. */
const inspect = Symbol.for("nodejs.util.inspect.custom");

/** Has `console.log` show the objects of a class as what their `toString()` returns. */
export function showAsText(shownClass: { readonly prototype: object }): void {
  Object.defineProperty(shownClass.prototype, inspect, { value: showText, configurable: true });
}

function showText(this: object): string {
  return this.toString();
}

/** A number that Python would hold as a float: `1.0`, `1e+16`, `inf`. */
export function reprFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : String(value).replace("Infinity", "inf");
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  const text = Object.is(value, -0) ? "-0" : String(value);
  return Number.isInteger(value) ? `${text}.0` : text;
}

/** A text in Python's quotes: single ones, unless it holds a single quote and no double one. */
function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t")
    .replaceAll(mark, `\\${mark}`);
  return mark + body + mark;
}

/** The text of `value`, also where it cannot be had. */
export function toText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return unprintable;
  }
}

/**
 * The name a reader knows an error's class by: the `name` that it, or its very class, was given; else what the class is
 * called.
 */
export function typeName(error: Error): string {
  const prototype: unknown = Object.getPrototypeOf(error);
  const isNamed = Object.hasOwn(error, "name") || (prototype !== null && Object.hasOwn(prototype as object, "name"));
  return isNamed ? error.name : (error.constructor?.name ?? "Error");
}

function reprError(error: Error & { readonly args?: unknown; readonly exceptions?: unknown }): string {
  const isGroup = Array.isArray(error.exceptions);
  const args: unknown[] = error.message === "" && !isGroup ? [] : [error.message];
  if (isGroup) args.push(error.exceptions);
  return `${typeName(error)}(${(Array.isArray(error.args) ? error.args : args).map(repr).join(", ")})`;
}

function reprObject(value: object): string {
  if (value instanceof Error) return reprError(value);
  if (Array.isArray(value)) return `[${value.map(repr).join(", ")}]`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) {
    return `{${Object.entries(value)
      .map(([key, each]) => `${quote(key)}: ${repr(each)}`)
      .join(", ")}}`;
  }
  if (value.toString !== Object.prototype.toString && !(value instanceof Promise)) return String(value);
  const tag = Object.prototype.toString.call(value).slice("[object ".length, -1);
  if (tag === "Generator") return "<coroutine object>";
  const name = tag === "Object" ? (value.constructor?.name ?? "Object") : tag;
  return `<${name} object>`;
}

/**
 * A value as CPython's `repr` would print it, as far as JavaScript can tell: it stands in the texts of errors and in
 * `String(future)`. Never throws.
 */
export function repr(value: unknown): string {
  try {
    switch (typeof value) {
      case "undefined":
        return "None";
      case "boolean":
        return value ? "True" : "False";
      case "string":
        return quote(value);
      case "number":
        return Number.isInteger(value) ? String(value) : reprFloat(value);
      case "function":
        return `<function ${value.name || "<lambda>"}>`;
      case "object":
        return value === null ? "null" : reprObject(value);
      default:
        return String(value);
    }
  } catch {
    return unprintable;
  }
}

/** So many members of an array are shown, */
const shownMembers = 6;
/** and so many characters of anything else. */
const shownCharacters = 30;

/** A value as CPython's `reprlib` shortens it: what is long loses its middle, or its end. */
export function abbreviate(value: unknown): string {
  if (Array.isArray(value)) {
    const members = value.slice(0, shownMembers).map(abbreviate);
    return `[${[...members, ...(value.length > shownMembers ? ["..."] : [])].join(", ")}]`;
  }
  const text = repr(value);
  if (value instanceof Error || text.length <= shownCharacters) return text;
  const begin = Math.floor((shownCharacters - "...".length) / 2);
  const end = shownCharacters - "...".length - begin;
  return `${text.slice(0, begin)}...${text.slice(-end)}`;
}

/** CPython's text, with the fix named where someone who comes from JavaScript would stumble. */
export function withHint(text: string, hint: string): string {
  return `${text} (hint: ${hint})`;
}
