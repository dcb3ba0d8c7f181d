import { isPromiseLike } from "../values/is-promise.ts";
import { nameOf } from "./names.ts";
import { withHint } from "./repr.ts";

/** How a function becomes what was expected: `call it: worker()`. */
export function hintToCall(callback: object): string {
  const name = nameOf(callback);
  return name ? `call it: ${name}()` : "call it";
}

/** How a promise becomes what was expected. */
export function hintToWrap(fix: string): string {
  return `wrap it in fromPromise: ${fix}`;
}

/** The text of an error about `value`, which cannot be awaited, with a hint for a function and for a promise. */
export function withHintToAwait(text: string, value: unknown): string {
  if (typeof value === "function") return withHint(text, hintToCall(value));
  return isPromiseLike(value) ? withHint(text, hintToWrap("fromPromise(promise)")) : text;
}
