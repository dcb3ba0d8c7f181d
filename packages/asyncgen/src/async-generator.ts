import {
  type BaseEventLoop,
  type Coroutine,
  GeneratorExit,
  getRunningLoop,
  iscoroutine,
  repr,
  RuntimeError,
  nameOf,
  showAsText,
  StopAsyncIteration,
} from "@yieldstar/loop";
import { AsyncGeneratorStep } from "./async-generator-step.ts";
import { type BodyYield, emit, type Emit, Emitted, type EmittedBy } from "./emit.ts";

type Body = Generator<unknown, void, unknown>;

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
 *
 * Source: asynchronous generators (PEP 525), CPython 3.14.
 */
export function asyncGenerator<This, A extends readonly unknown[], Y extends BodyYield>(
  body: (this: This, emit: Emit, ...args: A) => Generator<Y, void, unknown>,
): (this: This, ...args: A) => AsyncGenerator<EmittedBy<Y>> {
  return function (...args) {
    const generator = body.call(this, emit, ...args);
    if (iscoroutine(generator)) return new AsyncGenerator(generator, nameOf(body) ?? "");
    throw new TypeError(`the body of asyncGenerator() must be a generator function, got ${repr(generator)}`);
  };
}

/**
 * An iterator whose steps can await. `asyncGenerator` makes what makes it.
 *
 * Leaving a loop over it early does not close it: use `aclosing`. What is left open is closed when the loop ends.
 *
 * Source: collections.abc.AsyncGenerator, CPython 3.14.
 */
export class AsyncGenerator<T> {
  static {
    showAsText(this, "AsyncGenerator");
  }

  /** Apart from this object, so that the loop can close the one after the collector has taken the other. */
  readonly #core: Core<T>;

  /** @internal */
  constructor(body: Body, name: string) {
    this.#core = new Core(body, name);
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
    return this.#step((core) => core.asend(undefined), "anext");
  }

  /**
   * Runs on to the next value, with `value` as what `yield* emit(…)` gives.
   *
   * @throws TypeError when the generator was not begun, and there is a value
   * @throws StopAsyncIteration when there is no next value
   * @throws RuntimeError when another task is in the midst of a step
   */
  asend(value: unknown): Coroutine<T> {
    return this.#step((core) => core.asend(value), "anext");
  }

  /**
   * Throws an error in where the generator stands, and runs on to the next value.
   *
   * @returns the value; nothing when the generator has ended already
   * @throws StopAsyncIteration when there is no next value
   * @throws RuntimeError when another task is in the midst of a step
   */
  athrow(error: Error): Coroutine<T | undefined> {
    return this.#step<T | undefined>((core) => core.athrow(error), "athrow");
  }

  /**
   * Ends the generator: `GeneratorExit` is thrown in where it stands, so that it can clean up, and wait for that.
   *
   * @throws RuntimeError when it hands out another value, or another task is in the midst of a step
   * @throws StopAsyncIteration when it was closed before, and handed out another value
   */
  aclose(): Coroutine {
    const core = this.#core;
    core.register(this);
    return new AsyncGeneratorStep(
      () => core.aclose(),
      (error) => core.closeWith((body) => body.throw(error)),
    ).asCoroutine();
  }

  #step<R>(begin: (core: Core<T>) => Coroutine<R>, method: string): Coroutine<R | T> {
    const core = this.#core;
    core.register(this);
    return new AsyncGeneratorStep<R | T>(
      () => begin(core),
      (error) => core.throwIn(method, error),
    ).asCoroutine();
  }

  toString(): string {
    return String(this.#core);
  }
}

class Core<T> {
  readonly #body: Body;
  readonly #name: string | undefined;
  #state: "created" | "begun" | "ended" = "created";
  /** It was told to close. One that has yielded once more all the same can go on, but cannot be told again. */
  #isClosed = false;
  #isRunning = false;
  #loop: BaseEventLoop | undefined;

  constructor(body: Body, name: string | undefined) {
    this.#body = body;
    this.#name = name;
  }

