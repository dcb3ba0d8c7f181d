import { NativeGenerator } from "./native-generator.ts";

declare const suspension: unique symbol;

/**
 * The value that a coroutine yields to its task when it gives up control. Only awaiting makes one, so `yield future`
 * does not compile. A bare `yield` yields `undefined`: the task's next step runs in the next iteration of the loop.
 */
export type Suspension = { readonly [suspension]: never } | undefined;

/**
 * The object that a call of a `function*` returns. In its body `yield*` is Python's `await`. The body begins to run
 * when code awaits the coroutine (`yield* worker()`), or in the first step of a task.
 *
 * Cancelling the task that runs it throws a `CancelledError` at the `yield*` where it is suspended.
 *
 * Source: collections.abc.Coroutine, CPython 3.14 Lib/_collections_abc.py.
 */
export type Coroutine<T = void> = Generator<Suspension, T, unknown>;

declare const emission: unique symbol;

/**
 * A value that the body of an async generator gives to the code that iterates over the generator. Only `emit` makes it.
 */
export interface Emission<T> {
  readonly [emission]: T;
}

/**
 * A value that a coroutine can `yield*`, with a result of type `T`: a coroutine, a `Future`, a `Task`.
 *
 * Source: collections.abc.Awaitable, CPython 3.14 Lib/_collections_abc.py.
 */
export interface Awaitable<T> {
  [Symbol.iterator](): Iterator<Suspension, T, unknown>;
}

/**
 * Tells whether `value` is a coroutine: a generator object, or an iterator with the methods of one. Futures are not.
 *
 * @param value - any value
 *
 * Source: asyncio.iscoroutine, CPython 3.14 Lib/asyncio/coroutines.py.
 */
export function iscoroutine(value: unknown): value is Coroutine<unknown> {
  return value instanceof NativeGenerator || isLikeCoroutine(value);
}

/** A future has these methods too, but is no coroutine: its `_clearBlocking` tells it apart. */
function isLikeCoroutine(value: unknown): boolean {
  if (typeof value !== "object" || value === null || "_clearBlocking" in value) return false;
  const { next, throw: raise, [Symbol.iterator]: iterate } = value as Partial<Coroutine<unknown>>;
  return typeof next === "function" && typeof raise === "function" && typeof iterate === "function";
}

/**
 * Tells whether `value` can be awaited: whether it is an iterable object, and no array. Arrays and strings are
 * iterable, but awaiting one is a mistake.
 *
 * @param value - any value
 *
 * Source: inspect.isawaitable, CPython 3.14 Lib/inspect.py.
 */
export function isawaitable(value: unknown): value is Awaitable<unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return typeof (value as Partial<Awaitable<unknown>>)[Symbol.iterator] === "function";
}
