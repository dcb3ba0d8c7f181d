import { isFuture, repr } from "@yieldstar/loop";
import { withHint } from "@yieldstar/loop/internal";

/** A value that a body yields without `emit`. Its task refuses it, with this text. */
class PlainValue {
  readonly #value: unknown;

  constructor(value: unknown) {
    this.#value = value;
  }

  toString(): string {
    const text = repr(this.#value);
    return withHint(text, `hand it out by yield* emit(${text})`);
  }
}

/** Returns what the task gets of what a body yields, so that an error about a plain value has a hint. */
export function markPlainValue(yielded: unknown): unknown {
  return yielded === undefined || isFuture(yielded) || !isPlain(yielded) ? yielded : new PlainValue(yielded);
}

/** Tells whether `value` can be nothing to wait for. */
function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}
