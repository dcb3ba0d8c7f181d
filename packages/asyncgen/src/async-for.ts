import {
  chain,
  type Coroutine,
  type Emission,
  Exception,
  getRunningLoop,
  iscoroutine,
  nameOfType,
  repr,
  StopAsyncIteration,
  type Suspension,
} from "@yieldstar/loop";
import { type AsyncIterable, type AsyncIterator, ClosingIterator } from "./async-iterator.ts";
import { NativeIterator } from "./native-iterator.ts";
import { type NativeAsyncIterable, openNative } from "./native-source.ts";

/** Ends the loop when the body of `asyncFor` returns it: Python's `break`. */
export const BREAK: unique symbol = Symbol("BREAK");

type Body<T, Y> = (value: T) => Generator<Y, unknown, unknown>;

/**
 * Runs `body` for each value of an async iterable: Python's `async for value in iterable:`.
 *
 * The body goes on to the next value by `return`, and ends the loop by `return BREAK`. As in Python the iterator is not
 * closed by that; `aclosing` does it. What JavaScript made, and `events(…)`, is closed however the loop is left, as
 * `for await` does it: its `return()` is called and waited for, a stream is cancelled.
 *
 * @param iterable - an async generator, `asCompleted(…)`, or anything with `aiter` and `anext`; otherwise a
 *   `ReadableStream`, or anything that JavaScript's `for await` takes
 * @param body - a generator function, given each value
 * @returns whether the loop went to the end: where Python's `else` clause runs
 * @throws TypeError when `iterable` is none, or a stream that something else reads
 * @throws what closing throws, at the end or after `BREAK`; after an error of the body that is reported, and the body's
 *   is thrown
 *
 * Cancellation does not wait for a promise that is pending: the iterator is told to end, and a value that it was at work
 * on is lost with it. To read on later, iterate by hand: `aiter(stream)`.
 *
 * Source: the `async for` statement, CPython 3.14.
 */
export function asyncFor<T, Y extends Suspension | Emission<unknown>>(
  iterable: AsyncIterable<T>,
  body: Body<T, Y>,
): Generator<Suspension | Y, boolean, unknown>;
export function asyncFor<T, Y extends Suspension | Emission<unknown>>(
  iterable: NativeAsyncIterable<T> | ReadableStream<T>,
  body: Body<T, Y>,
): Generator<Suspension | Y, boolean, unknown>;
export function* asyncFor<Y extends Suspension | Emission<unknown>>(
  iterable: unknown,
  body: Body<never, Y>,
): Generator<Suspension | Y, boolean, unknown> {
  const iterator = aiter(iterable as AsyncIterable<never>);
  const closing = iterator instanceof ClosingIterator ? iterator : undefined;
  let hasFailed = false;
  try {
    for (;;) {
      let value: never;
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
  } catch (error) {
    hasFailed = true;
    if (closing !== undefined) yield* closeAfterError(closing, error);
    throw error;
  } finally {
    if (closing !== undefined && !hasFailed) yield* closing.aclose();
  }
}

/** The error that ended the loop is the one to be thrown; but a cancellation must not get lost. */
function* closeAfterError(iterator: ClosingIterator<unknown>, error: unknown): Coroutine {
  try {
    yield* iterator.aclose();
  } catch (second) {
    if (!(second instanceof Exception)) throw chain(error, second);
    const message = "an error occurred during closing of an asynchronous iterator";
    getRunningLoop().callExceptionHandler({ message, exception: second, iterator });
  }
}

function explainBody(got: unknown): string {
  const fix = "write asyncFor(iterable, function* (value) { … })";
  return `the body of asyncFor() must be a generator function, got ${repr(got)} (hint: ${fix})`;
}

/**
 * Returns the iterator of an async iterable. One over what JavaScript made has `aclose`, for `aclosing`; a value that it
 * was asked for when a cancellation came is what its next `anext` gives.
 *
 * @throws TypeError when it has none
 *
 * Source: builtins.aiter, CPython 3.14.
 */
export function aiter<T>(iterable: AsyncIterable<T>): AsyncIterator<T>;
export function aiter<T>(iterable: NativeAsyncIterable<T> | ReadableStream<T>): ClosingIterator<T>;
export function aiter(iterable: unknown): AsyncIterator<unknown> {
  const { aiter: iterate } = (iterable ?? {}) as Partial<AsyncIterable<unknown>>;
  if (typeof iterate === "function") return iterate.call(iterable as AsyncIterable<unknown>);
  const source = openNative(iterable);
  if (source === undefined) throw new TypeError(`'${nameOfType(iterable)}' object is not an async iterable`);
  return new NativeIterator(source);
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
