import {
  type BaseEventLoop,
  type Coroutine,
  GeneratorExit,
  getRunningLoop,
  RuntimeError,
  StopAsyncIteration,
} from "@yieldstar/loop";
import { Emitted } from "./emit.ts";
import { markPlainValue } from "./plain-value.ts";

/** The generator object that the user's function has made. */
export type Body = Generator<unknown, void, unknown>;

/** Replaces the body of each generator that has ended, so that the values in the old body can be collected. */
const nothing: Body = (function* () {})();

/**
 * The generator itself: its body and its state. It is apart from the object that the user holds, so that the loop
 * can close the generator after that object was collected.
 */
export class AsyncGeneratorCore {
  #body: Body;
  readonly #name: string;
  #state: "created" | "begun" | "ended" = "created";
  /**
   * Whether `aclose` was called. A generator that hands out a value all the same can go on, but cannot be closed again.
   */
  #isClosed = false;
  #isRunning = false;
  #loop: BaseEventLoop | undefined;
  #owner: WeakRef<object> | undefined;
  readonly #newOwner: (core: AsyncGeneratorCore) => object;

  /**
   * @param name - of the generator function; empty when it has none
   * @param newOwner - makes an object for the user, when the first was collected
   */
  constructor(body: Body, name: string, newOwner: (core: AsyncGeneratorCore) => object) {
    this.#body = body;
    this.#name = name;
    this.#newOwner = newOwner;
  }

  *asend(value: unknown): Coroutine<unknown> {
    this.#begin("anext");
    if (this.#state === "ended") throw new StopAsyncIteration();
    if (this.#state === "created" && value !== undefined) {
      throw new TypeError("can't send non-None value to a just-started async generator");
    }
    return yield* this.#takeValue((body) => body.next(value));
  }

  *athrow(error: unknown): Coroutine<unknown> {
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

  /** Runs instead of `aclose` when an error is thrown into its step before that has begun. */
  *closeWith(error: unknown): Coroutine {
    this.#begin("aclose");
    yield* this.#runToEnd((body) => body.throw(error));
  }

  /** Runs instead of the other methods when an error is thrown into their step before that has begun. */
  *throwIn(method: string, error: unknown): Coroutine<unknown> {
    this.#begin(method);
    return yield* this.#takeValue((body) => body.throw(error));
  }

  /** Registers the generator with the running loop, if there is one, which then closes it at its end. */
  register(owner: object): void {
    if (this.#loop !== undefined || this.#state === "ended" || !isLoopRunning()) return;
    this.#loop = getRunningLoop();
    this.#loop.asyncgenFirstiterHook(this);
    this.#owner = new WeakRef(owner);
    // The registry keeps the body and its values alive. So a generator is in it only while it may need a cleanup.
    collected.register(owner, this, this);
  }

  /** Returns the object that reports show: the user's own, until it is collected. */
  owner(): object {
    return this.#owner?.deref() ?? this.#newOwner(this);
  }

  /** Called when the user's object was collected. */
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

  *#takeValue(resume: (body: Body) => IteratorResult<unknown, void>): Coroutine<unknown> {
    const value = yield* this.#run(resume);
    if (value === undefined) throw new StopAsyncIteration();
    return value.value;
  }

  /**
   * Runs the body up to its next value, and returns the value, or `undefined` at the end of the body. The task that
   * iterates awaits what the body awaits.
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
          // The body awaits this: the task gets it unchanged.
          yield markPlainValue(result.value) as never;
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

  /** Begins a step. */
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

const collected = new FinalizationRegistry<AsyncGeneratorCore>((core) => core.finalize());
