import { GeneratorExit, RuntimeError } from "../errors/exceptions.ts";
import { withHintToAwait } from "../text/hints.ts";
import { repr, withHint } from "../text/repr.ts";
import { getRunningLoopOrUndefined } from "../context/ambient.ts";

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
 * Coroutines that a task has taken are marked: a generator cannot tell that it has run. Its mark is a `next` of its own,
 * which its task does not use: it refuses whoever awaits it too. A mark under a symbol would be slower.
 */
interface Takeable {
  next: unknown;
  _isTaken?: boolean;
}

/** Those that cannot be marked, since they, or all generators, are frozen. */
const frozen = new WeakSet();
let hasFrozen = false;

/** What `instanceof` matches generator objects with, whatever function has made them. */
const NativeGenerator = function () {} as unknown as new () => Coroutine<unknown>;
NativeGenerator.prototype = (Object.getPrototypeOf(function* () {}) as { prototype: unknown }).prototype;
const { next: generatorNext, throw: generatorThrow } = NativeGenerator.prototype as {
  readonly next: (this: unknown, value: unknown) => unknown;
  readonly throw: (this: unknown, error: unknown) => unknown;
};

/** What `coroutine.next(value)` does. Looking the method up is dear where each generator has a shape of its own. */
export function resume<T>(coroutine: Coroutine<T>, value: unknown): IteratorResult<Suspension, T> {
  const isNative: boolean = coroutine instanceof NativeGenerator;
  return isNative ? (generatorNext.call(coroutine, value) as IteratorResult<Suspension, T>) : nextOf(coroutine, value);
}

/** What `coroutine.throw(error)` does. */
export function resumeThrowing<T>(coroutine: Coroutine<T>, error: unknown): IteratorResult<Suspension, T> {
  const isNative: boolean = coroutine instanceof NativeGenerator;
  return isNative
    ? (generatorThrow.call(coroutine, error) as IteratorResult<Suspension, T>)
    : throwOf(coroutine, error);
}

function nextOf<T>(coroutine: Coroutine<T>, value: unknown): IteratorResult<Suspension, T> {
  return requireObject(coroutine.next(value));
}

function throwOf<T>(coroutine: Coroutine<T>, error: unknown): IteratorResult<Suspension, T> {
  return requireObject(coroutine.throw(error));
}

/** A coroutine written by hand has to give what `yield*` takes. */
function requireObject<R>(step: R): R {
  if ((typeof step !== "object" || step === null) && typeof step !== "function") refuseStep(step);
  return step;
}

function refuseStep(step: unknown): never {
  throw new TypeError(`Iterator result ${String(step)} is not an object`);
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

/**
 * Claims a coroutine for one task.
 *
 * @throws TypeError when `value` is no coroutine
 * @throws RuntimeError when a task has it, or had it, already
 */
export function takeCoroutine(value: Coroutine<unknown>): void {
  const isUsual: boolean = value instanceof NativeGenerator && !hasFrozen;
  if (!isUsual || (value as Takeable).next === refuseToBeAwaited) {
    takeOtherwise(value);
    return;
  }
  try {
    (value as Takeable).next = refuseToBeAwaited;
  } catch {
    takeOtherwise(value);
  }
}

function takeOtherwise(value: Coroutine<unknown>): void {
  if (!iscoroutine(value) || isTaken(value)) throw explainRefusal(value);
  markTaken(value);
}

function markTaken(coroutine: Takeable): void {
  try {
    if (coroutine instanceof NativeGenerator) (coroutine as Takeable).next = refuseToBeAwaited;
    else coroutine._isTaken = true;
  } catch {
    frozen.add(coroutine);
    hasFrozen = true;
  }
}

/** The `next` that everybody but its task finds in a coroutine that a task has taken: `yield* coroutine` calls it. */
function refuseToBeAwaited(this: unknown): never {
  if (getRunningLoopOrUndefined()?._runsCoroutine(this) === true) {
    throw new RuntimeError(withHint("coroutine is being awaited already", "await its task"));
  }
  throw explainRefusal(this);
}

function explainRefusal(value: unknown): Error {
  if (!iscoroutine(value)) return new TypeError(explainNoCoroutine(value));
  return new RuntimeError(
    withHint("cannot reuse already awaited coroutine", "call the generator function again for a new coroutine"),
  );
}

/** Tells whether a task has the coroutine, or had it. */
export function isTaken(coroutine: Coroutine<unknown>): boolean {
  const takeable: Takeable = coroutine;
  const isMarked =
    coroutine instanceof NativeGenerator ? takeable.next === refuseToBeAwaited : takeable._isTaken === true;
  return isMarked || (hasFrozen && frozen.has(coroutine));
}

function explainNoCoroutine(value: unknown): string {
  return withHintToAwait(`a coroutine was expected, got ${repr(value)}`, value);
}

/**
 * Ends a coroutine that nobody will run on: `GeneratorExit` is thrown into it where it stands.
 *
 * @returns what the coroutine returns, if it catches that
 * @throws RuntimeError when it awaits something on its way out
 *
 * Source: coroutine.close(), CPython 3.14.
 */
export function closeCoroutine<T>(coroutine: Coroutine<T>): T | undefined {
  let step: IteratorResult<Suspension, T>;
  try {
    step = coroutine.throw(new GeneratorExit());
  } catch (error) {
    markTaken(coroutine);
    if (error instanceof GeneratorExit) return undefined;
    throw error;
  }
  // It can still be driven by hand, as in CPython.
  if (step.done !== true) throw new RuntimeError("coroutine ignored GeneratorExit");
  markTaken(coroutine);
  return step.value;
}
