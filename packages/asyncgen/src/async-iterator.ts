import type { Coroutine } from "@yieldstar/loop";

/**
 * Gives values one after another, each by awaiting. Its `anext` throws `StopAsyncIteration` at the end.
 *
 * Source: collections.abc.AsyncIterator, CPython 3.14.
 */
export interface AsyncIterator<T> extends AsyncIterable<T> {
  anext(): Coroutine<T>;
}

/**
 * What `asyncFor` iterates.
 *
 * Source: collections.abc.AsyncIterable, CPython 3.14.
 */
export interface AsyncIterable<T> {
  aiter(): AsyncIterator<T>;
}

/**
 * An iterator over what JavaScript made. Unlike one of Python's it is closed however `asyncFor` is left, as `for await`
 * does it: nobody else would.
 */
export abstract class ClosingIterator<T> implements AsyncIterator<T> {
  aiter(): this {
    return this;
  }

  /**
   * Waits for the next value.
   *
   * @throws StopAsyncIteration when there is none
   */
  abstract anext(): Coroutine<T>;

  /** Ends the iteration, and waits until what it iterates has cleaned up. */
  abstract aclose(): Coroutine;
}