  *asend(value: unknown): Coroutine<T> {
    this.#begin("anext");
    if (this.#state === "ended") throw new StopAsyncIteration();
    if (this.#state === "created" && value !== undefined) {
      throw new TypeError("can't send non-None value to a just-started async generator");
    }
    return yield* this.#takeValue((body) => body.next(value));
  }

  *athrow(error: Error): Coroutine<T | undefined> {
    if (this.#state === "ended") return undefined;
    this.#begin("athrow");
    if (this.#isClosed) throw new StopAsyncIteration();
    if (this.#state === "created") {
      this.#end();
      throw error;
    }
    return yield* this.#takeValue((body) => body.throw(error));
  }

  *aclose(): Coroutine {
    if (this.#state === "ended") return;
    this.#begin("aclose");
    if (this.#isClosed) throw new StopAsyncIteration();
    this.#isClosed = true;
    yield* this.#runToEnd((body) => body.throw(new GeneratorExit()));
  }

  /** What comes of `aclose()` when something else is thrown into it before it has begun. */
  *closeWith(resume: (body: Body) => IteratorResult<unknown, void>): Coroutine {
    this.#begin("aclose");
    yield* this.#runToEnd(resume);
  }

  /** What comes of the other methods when something is thrown into them before they have begun. */
  *throwIn(method: string, error: unknown): Coroutine<T> {
    this.#begin(method);
    return yield* this.#takeValue((body) => body.throw(error));
  }

  /** Tells the loop of the generator, at the call of the first method and not when that is awaited. */
  register(owner: object | undefined): void {
    if (this.#loop !== undefined || !isLoopRunning()) return;
    this.#loop = getRunningLoop();
    this.#loop.asyncgenFirstiterHook(this);
    // Only for as long as it can have something to clean up: what the body refers to is kept alive by this.
    if (owner !== undefined) collected.register(owner, this, this);
  }

  /** Called when nobody can iterate the generator any more. */
  finalize(): void {
    if (this.#state === "begun") this.#loop?.asyncgenFinalizerHook(this, false);
  }

  *#runToEnd(resume: (body: Body) => IteratorResult<unknown, void>): Coroutine {
    let value: Emitted | undefined;
    try {
      value = yield* this.#run(resume);
    } catch (error) {
      if (!(error instanceof GeneratorExit)) throw error;
    }
    if (value !== undefined) throw new RuntimeError("async generator ignored GeneratorExit");
  }

  *#takeValue(resume: (body: Body) => IteratorResult<unknown, void>): Coroutine<T> {
    const value = yield* this.#run(resume);
    if (value === undefined) throw new StopAsyncIteration();
    return value.value as T;
  }

  /**
   * Runs the body up to its next value, and returns that, or `undefined` at its end. What the body awaits on the way is
   * awaited by the task that iterates.
   */
  *#run(resume: (body: Body) => IteratorResult<unknown, void>): Generator<never, Emitted | undefined, unknown> {
    const body = this.#body;
    this.#isRunning = true;
    let hasEnded = true;
    try {
      let result = resume(body);
      this.#state = "begun";
      while (result.done !== true) {
        if (result.value instanceof Emitted) {
          hasEnded = false;
          return result.value;
        }
        let error: unknown;
        let isThrown = false;
        try {
          // Only what the body awaits comes here: it goes on to the task as it is.
          yield result.value as never;
        } catch (thrown) {
          error = thrown;
          isThrown = true;
        }
        result = isThrown ? body.throw(error) : body.next();
      }
      return undefined;
    } catch (error) {
      if (!(error instanceof StopAsyncIteration)) throw error;
      throw new RuntimeError("async generator raised StopAsyncIteration", { cause: error });
    } finally {
      this.#isRunning = false;
      if (hasEnded) this.#end();
    }
  }

  /** Before a step: no other must be under way, and the loop must know of the generator. */
  #begin(method: string): void {
    if (this.#isRunning) throw new RuntimeError(`${method}(): asynchronous generator is already running`);
    // Outside of a loop there is nothing that could run it.
    if (this.#loop === undefined) getRunningLoop();
    this.register(undefined);
  }

  #end(): void {
    this.#state = "ended";
    collected.unregister(this);
    this.#loop?.asyncgenFinalizerHook(this, true);
  }

  toString(): string {
    return `<async_generator object ${this.#name === "" ? "<lambda>" : this.#name}>`;
  }
}

function isLoopRunning(): boolean {
  try {
    getRunningLoop();
    return true;
  } catch {
    return false;
  }
}

const collected = new FinalizationRegistry<Core<unknown>>((core) => core.finalize());
