import { iscoroutine } from "./coroutine.ts";

/** What a text calls the type of `value`, where Python says `type(value).__name__`. */
export function nameOfType(value: unknown): string {
  if (iscoroutine(value)) return "coroutine";
  if (typeof value === "function")
    return /^class\b/.test(Function.prototype.toString.call(value)) ? "type" : "function";
  if (typeof value !== "object" || value === null) return typeof value;
  return value.constructor?.name || Object.prototype.toString.call(value).slice("[object ".length, -1);
}
