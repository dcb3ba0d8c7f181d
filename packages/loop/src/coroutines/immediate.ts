import { CoroutineObject } from "./coroutine-object.ts";
import type { Coroutine, Suspension } from "./coroutine.ts";

/**
 * Makes a coroutine that never waits, for the methods of a context manager. Awaiting it calls `body` once. It costs
 * less than a generator.
 *
 * @param body - a plain function
 * @returns a coroutine that returns or throws what `body` returns or throws
 */
export function immediate<T>(body: () => T): Coroutine<T> {
  return new Immediate(body).asCoroutine();
}

class Immediate<T> extends CoroutineObject<T> {
  declare private _body: (() => T) | undefined;

  constructor(body: () => T) {
    super();
    this._body = body;
  }

  next(): IteratorResult<Suspension, T> {
    const body = this._body;
    this._body = undefined;
    return { done: true, value: body?.() as T };
  }

  protected override _close(): void {
    this._body = undefined;
  }
}
