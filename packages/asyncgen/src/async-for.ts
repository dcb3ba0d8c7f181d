import {
  type Coroutine,
  type Emission,
  iscoroutine,
  nameOfType,
  repr,
  StopAsyncIteration,
  type Suspension,
} from "@yieldstar/loop";

/** Ends the loop when the body of `asyncFor` returns it: Python's `break`. */
export const BREAK: unique symbol = Symbol("BREAK");

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
 * Runs `body` for each value of an async iterable: Python's `async for value in iterable:`.
 *
 * The body goes on to the next value by `return`, and ends the loop by `return BREAK`. As in Python the iterator is not
 * closed by that; `aclosing` does it.
 *
 * @param iterable - an async generator, `asCompleted(…)`, or anything with `aiter` and `anext`
 * @param body - a generator function, given each value
 * @returns whether the loop went to the end: where Python's `else` clause runs
 * @throws TypeError when `iterable` has no `aiter`
 *
 * Source: the `async for` statement, CPython 3.14.
 */
export function* asyncFor<T, Y extends Suspension | Emission<unknown>>(
  iterable: AsyncIterable<T>,
  body: (value: T) => Generator<Y, unknown, unknown>,
): Generator<Suspension | Y, boolean, unknown> {
  const iterator = aiter(iterable);
  for (;;) {
    let value: T;
    try {
      value = yield* iterator.anext();
    } catch (error) {
      if (error instanceof StopAsyncIteration) return true;
      throw error;
    }
    const running = body(value);
    if (!iscoroutine(running)) throw new TypeError(explainBody(running));
    if ((yield* running) === BREAK) return false;
  }
}

function explainBody(got: unknown): string {
  const fix = "write asyncFor(iterable, function* (value) { … })";
  return `the body of asyncFor() must be a generator function, got ${repr(got)} (hint: ${fix})`;
}

/**
 * Returns the iterator of an async iterable.
 *
 * @throws TypeError when it has none
 *
 * Source: builtins.aiter, CPython 3.14.
 */
export function aiter<T>(iterable: AsyncIterable<T>): AsyncIterator<T> {
  if (typeof iterable?.aiter !== "function") {
    throw new TypeError(`'${nameOfType(iterable)}' object is not an async iterable`);
  }
  return iterable.aiter();
}

/**
 * Waits for the next value of an async iterator.
 *
 * @param fallback - what is returned when there is none
 * @throws StopAsyncIteration when there is none, and no `fallback`
 *
 * Source: builtins.anext, CPython 3.14.
 */
export function anext<T>(iterator: AsyncIterator<T>): Coroutine<T>;
export function anext<T, F>(iterator: AsyncIterator<T>, fallback: F): Coroutine<T | F>;
export function* anext(iterator: AsyncIterator<unknown>, ...fallback: [unknown?]): Coroutine<unknown> {
  try {
    return yield* iterator.anext();
  } catch (error) {
    if (error instanceof StopAsyncIteration && fallback.length > 0) return fallback[0];
    throw error;
  }
}
