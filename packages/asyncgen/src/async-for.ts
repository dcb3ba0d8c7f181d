import { type Coroutine, type Emission, iscoroutine, StopAsyncIteration, type Suspension } from "@yieldstar/loop";
import { hintToCall, markForLibrary, nameOfType, withHint } from "@yieldstar/loop/internal";
import { type AsyncIterable, type AsyncIterator, ClosingIterator } from "./async-iterator.ts";
import { type Break, LoopBlock } from "./loop-block.ts";
import { NativeIterator } from "./native-iterator.ts";
import { type NativeAsyncIterable, openNative } from "./native-source.ts";

/** The result of a body. Another value would be lost: in Python `return value` inside `async for` ends the function. */
type Ending = void | undefined | Break;

type Body<T, Y> = (value: T) => Generator<Y, Ending, unknown>;

declare const untyped: unique symbol;

/** Only `any` is assignable to it. Node declares the chunks of its streams as `any`. */
interface Untyped {
  readonly [untyped]: never;
}

type Native<T> = NativeAsyncIterable<T> | ReadableStream<T>;

/** No iterable of `any` is assignable to it: the values of the loop would be `any` too. */
type Typed<T> = Native<T> & (0 extends 1 & T ? never : unknown);

/**
 * Runs `body` for each value of an async iterable: Python's `async for value in iterable:`.
 *
 * The body goes on to the next value by `return`, and ends the loop by `return BREAK`; it cannot return another value.
 * As in Python, the loop does not close a Yieldstar iterator; `aclosing` closes it. The loop closes JavaScript's own
 * iterators and `events(…)` however it ends, as `for await` does: it calls their `return()` and waits for it, or
 * cancels the stream.
 *
 * @param iterable - an async generator, `asCompleted(…)`, or another object with `aiter` and `anext`; or a
 *   `ReadableStream`, or another object with `Symbol.asyncIterator`, such as a stream of Node. An iterable for a plain
 *   `for`, such as an array, is refused as in Python
 * @param body - a generator function, called with each value. A value of unknown type is `unknown`, unless the body
 *   names a type: `function* (chunk: Buffer) { … }`
 * @returns `true` when the iterator has no more values (Python's `else` clause runs then), `false` after `BREAK`
 * @throws what the iterator or the body throws
 * @throws TypeError, when awaited, if `iterable` is no async iterable, or a stream with another reader; or if the body
 * returns a value
 * @throws what closing throws, at the end or after `BREAK`. After an error of the body, an ordinary error of closing
 *   goes to the loop's exception handler, and the body's error is thrown
 *
 * Cancellation does not wait for a pending promise. The loop closes JavaScript's iterator, and a value that the
 * iterator was about to give is lost. To read on later, iterate by hand: `aiter(stream)`.
 *
 * Source: the `async for` statement, CPython 3.14.
 */
export function asyncFor<T, Y extends Suspension | Emission<unknown>>(
  iterable: AsyncIterable<T>,
  body: Body<T, Y>,
): Generator<Suspension | Y, boolean, unknown>;
export function asyncFor<T, Y extends Suspension | Emission<unknown>>(
  iterable: Native<Untyped>,
  body: Body<T, Y>,
): Generator<Suspension | Y, boolean, unknown>;
export function asyncFor<T, Y extends Suspension | Emission<unknown>>(
  iterable: Typed<T>,
  body: Body<T, Y>,
): Generator<Suspension | Y, boolean, unknown>;
export function asyncFor(iterable: unknown, body: Body<never, Suspension>): Coroutine<boolean> {
  return new LoopBlock(iterable, aiter as (iterable: unknown) => AsyncIterator<unknown>, body).asCoroutine();
}

/**
 * Returns the iterator of an async iterable. For an iterable of JavaScript's it has `aclose`, for `aclosing`. When an
 * `anext` of such an iterator is cancelled, the next `anext` gives the value.
 *
 * @param iterable - as for `asyncFor`
 * @throws TypeError when `iterable` is no async iterable
 *
 * Source: builtins.aiter, CPython 3.14.
 */
export function aiter<T>(iterable: AsyncIterable<T>): AsyncIterator<T>;
export function aiter(iterable: Native<Untyped>): ClosingIterator<unknown>;
export function aiter<T>(iterable: Typed<T>): ClosingIterator<T>;
export function aiter(iterable: unknown): AsyncIterator<unknown> {
  const { aiter: iterate } = (iterable ?? {}) as Partial<AsyncIterable<unknown>>;
  if (typeof iterate === "function") return iterate.call(iterable as AsyncIterable<unknown>);
  const source = openNative(iterable);
  if (source === undefined) throw new TypeError(explainIterable(iterable));
  return new NativeIterator(source);
}

function explainIterable(got: unknown): string {
  const text = `'${nameOfType(got)}' object is not an async iterable`;
  if (typeof got === "function") return withHint(text, hintToCall(got));
  if (iscoroutine(got)) return withHint(text, "make it with asyncGenerator(function* (emit) { … })");
  const isIterable = typeof (got as Partial<Iterable<unknown>> | undefined | null)?.[Symbol.iterator] === "function";
  return isIterable ? withHint(text, "write for (const value of …)") : text;
}

/**
 * Waits for the next value of an async iterator. The iterator's own `anext` is called at once, before this is awaited.
 *
 * @param fallback - the result when there are no more values
 * @returns the next value
 * @throws what the iterator throws
 * @throws StopAsyncIteration when there are no more values, and no `fallback`
 * @throws TypeError at the call, when `iterator` is no async iterator
 *
 * Cancellation is thrown into the iterator.
 *
 * Source: builtins.anext, CPython 3.14.
 */
export function anext<T>(iterator: AsyncIterator<T>): Coroutine<T>;
export function anext<T, F>(iterator: AsyncIterator<T>, fallback: F): Coroutine<T | F>;
export function anext(iterator: AsyncIterator<unknown>, ...fallback: [unknown?]): Coroutine<unknown> {
  if (typeof (iterator as Partial<typeof iterator> | undefined | null)?.anext !== "function") {
    throw new TypeError(`'${nameOfType(iterator)}' object is not an async iterator`);
  }
  const next = iterator.anext();
  return fallback.length > 0 ? orFallback(next, fallback[0]) : next;
}

const orFallback = markForLibrary(function* (next: Coroutine<unknown>, fallback: unknown): Coroutine<unknown> {
  try {
    return yield* next;
  } catch (error) {
    if (error instanceof StopAsyncIteration) return fallback;
    throw error;
  }
});
