import { type AsyncContextManager, type Coroutine, RuntimeError, StopAsyncIteration } from "@yieldstar/loop";
import { showAsText } from "@yieldstar/loop/internal";
import { type AsyncGenerator, generatorsOf } from "./async-generator.ts";
import { type BodyYield, type Emit, type EmittedBy } from "./emit.ts";

/**
 * Makes context managers of a generator function that hands out one value: what comes before is `aenter`, what comes
 * after is `aexit`. An error of the block is thrown where the value was handed out, and swallowed if the body ends.
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
 * @param body - a generator function, given `emit` and the arguments; as a field of a class it has the object as `this`
 * @returns a function that makes a manager, to be entered once, at each call
 * @throws TypeError when `body` is no function
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
      // At its end the generator has swallowed the error, if there was one.
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

/** A `StopAsyncIteration` cannot leave an async generator as it is: it comes as the cause of another error. */
function isWrapped(thrown: unknown, error: Error | undefined): boolean {
  return thrown instanceof RuntimeError && error instanceof StopAsyncIteration && thrown.cause === error;
}
