/** A value as Python's `print` writes it: `str(value)`. */
export function str(value: unknown): string {
  if (typeof value === "string") return value;
  if (!(value instanceof Error)) return repr(value);
  const count = exceptionsOf(value)?.length;
  return count === undefined ? value.message : `${value.message} (${count} sub-exception${count === 1 ? "" : "s"})`;
}

/**
 * A value as Python's `repr` writes it. Objects and Maps are dicts, arrays are lists. JavaScript does not distinguish a
 * whole float from an integer, and so every whole number is written as an integer.
 */
export function repr(value: unknown): string {
  switch (typeof value) {
    case "boolean":
      return value ? "True" : "False";
    case "number":
      return reprNumber(value);
    case "string":
      return reprString(value);
    case "undefined":
      return "None";
    case "object":
      return value === null ? "None" : reprObject(value);
    case "function":
      return `<class '${value.name}'>`;
    default:
      return String(value);
  }
}

function reprNumber(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Number.isInteger(value)) return String(BigInt(value));
  if (Math.abs(value) >= 1e-4) return String(value);
  // Python writes an exponent from 1e-05 down, with two digits.
  return value.toExponential().replace(/e-(\d)$/, "e-0$1");
}

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function reprString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  return `${quote}${text.replace(/[\\\n\r\t]/g, (char) => escapes[char] ?? char).replaceAll(quote, `\\${quote}`)}${quote}`;
}

function reprObject(value: object): string {
  if (value instanceof Error) return reprError(value);
  if (Array.isArray(value)) return `[${value.map(repr).join(", ")}]`;
  if (value instanceof Set) return value.size === 0 ? "set()" : `{${Array.from(value, repr).join(", ")}}`;
  if (value instanceof Map) return reprDict(value);
  if (Object.getPrototypeOf(value) === Object.prototype) return reprDict(Object.entries(value));
  return String(value);
}

function reprDict(entries: Iterable<readonly [unknown, unknown]>): string {
  return `{${Array.from(entries, ([key, value]) => `${repr(key)}: ${repr(value)}`).join(", ")}}`;
}

function reprError(error: Error): string {
  const members = exceptionsOf(error);
  const message = error.message === "" ? [] : [error.message];
  const args = members ? [error.message, members] : "args" in error ? (error.args as readonly unknown[]) : message;
  return `${error.name}(${args.map(repr).join(", ")})`;
}

function exceptionsOf(error: Error): readonly unknown[] | undefined {
  return "exceptions" in error ? (error.exceptions as readonly unknown[]) : undefined;
}
