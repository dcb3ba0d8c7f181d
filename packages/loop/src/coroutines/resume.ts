import type { Coroutine, Suspension } from "./coroutine.ts";
import { NativeGenerator } from "./native-generator.ts";

type Method = (this: unknown, argument: unknown) => IteratorResult<Suspension, never>;

const generators = NativeGenerator.prototype as { readonly next: Method; readonly throw: Method };
const generatorNext = generators.next;

/** The built-in `throw` of native generators. */
export const throwIntoGenerator: Method = generators.throw;

/**
 * Calls the built-in `next` on a native generator, and `coroutine.next(value)` on a coroutine written by hand. Looking
 * up `next` is slow where each generator has a shape of its own, and in a taken generator it finds the refusal.
 */
export function resume<T>(coroutine: Coroutine<T>, value: unknown): IteratorResult<Suspension, T> {
  // As a `boolean` it does not narrow `coroutine`, which is of a generator's type on both sides.
  const isNative: boolean = coroutine instanceof NativeGenerator;
  return isNative ? generatorNext.call(coroutine, value) : nextOf(coroutine, value);
}

/**
 * Calls the built-in `throw` on a native generator, and `coroutine.throw(error)` on a coroutine written by hand.
 *
 * V8 optimises a function once it has returned often. This one throws again when the coroutine does, as most coroutines
 * do that are cancelled. So a task's step, which catches the error, calls the two halves itself.
 */
export function resumeThrowing<T>(coroutine: Coroutine<T>, error: unknown): IteratorResult<Suspension, T> {
  const isNative: boolean = coroutine instanceof NativeGenerator;
  return isNative ? throwIntoGenerator.call(coroutine, error) : throwIntoObject(coroutine, error);
}

function nextOf<T>(coroutine: Coroutine<T>, value: unknown): IteratorResult<Suspension, T> {
  return requireObject(coroutine.next(value));
}

/** Calls `coroutine.throw(error)`. */
export function throwIntoObject<T>(coroutine: Coroutine<T>, error: unknown): IteratorResult<Suspension, T> {
  return requireObject(coroutine.throw(error));
}

/** A coroutine written by hand must return an object at each step. `yield*` requires the same. */
function requireObject<R>(step: R): R {
  if ((typeof step !== "object" || step === null) && typeof step !== "function") refuseStep(step);
  return step;
}

function refuseStep(step: unknown): never {
  throw new TypeError(`Iterator result ${String(step)} is not an object`);
}
