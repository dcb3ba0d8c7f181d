import { isPromiseLike } from "../values/is-promise.ts";
import { className, nameOf } from "./names.ts";
import { withHint } from "./repr.ts";

/** The text of the error for a coroutine that is awaited a second time. */
export const textOfReuse =
  "cannot reuse already awaited coroutine (hint: call the generator function again for a new coroutine)";

/** The hint for a function that was passed instead of its result: `call it: worker()`. */
export function hintToCall(callback: object): string {
  const name = nameOf(callback);
  return name ? `call it: ${name}()` : "call it";
}

/** The hint for a function that was passed instead of an awaitable. A call of an async function returns a promise. */
function hintToAwaitCall(callback: object): string {
  if (className(callback) !== "AsyncFunction") return hintToCall(callback);
  const name = nameOf(callback) ?? "";
  return `call it in fromPromise: fromPromise(${name === "" ? "f" : name}())`;
}

/** The hint for a promise that was passed instead of an awaitable. */
export function hintToWrap(fix: string): string {
  return `wrap it in fromPromise: ${fix}`;
}

/** Returns `text`, which says that `value` cannot be awaited, with a hint if it is a function or a promise. */
export function withHintToAwait(text: string, value: unknown): string {
  if (typeof value === "function") return withHint(text, hintToAwaitCall(value));
  return isPromiseLike(value) ? withHint(text, hintToWrap("fromPromise(promise)")) : text;
}
