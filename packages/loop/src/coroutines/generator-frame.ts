import type { Coroutine, Suspension } from "./coroutine.ts";
import { noteAwait, noteUse } from "../debug/awaited-once.ts";
import { isDebugging } from "../debug/debug-mode.ts";
import { forgetPassedFrames, Frame } from "./frame.ts";
import { NativeGenerator } from "./native-generator.ts";
import { requireFree } from "./take-coroutine.ts";

type Step<T> = IteratorResult<Suspension, T>;

const {
  next: generatorNext,
  throw: generatorThrow,
  return: generatorReturn,
} = NativeGenerator.prototype as Record<"next" | "throw" | "return", (this: unknown, value: unknown) => unknown>;

/** The frame of a marked generator function's call. */
class GeneratorFrame<T> extends Frame<T> {
  declare private readonly _coroutine: Coroutine<T>;

  /** @throws RuntimeError when a task has the coroutine, or had it */
  constructor(coroutine: Coroutine<T>) {
    super();
    requireFree(coroutine);
    if (isDebugging) noteAwait(coroutine);
    this._coroutine = coroutine;
  }

  override next(value?: unknown): Step<T> {
    if (this._kept !== undefined) return this._handOver();
    return this._pass(generatorNext.call(this._coroutine, value) as Step<T>);
  }

  override get _generator(): object {
    return this._coroutine;
  }

  override _resumeFrame(): Step<T> {
    return generatorNext.call(this._coroutine, undefined) as Step<T>;
  }

  override throw(error: unknown): Step<T> {
    return this._pass(generatorThrow.call(this._coroutine, error) as Step<T>);
  }

  override return(value: T): Step<T> {
    return this._pass(generatorReturn.call(this._coroutine, value) as Step<T>);
  }
}

/**
 * The properties that the prototype of marked generators gets. Only code that drives a coroutine by hand calls these
 * methods. It may do anything with the step, so the frames below the coroutine do not belong to the chain above it.
 */
export const markedProperties: PropertyDescriptorMap = {
  next: hidden(function (this: unknown, value: unknown): unknown {
    return detached(generatorNext, this, value);
  }),
  throw: hidden(function (this: unknown, error: unknown): unknown {
    return detached(generatorThrow, this, error);
  }),
  return: hidden(function (this: unknown, value: unknown): unknown {
    return detached(generatorReturn, this, value);
  }),
  [Symbol.iterator]: hidden(function (this: Coroutine<unknown>): GeneratorFrame<unknown> {
    return new GeneratorFrame(this);
  }),
};

function hidden(value: unknown): PropertyDescriptor {
  return { value, configurable: true, writable: true };
}

function detached(method: typeof generatorNext, generator: unknown, argument: unknown): unknown {
  if (isDebugging) noteUse(generator as object);
  const step = method.call(generator, argument);
  forgetPassedFrames();
  return step;
}
