import { nameOf, unprintable } from "./names.ts";
import { andMore, cut, textLimits } from "./text-limits.ts";

/** The text of a number that is a float in Python: `1.0`, `1e+16`, `inf`. */
export function reprFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : String(value).replace("Infinity", "inf");
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  const text = Object.is(value, -0) ? "-0" : String(value);
  return Number.isInteger(value) ? `${text}.0` : text;
}

const escapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Python's escape for a character that is not printable. */
function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code < 0x100) return escapes[character] ?? `\\x${digits.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}

/** A text in Python's quotes: double ones if it has a single quote and no double quote, else single ones. */
function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text
    .replaceAll("\\", "\\\\")
    .replaceAll(/\p{C}|(?! )\p{Z}/gu, escape)
    .replaceAll(mark, `\\${mark}`);
  return mark + body + mark;
}

/** The text that Python would print for a primitive or a function, in about `limit` characters. */
export function reprPrimitive(value: unknown, limit: number): string {
  switch (typeof value) {
    case "undefined":
      return "None";
    case "boolean":
      return value ? "True" : "False";
    case "string":
      return value.length <= limit ? quote(value) : quote(value.slice(0, limit)) + andMore(value.length - limit);
    case "number":
      return Number.isInteger(value) ? String(value) : reprFloat(value);
    case "bigint":
      return reprBigInt(value);
    case "function":
      return reprFunction(value);
    default:
      return cut(String(value), limit);
  }
}

/** Writing out a number takes longer the larger it is, so the longest numbers are not written. */
function reprBigInt(value: bigint): string {
  const limit = 10n ** BigInt(textLimits.digits);
  if (-limit < value && value < limit) return String(value);
  return `<int instance with more than ${textLimits.digits} digits>`;
}

function reprFunction(value: object): string {
  const name = nameOf(value);
  return name === undefined ? unprintable(value) : `<function ${name || "<lambda>"}>`;
}

/** Returns `text`; if it is longer than `limit`, `...` replaces its middle, as in CPython's `reprlib`. */
export function shorten(text: string, limit: number): string {
  return text.length <= limit ? text : dropMiddle(text, limit, "...");
}

function dropMiddle(text: string, limit: number, filling: string): string {
  const begin = Math.floor((limit - 3) / 2);
  return text.slice(0, begin) + filling + text.slice(begin + 3 - limit);
}

/** The text of a string as `reprlib` shortens it. */
export function reprShortString(value: string): string {
  const limit = textLimits.result.characters;
  const text = quote(value.slice(0, limit));
  if (value.length <= limit && text.length <= limit) return text;
  return dropMiddle(quote(value.length < limit - 3 ? value : dropMiddle(value, limit, "")), limit, "...");
}
