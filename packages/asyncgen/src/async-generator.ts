import { type Coroutine, iscoroutine, repr } from "@yieldstar/loop";
import { nameOf, showAsText } from "@yieldstar/loop/internal";
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
 * @param body - a generator function, given `emit` and the arguments; as a field of a class it has the object as `this`
 * @returns a function that makes one generator at each call; nothing runs until it is iterated
 * @throws TypeError when `body` is no function
 *
 * Source: asynchronous generators (PEP 525), CPython 3.14.
 */
export function asyncGenerator<This, A extends readonly unknown[], Y extends BodyYield>(
  body: (this: This, emit: Emit, ...args: A) => Generator<Y, void, unknown>,
): (this: This, ...args: A) => AsyncGenerator<EmittedBy<Y>> {
  return generatorsOf(body, "asyncGenerator");
}

/** The function that makes generators of `body`, which was given to `method`. It has the name of that. */
export function generatorsOf<This, A extends readonly unknown[], T>(
  body: (this: This, emit: Emit, ...args: A) => Body,
  method: string,
): (this: This, ...args: A) => AsyncGenerator<T> {
  if (typeof body !== "function") throw new TypeError(explainBody(body, method));
  const name = nameOf(body) ?? "";
  const make = function (this: This, ...args: A): AsyncGenerator<T> {
    const generator = body.call(this, emit, ...args);
    if (!iscoroutine(generator)) throw new TypeError(explainBody(generator, method));
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
 * An iterator whose steps can await. `asyncGenerator` makes what makes it.
 *
 * Leaving a loop over it early does not close it: use `aclosing`. What is left open is closed when the loop ends, or when
 * the collector finds it.
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

  aiter(): this {
    return this;
  }

  /**
   * Runs on to the next value.
   *
   * @throws StopAsyncIteration when there is none
   * @throws RuntimeError when another task is in the midst of a step
   */
  anext(): Coroutine<T> {
    return this.#step("asend", undefined);
  }

  /**
   * Runs on to the next value, with `value` as what `yield* emit(…)` gives.
   *
   * @throws TypeError when the generator was not begun, and there is a value
   * @throws StopAsyncIteration when there is no next value
   * @throws RuntimeError when another task is in the midst of a step
   */
  asend(value: unknown): Coroutine<T> {
    return this.#step("asend", value);
  }

  /**
   * Throws an error in where the generator stands, and runs on to the next value.
   *
   * @returns the value; nothing when the generator has ended already
   * @throws StopAsyncIteration when there is no next value
   * @throws RuntimeError when another task is in the midst of a step
   */
  athrow(error: Error): Coroutine<T | undefined> {
    return this.#step("athrow", error);
  }

  /**
   * Ends the generator: `GeneratorExit` is thrown in where it stands, so that it can clean up, and wait for that.
   *
   * @throws RuntimeError when it hands out another value, or another task is in the midst of a step
   * @throws StopAsyncIteration when it was closed before, and handed out another value
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
