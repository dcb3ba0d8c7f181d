import { GeneratorExit, isFuture, RuntimeError, StopAsyncIteration, type Suspension } from "@yieldstar/loop";
import { endEmission, Frame, resume, resumeThrowing } from "@yieldstar/loop/internal";
import type { AsyncGeneratorCore, Body, Owner } from "./async-generator-core.ts";
import { Emitted } from "./emit.ts";
import { markPlainValue } from "./plain-value.ts";

/** The methods of a generator that make a step; `anext` is `asend` without a value. */
export type StepMethod = "asend" | "athrow" | "aclose";

type Step = IteratorResult<Suspension, unknown>;

/** A step of the body: it awaits something, or emits a value, or ends. */
type BodyStep = IteratorResult<Suspension, void>;

/**
 * The coroutine that a method of an async generator returns. It runs the body up to its next value. The task that
 * iterates awaits the futures that the body awaits. When an error is thrown into it before it has begun, it does not
 * end, as other coroutines do: the error goes into the generator.
 *
 * Source: async_generator_asend and async_generator_athrow, CPython 3.14.
 */
export class AsyncGeneratorStep extends Frame<unknown> {
  declare private readonly _core: AsyncGeneratorCore;
  declare private readonly _owner: Owner;
  declare private readonly _method: StepMethod;
  declare private readonly _argument: unknown;
  declare private _state: "created" | "suspended" | "running" | "ended";

  /**
   * @param owner - the generator as the user has it
   * @param argument - what `method` was called with
   */
  constructor(core: AsyncGeneratorCore, owner: Owner, method: StepMethod, argument: unknown) {
    super();
    this._core = core;
    this._owner = owner;
    this._method = method;
    this._argument = argument;
    this._state = "created";
  }

  override next(): Step {
    if (this._kept !== undefined) return this._handOver();
    return this._pass(this._run());
  }

  /** @internal */
  override _resumeFrame(): Step {
    return this._run();
  }

  override throw(error: unknown): Step {
    return this._pass(this._runThrowing(error));
  }

  override return(value: unknown): Step {
    this._requireIdle();
    const wasSuspended = this._state === "suspended";
    if (this._state === "created") this._begin();
    this._state = "ended";
    if (wasSuspended) this._endCore();
    return { done: true, value };
  }

  private _run(): Step {
    if (this._state === "suspended") return this._drive(false, undefined);
    if (this._state === "created") return this._start();
    this._requireIdle();
    return { done: true, value: undefined };
  }

  private _runThrowing(error: unknown): Step {
    if (this._state === "suspended") return this._drive(true, error);
    if (this._state === "created") return this._startThrowing(error);
    this._requireIdle();
    throw error;
  }

  /** Throws what a generator throws that is resumed while it runs. */
  private _requireIdle(): void {
    if (this._state === "running") throw new TypeError("Generator is already running");
  }

  /** The method registered the generator already, but a loop may run only now. */
  private _begin(): void {
    this._core.register(this._owner);
    this._state = "ended";
  }

  private _start(): Step {
    this._begin();
    switch (this._method) {
      case "asend":
        return this._send();
      case "athrow":
        return this._throw();
      case "aclose":
        return this._closeBody();
    }
  }

  private _send(): Step {
    const core = this._core;
    this._requireFree("anext");
    if (core._state === "ended") throw new StopAsyncIteration();
    if (core._state === "created" && this._argument !== undefined) {
      throw new TypeError("can't send non-None value to a just-started async generator");
    }
    return this._drive(false, this._argument);
  }

  private _throw(): Step {
    const core = this._core;
    if (core._state === "ended") return { done: true, value: undefined };
    this._requireFree("athrow");
    if (core._isClosed) throw new StopAsyncIteration();
    if (core._state !== "created") return this._drive(true, this._argument);
    core.end();
    throw this._argument;
  }

  private _closeBody(): Step {
    const core = this._core;
    if (core._state === "ended") return { done: true, value: undefined };
    this._requireFree("aclose");
    if (core._isClosed) throw new StopAsyncIteration();
    core._isClosed = true;
    return this._drive(true, new GeneratorExit());
  }

  private _startThrowing(error: unknown): Step {
    this._begin();
    this._requireFree(this._method === "asend" ? "anext" : this._method);
    return this._drive(true, error);
  }

  /** @throws RuntimeError while another step of the generator runs */
  private _requireFree(method: string): void {
    if (this._core._isRunning) throw new RuntimeError(`${method}(): asynchronous generator is already running`);
  }

  /** Runs the body up to where it awaits, emits a value, or ends. */
  private _drive(isThrowing: boolean, argument: unknown): Step {
    const core = this._core;
    core._isRunning = true;
    this._state = "running";
    let step: BodyStep;
    let isDone: boolean;
    let value: unknown;
    try {
      step = runBody(core._body, isThrowing, argument);
      core._state = "begun";
      isDone = step.done === true;
      value = step.value;
    } catch (error) {
      return this._fail(error);
    }
    if (isDone) return this._complete();
    if (value instanceof Emitted) return this._handOut(value);
    this._state = "suspended";
    // The step passes on unchanged: the frames inside are linked for this object.
    return step.done === false && (value === undefined || isFuture(value)) ? step : this._suspend(value);
  }

  private _suspend(value: unknown): Step {
    try {
      return { done: false, value: markPlainValue(value) as Suspension };
    } catch (error) {
      // The value is a Proxy that throws.
      return this._drive(true, error);
    }
  }

  private _handOut(emitted: Emitted): Step {
    endEmission();
    this._state = "ended";
    this._core._isRunning = false;
    if (this._method === "aclose") throw new RuntimeError("async generator ignored GeneratorExit");
    return { done: true, value: emitted.value };
  }

  /** The body has returned. */
  private _complete(): Step {
    this._state = "ended";
    this._endCore();
    if (this._method === "aclose") return { done: true, value: undefined };
    throw new StopAsyncIteration();
  }

  /** The body has thrown. */
  private _fail(error: unknown): Step {
    this._state = "ended";
    this._endCore();
    if (this._method === "aclose" && error instanceof GeneratorExit) return { done: true, value: undefined };
    if (!(error instanceof StopAsyncIteration)) throw error;
    throw new RuntimeError("async generator raised StopAsyncIteration", { cause: error });
  }

  private _endCore(): void {
    this._core._isRunning = false;
    this._core.end();
  }

  protected override _name(): string {
    return "of an async generator";
  }
}

function runBody(body: Body, isThrowing: boolean, argument: unknown): BodyStep {
  const coroutine = body as Generator<Suspension, void, unknown>;
  return isThrowing ? resumeThrowing(coroutine, argument) : resume(coroutine, argument);
}
