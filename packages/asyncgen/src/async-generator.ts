import { type Coroutine, iscoroutine, repr } from "@yieldstar/loop";
import { nameOf, noteDriven, prepareBody, showAsText } from "@yieldstar/loop/internal";
import { AsyncGeneratorCore, type Body } from "./async-generator-core.ts";
import { AsyncGeneratorStep, type StepMethod } from "./async-generator-step.ts";
import { type BodyYield, emit, type Emit, type EmittedBy } from "./emit.ts";

/**
 * Makes async generators: Python's `async def` with a `yield` in it.
 *
 * ```ts
 * const ticker = asyncGenerator(function* (emit, delay: number, to: number) {
 *   for (let tick = 0; tick < to; tick += 1) {
 *     yield* emit(tick);
 *     yield* sleep(delay);
 *   }
 * });
 * yield* asyncFor(ticker(0.1, 3), function* (tick) { … });
 * ```
 *
 * @param body - a generator function, called with `emit` and the arguments; in a field of a class its `this` is the
 * object
 * @returns a function that makes a new generator at each call. The body starts when the generator is first iterated
 * @throws TypeError when `body` is no function
 *
 * The task that iterates awaits what the body awaits: its cancellation is thrown into the body.
 *
 * Source: asynchronous generators (PEP 525), CPython 3.14.
 */
export function asyncGenerator<This, A extends readonly unknown[], Y extends BodyYield>(
  body: (this: This, emit: Emit, ...args: A) => Generator<Y, void, unknown>,
): (this: This, ...args: A) => AsyncGenerator<EmittedBy<Y>> {
  return generatorsOf(body, "asyncGenerator");
}

/** Returns the function that makes generators from `body`, with the name of `body`. Errors name `method`. */
export function generatorsOf<This, A extends readonly unknown[], T>(
  body: (this: This, emit: Emit, ...args: A) => Body,
  method: string,
): (this: This, ...args: A) => AsyncGenerator<T> {
  if (typeof body !== "function") throw new TypeError(explainBody(body, method));
  prepareBody(body);
  const name = nameOf(body) ?? "";
  const make = function (this: This, ...args: A): AsyncGenerator<T> {
    const generator = body.call(this, emit, ...args);
    if (!iscoroutine(generator)) throw new TypeError(explainBody(generator, method));
    noteDriven(generator);
    return wrap(new AsyncGeneratorCore(generator, name, wrap));
  };
  return Object.defineProperty(make, "name", { value: name, configurable: true });
}

function wrap<T>(core: AsyncGeneratorCore): AsyncGenerator<T> {
  return new AsyncGenerator<T>(core);
}

function explainBody(got: unknown, method: string): string {
  return `the body of ${method}() must be a generator function, got ${repr(got)}`;
}

/**
 * An iterator whose steps can await. `asyncGenerator` makes the function that makes it.
 *
 * A loop over it that ends early does not close it: use `aclosing`. The event loop closes open generators when it ends,
 * and a generator that the collector has found.
 *
 * Source: collections.abc.AsyncGenerator, CPython 3.14.
 */
export class AsyncGenerator<T> {
  static {
    showAsText(this, "AsyncGenerator");
  }

  readonly #core: AsyncGeneratorCore;

  /** @internal */
  constructor(core: AsyncGeneratorCore) {
    this.#core = core;
  }

  /** Returns this generator, for `asyncFor`. */
  aiter(): this {
    return this;
  }

  /**
   * Runs the body up to its next value.
   *
   * @returns the value
   * @throws StopAsyncIteration when the body has ended
   * @throws RuntimeError when another step is running
   * @throws what the body throws, which ends the generator
   *
   * Cancellation is thrown into the body where it waits.
   *
   * Source: agen.__anext__, CPython 3.14.
   */
  anext(): Coroutine<T> {
    return this.#step("asend", undefined);
  }

  /**
   * Runs the body up to its next value.
   *
   * @param value - the result of the body's `yield* emit(…)`
   * @returns the next value
   * @throws TypeError when the body has not started, and `value` is not `undefined`
   * @throws StopAsyncIteration when the body has ended
   * @throws RuntimeError when another step is running
   * @throws what the body throws, which ends the generator
   *
   * Cancellation is thrown into the body where it waits.
   *
   * Source: agen.asend, CPython 3.14.
   */
  asend(value: unknown): Coroutine<T> {
    return this.#step("asend", value);
  }

  /**
   * Throws an error into the body at its last `yield* emit(…)`, and runs the body up to its next value.
   *
   * @param error - the error; a generator that has not started ends with it
   * @returns the next value; `undefined` when the generator has ended before
   * @throws StopAsyncIteration when the body catches the error and ends
   * @throws RuntimeError when another step is running
   * @throws what the body throws, which ends the generator
   *
   * Cancellation is thrown into the body where it waits.
   *
   * Source: agen.athrow, CPython 3.14.
   */
  athrow(error: Error): Coroutine<T | undefined> {
    return this.#step("athrow", error);
  }

  /**
   * Ends the generator: throws `GeneratorExit` into the body at its last `yield* emit(…)`, so that the body can clean
   * up. The cleanup can await.
   *
   * @throws RuntimeError when the body emits another value, or another step is running
   * @throws StopAsyncIteration when `aclose` was called before, and the body then emitted another value
   * @throws what the body throws
   *
   * Cancellation is thrown into the body where it waits.
   *
   * Source: agen.aclose, CPython 3.14.
   */
  aclose(): Coroutine {
    return this.#step("aclose", undefined);
  }

  /** CPython registers the generator when a method is called, and not when its step is awaited. */
  #step<R>(method: StepMethod, argument: unknown): Coroutine<R> {
    const core = this.#core;
    core.register(this);
    return new AsyncGeneratorStep(core, this, method, argument).asCoroutine<R>();
  }

  toString(): string {
    return String(this.#core);
  }
}
