import type { Coroutine, Suspension } from "@yieldstar/loop";
import { CoroutineObject } from "@yieldstar/loop/internal";
import type { AsyncGeneratorCore } from "./async-generator-core.ts";

/** The methods of a generator that make a step; `anext` is `asend` without a value. */
export type StepMethod = "asend" | "athrow" | "aclose";

/**
 * The coroutine that a method of an async generator returns. When an error is thrown into it before it has begun, it
 * does not end, as other coroutines do: the error goes into the generator.
 *
 * Source: async_generator_asend and async_generator_athrow, CPython 3.14.
 */
export class AsyncGeneratorStep extends CoroutineObject<unknown> {
  declare private readonly _core: AsyncGeneratorCore;
  declare private readonly _owner: object;
  declare private readonly _method: StepMethod;
  declare private readonly _argument: unknown;
  declare private _running: Coroutine<unknown> | undefined;

  /**
   * @param owner - the generator as the user has it
   * @param argument - what `method` was called with
   */
  constructor(core: AsyncGeneratorCore, owner: object, method: StepMethod, argument: unknown) {
    super();
    this._core = core;
    this._owner = owner;
    this._method = method;
    this._argument = argument;
    this._running = undefined;
  }

  next(): IteratorResult<Suspension, unknown> {
    this._running ??= this._begin();
    return this._running.next();
  }

  override throw(error: unknown): IteratorResult<Suspension, unknown> {
    if (this._running !== undefined) return this._running.throw(error);
    this._running = this._beginWithError(error);
    return this._running.next();
  }

  override return(value: unknown): IteratorResult<Suspension, unknown> {
    this._running ??= this._begin();
    return this._running.return(value);
  }

  /** The method registered the generator already, but a loop may run only now. */
  private _begin(): Coroutine<unknown> {
    const core = this._core;
    core.register(this._owner);
    switch (this._method) {
      case "asend":
        return core.asend(this._argument);
      case "athrow":
        return core.athrow(this._argument);
      case "aclose":
        return core.aclose();
    }
  }

  private _beginWithError(error: unknown): Coroutine<unknown> {
    const core = this._core;
    core.register(this._owner);
    if (this._method === "aclose") return core.closeWith(error);
    return core.throwIn(this._method === "asend" ? "anext" : "athrow", error);
  }

  protected override _name(): string {
    return "of an async generator";
  }
}
