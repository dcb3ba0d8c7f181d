import { showAsText } from "../text/repr.ts";
import type { Coroutine, Suspension } from "./coroutine.ts";

/**
 * The base of coroutines that are written as classes, where a generator would cost more. A subclass has `next`, and
 * this class has the rest of the protocol.
 *
 * It has no fields, so that V8 gives all objects of a subclass one shape.
 */
export abstract class CoroutineObject<T> {
  static {
    showAsText(this, "coroutine");
  }

  /** Returns this object as a `Coroutine`: it has each method of a generator that `yield*` or a task calls. */
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
   * Releases what the coroutine holds. `throw` and `return` call it.
   *
   * @param _error - the error that is thrown into the coroutine; `undefined` for `return`
   */
  protected _close(_error: unknown): void {}

  /** Returns the coroutine's name in texts. An empty name is left out. */
  protected _name(): string {
    return "";
  }

  toString(): string {
    const name = this._name();
    return name === "" ? "<coroutine object>" : `<coroutine object ${name}>`;
  }
}
