import type { Coroutine, Suspension } from "./coroutine.ts";
import { NativeGenerator } from "./native-generator.ts";

const { next: generatorNext, throw: generatorThrow } = NativeGenerator.prototype as {
  readonly next: (this: unknown, value: unknown) => unknown;
  readonly throw: (this: unknown, error: unknown) => unknown;
};

/**
 * Calls the built-in `next` on a native generator, and `coroutine.next(value)` on a coroutine written by hand. Looking
 * up `next` is slow where each generator has a shape of its own, and in a taken generator it finds the mark.
 */
export function resume<T>(coroutine: Coroutine<T>, value: unknown): IteratorResult<Suspension, T> {
  const isNative: boolean = coroutine instanceof NativeGenerator;
  return isNative ? (generatorNext.call(coroutine, value) as IteratorResult<Suspension, T>) : nextOf(coroutine, value);
}

/** Calls the built-in `throw` on a native generator, and `coroutine.throw(error)` on a coroutine written by hand. */
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

/** A coroutine written by hand must return an object at each step. `yield*` requires the same. */
function requireObject<R>(step: R): R {
  if ((typeof step !== "object" || step === null) && typeof step !== "function") refuseStep(step);
  return step;
}

function refuseStep(step: unknown): never {
  throw new TypeError(`Iterator result ${String(step)} is not an object`);
}
