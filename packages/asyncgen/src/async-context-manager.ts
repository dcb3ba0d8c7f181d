import { type AsyncContextManager, type Coroutine, RuntimeError, StopAsyncIteration } from "@yieldstar/loop";
import { markForLibrary, showAsText } from "@yieldstar/loop/internal";
import { type AsyncGenerator, generatorsOf } from "./async-generator.ts";
import { type BodyYield, type Emit, type EmittedBy } from "./emit.ts";

/**
 * Makes context managers from a generator function that emits one value: the code before it is `aenter`, the code after
 * it is `aexit`. An error of the block is thrown into the body at its `yield* emit(…)`. When the body then returns, the
 * error is swallowed.
 *
 * ```ts
 * const connection = asyncContextManager(function* (emit, host: string) {
 *   const socket = yield* connect(host);
 *   try {
 *     yield* emit(socket);
 *   } finally {
 *     yield* socket.close();
 *   }
 * });
 * yield* asyncWith(connection("example.org"), function* (socket) { … });
 * ```
 *
 * @param body - a generator function, called with `emit` and the arguments; in a field of a class its `this` is the
 * object
 * @returns a function that makes a manager at each call. A manager can be entered once
 * @throws TypeError when `body` is no function
 *
 * Entering a manager throws what the body throws, and a `RuntimeError` when the body emits no value. Leaving it throws
 * a `RuntimeError` when the body emits a second value. Cancellation of the block is thrown into the body, as any error
 * is.
 *
 * Source: contextlib.asynccontextmanager, CPython 3.14 Lib/contextlib.py.
 */
export function asyncContextManager<This, A extends readonly unknown[], Y extends BodyYield>(
  body: (this: This, emit: Emit, ...args: A) => Generator<Y, void, unknown>,
): (this: This, ...args: A) => AsyncContextManager<EmittedBy<Y>, boolean> {
  const generators = generatorsOf<This, A, EmittedBy<Y>>(body, "asyncContextManager");
  return function (...args) {
    return new GeneratorManager(generators.call(this, ...args));
  };
}

class GeneratorManager<T> implements AsyncContextManager<T, boolean> {
  static {
    showAsText(this, "GeneratorManager");
    markForLibrary(this);
  }

  readonly #generator: AsyncGenerator<T>;

  constructor(generator: AsyncGenerator<T>) {
    this.#generator = generator;
  }

  *aenter(): Coroutine<T> {
    try {
      return yield* this.#generator.anext();
    } catch (error) {
      if (error instanceof StopAsyncIteration) throw new RuntimeError("generator didn't yield");
      throw error;
    }
  }

  *aexit(error: Error | undefined): Coroutine<boolean> {
    const generator = this.#generator;
    try {
      yield* error === undefined ? generator.anext() : generator.athrow(error);
    } catch (thrown) {
      // The generator has ended, and so has swallowed the error, if there was one.
      if (thrown instanceof StopAsyncIteration) return thrown !== error && error !== undefined;
      if (thrown === error || isWrapped(thrown, error)) return false;
      throw thrown;
    }
    try {
      throw new RuntimeError(error === undefined ? "generator didn't stop" : "generator didn't stop after athrow()");
    } finally {
      yield* generator.aclose();
    }
  }
}

/** A `StopAsyncIteration` that leaves an async generator becomes the cause of a `RuntimeError`. */
function isWrapped(thrown: unknown, error: Error | undefined): boolean {
  return thrown instanceof RuntimeError && error instanceof StopAsyncIteration && thrown.cause === error;
}
