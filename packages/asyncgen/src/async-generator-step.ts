import type { Coroutine, Suspension } from "@yieldstar/loop";

/**
 * The awaitable that a method of an async generator returns. Unlike a coroutine that has not begun, it does not end when
 * an error is thrown into it: the error goes into the generator.
 *
 * Source: async_generator_asend and async_generator_athrow, CPython 3.14.
 */
export class AsyncGeneratorStep<T> {
  readonly #begin: () => Coroutine<T>;
  readonly #beginWithError: (error: unknown) => Coroutine<T>;
  #running: Coroutine<T> | undefined;

  /**
   * @param begin - makes the step
   * @param beginWithError - makes the step that throws `error` into the generator instead
   */
  constructor(begin: () => Coroutine<T>, beginWithError: (error: unknown) => Coroutine<T>) {
    this.#begin = begin;
    this.#beginWithError = beginWithError;
  }

  /** The same, as the coroutine that it can be used as. */
  asCoroutine(): Coroutine<T> {
    return this as unknown as Coroutine<T>;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Suspension, T> {
    this.#running ??= this.#begin();
    return this.#running.next();
  }

  throw(error: unknown): IteratorResult<Suspension, T> {
    if (this.#running !== undefined) return this.#running.throw(error);
    this.#running = this.#beginWithError(error);
    return this.#running.next();
  }

  return(value: T): IteratorResult<Suspension, T> {
    this.#running ??= this.#begin();
    return this.#running.return(value);
  }

  toString(): string {
    return "<coroutine object of an async generator>";
  }
}
