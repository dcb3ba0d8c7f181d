import { iscoroutine } from "../coroutines/coroutine.ts";
import { nameOf, unprintable } from "../text/names.ts";
import { repr, withHint } from "../text/repr.ts";
import { labelOf, type Passing } from "./passing.ts";

/** The text of a callback: `name()`. */
export function formatCallback(callback: Passing<never>): string {
  const name = labelOf(callback) ?? nameOf(callback);
  return `${name === undefined ? unprintable(callback) : name.replace(/^#/, "") || "<lambda>"}()`;
}

/**
 * A class for `instanceof` alone: generator functions are instances. Calling one makes a coroutine, and runs nothing.
 */
const GeneratorFunction = function () {};
GeneratorFunction.prototype = Object.getPrototypeOf(function* () {}) as object;

/**
 * Checks that `callback`, an argument of `method`, is a plain function.
 *
 * @throws TypeError when it is not; if it is a function or a coroutine, the message has `hint`
 */
export function requireCallback(callback: unknown, method: string, hint?: string): void {
  if (typeof callback !== "function" || callback instanceof GeneratorFunction) refuseCallback(callback, method, hint);
}

function refuseCallback(callback: unknown, method: string, hint = "use createTask"): never {
  if (typeof callback === "function" || iscoroutine(callback)) {
    throw new TypeError(withHint(`coroutines cannot be used with ${method}()`, hint));
  }
  throw new TypeError(`a callable object was expected by ${method}(), got ${repr(callback)}`);
}
