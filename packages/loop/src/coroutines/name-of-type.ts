import { isClass } from "../values/is-class.ts";
import { tagOf } from "../values/tag-of.ts";
import { className } from "../text/names.ts";
import { iscoroutine } from "./coroutine.ts";

/** The name of the type of `value`, for texts in which Python prints `type(value).__name__`. */
export function nameOfType(value: unknown): string {
  if (typeof value === "function") return isClass(value) ? "type" : "function";
  if (typeof value !== "object") return typeof value;
  if (value === null) return "null";
  try {
    if (iscoroutine(value)) return "coroutine";
    return className(value) || tagOf(value);
  } catch {
    return className(value) || "object";
  }
}
