import {
  type BaseEventLoop,
  type Coroutine,
  GeneratorExit,
  getRunningLoop,
  iscoroutine,
  isFuture,
  repr,
  RuntimeError,
  StopAsyncIteration,
} from "@yieldstar/loop";
import { nameOf, showAsText, withHint } from "@yieldstar/loop/internal";
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
    return new AsyncGenerator(new Core<T>(generator, name));
  };
  return Object.defineProperty(make, "name", { value: name, configurable: true });
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

  /** Apart from this object, so that the loop can close the one after the collector has taken the other. */
  readonly #core: Core<T>;

  /** @internal */
  constructor(core: Core<T>) {
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
    this.#register();
    return new AsyncGeneratorStep(
      () => this.#register().aclose(),
      (error) => this.#register().closeWith((body) => body.throw(error)),
    ).asCoroutine();
  }

  #step<R>(begin: (core: Core<T>) => Coroutine<R>, method: string): Coroutine<R | T> {
    this.#register();
    return new AsyncGeneratorStep<R | T>(
      () => begin(this.#register()),
      (error) => this.#register().throwIn(method, error),
    ).asCoroutine();
  }

  /** At the call of each method, as in CPython, and when that is awaited, since a loop may run only then. */
  #register(): Core<T> {
    this.#core.register(this);
    return this.#core;
  }

  toString(): string {
    return String(this.#core);
  }
}

/** What has ended already: an ended generator's own body would hold what it refers to. */
const nothing: Body = (function* () {})();

/** A value that a body yields by itself. Its task refuses it, with this text. */
class PlainValue {
  readonly #value: unknown;

  constructor(value: unknown) {
    this.#value = value;
  }

  toString(): string {
    const text = repr(this.#value);
    return withHint(text, `hand it out by yield* emit(${text})`);
  }
}

/** What the task is given to wait for. */
function awaited(yielded: unknown): unknown {
  return yielded === undefined || isFuture(yielded) || !isPlain(yielded) ? yielded : new PlainValue(yielded);
}

/** Tells whether nobody takes `value` for something to wait for. */
function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

class Core<T> {
  #body: Body;
  readonly #name: string | undefined;
  #state: "created" | "begun" | "ended" = "created";
  /** It was told to close. One that has yielded once more all the same can go on, but cannot be told again. */
  #isClosed = false;
  #isRunning = false;
  #loop: BaseEventLoop | undefined;
  #owner: WeakRef<AsyncGenerator<T>> | undefined;

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

  /** Tells the running loop, if there is one, of the generator. */
  register(owner: AsyncGenerator<T>): void {
    if (this.#loop !== undefined || this.#state === "ended" || !isLoopRunning()) return;
    this.#loop = getRunningLoop();
    this.#loop.asyncgenFirstiterHook(this);
    this.#owner = new WeakRef(owner);
    // Only for as long as it can have something to clean up: what the body refers to is kept alive by this.
    collected.register(owner, this, this);
  }

  /** What reports call it: the user's own object, as long as there is one. */
  owner(): AsyncGenerator<T> {
    return this.#owner?.deref() ?? new AsyncGenerator(this);
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
          yield awaited(result.value) as never;
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

  /** Before a step: no other must be under way. */
  #begin(method: string): void {
    if (this.#isRunning) throw new RuntimeError(`${method}(): asynchronous generator is already running`);
  }

  #end(): void {
    this.#state = "ended";
    this.#body = nothing;
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
