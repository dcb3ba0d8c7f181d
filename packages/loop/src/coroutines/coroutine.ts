import { NativeGenerator } from "./native-generator.ts";

declare const suspension: unique symbol;

/**
 * What a coroutine hands to its task when it gives up control: something only awaiting makes, so that `yield future`
 * does not compile, or `undefined`, the bare `yield` that gives up one iteration of the loop.
 */
export type Suspension = { readonly [suspension]: never } | undefined;

/**
 * A running `function*` whose `yield*` is Python's `await`. Calling the generator function makes it; nothing runs until
 * it is awaited (`yield* worker()`) or given to a task.
 */
export type Coroutine<T = void> = Generator<Suspension, T, unknown>;

declare const emission: unique symbol;

/** What the body of an async generator hands to whoever iterates it: only `emit` makes it. */
export interface Emission<T> {
  readonly [emission]: T;
}

/** Anything `yield*` takes inside a coroutine, with result `T`: a coroutine, a `Future`, a `Task`. */
export interface Awaitable<T> {
  [Symbol.iterator](): Iterator<Suspension, T, unknown>;
}

/**
 * Tells whether `value` is a coroutine: a generator object, or an iterator that can be used like one.
 *
 * Source: asyncio.iscoroutine, CPython 3.14 Lib/asyncio/coroutines.py.
 */
export function iscoroutine(value: unknown): value is Coroutine<unknown> {
  return value instanceof NativeGenerator || isLikeCoroutine(value);
}

/** Futures can be used so too, but are none. */
function isLikeCoroutine(value: unknown): boolean {
  if (typeof value !== "object" || value === null || "_takeBlocking" in value) return false;
  const { next, throw: raise, [Symbol.iterator]: iterate } = value as Partial<Coroutine<unknown>>;
  return typeof next === "function" && typeof raise === "function" && typeof iterate === "function";
}

/**
 * Tells whether `value` can be awaited. Arrays and strings are iterable, but nobody means to await one.
 *
 * Source: inspect.isawaitable, CPython 3.14 Lib/inspect.py.
 */
export function isawaitable(value: unknown): value is Awaitable<unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return typeof (value as Partial<Awaitable<unknown>>)[Symbol.iterator] === "function";
}
