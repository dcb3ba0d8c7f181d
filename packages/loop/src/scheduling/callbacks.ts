import { iscoroutine } from "../coroutines/coroutine.ts";
import { nameOf, unprintable } from "../text/names.ts";
import { repr, withHint } from "../text/repr.ts";
import { labelOf, type Passing } from "./passing.ts";

/** A callback as it stands in a text: `name()`. */
export function formatCallback(callback: Passing<never>): string {
  const name = labelOf(callback) ?? nameOf(callback);
  return `${name === undefined ? unprintable(callback) : name.replace(/^#/, "") || "<lambda>"}()`;
}

/** What `instanceof` matches generator functions with: calling one makes a coroutine, which nobody would run. */
const GeneratorFunction = function () {};
GeneratorFunction.prototype = Object.getPrototypeOf(function* () {}) as object;

/** @throws TypeError when `callback`, which was given to `method`, is not a plain function */
export function requireCallback(callback: unknown, method: string, hint?: string): void {
  if (typeof callback !== "function" || callback instanceof GeneratorFunction) refuseCallback(callback, method, hint);
}

function refuseCallback(callback: unknown, method: string, hint = "use createTask"): never {
  if (typeof callback === "function" || iscoroutine(callback)) {
    throw new TypeError(withHint(`coroutines cannot be used with ${method}()`, hint));
  }
  throw new TypeError(`a callable object was expected by ${method}(), got ${repr(callback)}`);
}
