import { showAsText } from "../text/repr.ts";
import type { Coroutine, Suspension } from "./coroutine.ts";

/**
 * A coroutine written as a class, where a generator would cost more. The class writes `next`, and this one the rest of the
 * protocol.
 *
 * It has no fields, so that V8 gives the objects of each class one shape.
 */
export abstract class CoroutineObject<T> {
  static {
    showAsText(this, "coroutine");
  }

  /** The coroutine's type for its callers: it does what `yield*` and a task ask of a generator. */
  asCoroutine<R = T>(): Coroutine<R> {
    return this as unknown as Coroutine<R>;
  }

  [Symbol.iterator](): this {
    return this;
  }

  /** Starts the coroutine, or resumes it. */
  abstract next(value?: unknown): IteratorResult<Suspension, T>;

  throw(error: unknown): IteratorResult<Suspension, T> {
    this._close(error);
    throw error;
  }

  return(value: T): IteratorResult<Suspension, T> {
    this._close(undefined);
    return { done: true, value };
  }

  /**
   * Called when `throw` or `return` ends the coroutine, to free what it holds.
   *
   * @param _error - the error that was thrown into it, or `undefined` for `return`
   */
  protected _close(_error: unknown): void {}

  /** The coroutine's name in texts; empty for a coroutine without a name. */
  protected _name(): string {
    return "";
  }

  toString(): string {
    const name = this._name();
    return name === "" ? "<coroutine object>" : `<coroutine object ${name}>`;
  }
}
