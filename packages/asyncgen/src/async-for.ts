import {
  type Coroutine,
  type Emission,
  Exception,
  getRunningLoop,
  iscoroutine,
  repr,
  StopAsyncIteration,
  type Suspension,
} from "@yieldstar/loop";
import { chain, hintToCall, nameOfType, withHint } from "@yieldstar/loop/internal";
import { type AsyncIterable, type AsyncIterator, ClosingIterator } from "./async-iterator.ts";
import { NativeIterator } from "./native-iterator.ts";
import { type NativeAsyncIterable, openNative } from "./native-source.ts";

declare const breaking: unique symbol;

/** The type of `BREAK`. In a variable a `unique symbol` would become any symbol. */
export type Break = symbol & { readonly [breaking]: never };

/** Ends the loop when the body of `asyncFor` returns it: Python's `break`. */
export const BREAK: Break = Symbol("BREAK") as Break;

/** What a body may return. A value would be lost: Python's `return value` inside of `async for` ends the function. */
type Ending = void | undefined | Break;

type Body<T, Y> = (value: T) => Generator<Y, Ending, unknown>;

declare const untyped: unique symbol;

/** What only `any` can be used as. Node declares the chunks of its streams so. */
interface Untyped {
  readonly [untyped]: never;
}

type Native<T> = NativeAsyncIterable<T> | ReadableStream<T>;

/** Nothing can be used as one whose `T` is `any`, which would make the values of the loop `any` too. */
type Typed<T> = Native<T> & (0 extends 1 & T ? never : unknown);

/**
 * Runs `body` for each value of an async iterable: Python's `async for value in iterable:`.
 *
 * The body goes on to the next value by `return`, and ends the loop by `return BREAK`; it can return nothing else. As in Python the iterator is not
 * closed by that; `aclosing` does it. What JavaScript made, and `events(…)`, is closed however the loop is left, as
 * `for await` does it: its `return()` is called and waited for, a stream is cancelled.
 *
 * @param iterable - an async generator, `asCompleted(…)`, or anything with `aiter` and `anext`; otherwise a
 *   `ReadableStream`, or anything with `Symbol.asyncIterator`, as a stream of Node has. What only `for` iterates, as an
 *   array, is refused as in Python
 * @param body - a generator function, given each value. Where the type of that is not known it is `unknown`, unless the
 *   body names one: `function* (chunk: Buffer) { … }`
 * @returns whether the loop went to the end: where Python's `else` clause runs
 * @throws TypeError when `iterable` is none, or a stream that something else reads; when the body returns a value
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
  iterable: Native<Untyped>,
  body: Body<T, Y>,
): Generator<Suspension | Y, boolean, unknown>;
export function asyncFor<T, Y extends Suspension | Emission<unknown>>(
  iterable: Typed<T>,
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
      const ending: unknown = yield* running;
      if (ending === BREAK) return false;
      if (ending !== undefined) throw new TypeError(explainEnding(ending));
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
  const text = `the body of asyncFor() must be a generator function, got ${repr(got)}`;
  return withHint(text, "write asyncFor(iterable, function* (value) { … })");
}

function explainEnding(got: unknown): string {
  const text = `the body of asyncFor() can return nothing but BREAK, got ${repr(got)}`;
  return withHint(text, "set a variable outside of it, and return BREAK");
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
 * Waits for the next value of an async iterator, which is asked for it at the call.
 *
 * @param fallback - what is returned when there is none
 * @throws TypeError at the call, when `iterator` is none
 * @throws StopAsyncIteration when there is no value, and no `fallback`
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

function* orFallback(next: Coroutine<unknown>, fallback: unknown): Coroutine<unknown> {
  try {
    return yield* next;
  } catch (error) {
    if (error instanceof StopAsyncIteration) return fallback;
    throw error;
  }
}
