import type { Coroutine } from "@yieldstar/loop";

/**
 * Gives values one after another. The program awaits each `anext`, which throws `StopAsyncIteration` at the end.
 *
 * Source: collections.abc.AsyncIterator, CPython 3.14.
 */
export interface AsyncIterator<T> extends AsyncIterable<T> {
  anext(): Coroutine<T>;
}

/**
 * An object that `asyncFor` can iterate: `aiter` returns its iterator.
 *
 * Source: collections.abc.AsyncIterable, CPython 3.14.
 */
export interface AsyncIterable<T> {
  aiter(): AsyncIterator<T>;
}

/**
 * An iterator over an iterable of JavaScript's, or over events. `asyncFor` closes it however the loop ends, as
 * `for await` does.
 */
export abstract class ClosingIterator<T> implements AsyncIterator<T> {
  /** Returns this iterator, for `asyncFor`. */
  aiter(): this {
    return this;
  }

  /**
   * Waits for the next value.
   *
   * @throws StopAsyncIteration when there are no more values
   *
   * Cancellation keeps the value for the next `anext`.
   */
  abstract anext(): Coroutine<T>;

  /** Ends the iteration, and waits for the cleanup of the iterable. */
  abstract aclose(): Coroutine;
}
