import type { Coroutine, Suspension } from "@yieldstar/loop";
import { CoroutineObject } from "@yieldstar/loop/internal";

/**
 * The awaitable that a method of an async generator returns. Unlike a coroutine that has not begun, it does not end when
 * an error is thrown into it: the error goes into the generator.
 *
 * Source: async_generator_asend and async_generator_athrow, CPython 3.14.
 */
export class AsyncGeneratorStep<T> extends CoroutineObject<T> {
  declare private readonly _begin: () => Coroutine<T>;
  declare private readonly _beginWithError: (error: unknown) => Coroutine<T>;
  declare private _running: Coroutine<T> | undefined;

  /**
   * @param begin - makes the step
   * @param beginWithError - makes the step that throws `error` into the generator instead
   */
  constructor(begin: () => Coroutine<T>, beginWithError: (error: unknown) => Coroutine<T>) {
    super();
    this._begin = begin;
    this._beginWithError = beginWithError;
    this._running = undefined;
  }

  next(): IteratorResult<Suspension, T> {
    this._running ??= this._begin();
    return this._running.next();
  }

  override throw(error: unknown): IteratorResult<Suspension, T> {
    if (this._running !== undefined) return this._running.throw(error);
    this._running = this._beginWithError(error);
    return this._running.next();
  }

  override return(value: T): IteratorResult<Suspension, T> {
    this._running ??= this._begin();
    return this._running.return(value);
  }

  protected _name(): string {
    return "of an async generator";
  }
}
