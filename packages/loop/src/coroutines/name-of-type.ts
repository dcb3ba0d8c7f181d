import { iscoroutine } from "./coroutine.ts";
import { className } from "../text/names.ts";

/** The name of the type of `value`, for texts in which Python prints `type(value).__name__`. */
export function nameOfType(value: unknown): string {
  if (typeof value === "function")
    return /^class\b/.test(Function.prototype.toString.call(value)) ? "type" : "function";
  if (typeof value !== "object") return typeof value;
  if (value === null) return "null";
  try {
    if (iscoroutine(value)) return "coroutine";
    return className(value) || Object.prototype.toString.call(value).slice("[object ".length, -1);
  } catch {
    return className(value) || "object";
  }
}
