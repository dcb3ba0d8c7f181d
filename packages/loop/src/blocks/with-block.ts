import { Frame } from "../coroutines/frame.ts";
import { type Coroutine, isawaitable, type Suspension } from "../coroutines/coroutine.ts";
import { CancelScope } from "./cancel-scope.ts";
import { resume, resumeThrowing } from "../coroutines/resume.ts";
import { startBody } from "../coroutines/start-body.ts";
import { GeneratorExit } from "../errors/exceptions.ts";
import { toException } from "../errors/thrown.ts";
import { nameOfType } from "../coroutines/name-of-type.ts";
import { showValue, withHint } from "../text/repr.ts";

type Step<T> = IteratorResult<Suspension, T>;

/** The part of a context manager that a block needs. */
export interface BlockManager {
  aenter(): Coroutine<unknown>;
  aexit(error: Error | undefined): Coroutine<boolean | void>;
}

/** How the body ended. The manager's `aexit` may swallow what it threw, or throw another error. */
type Outcome<R> =
  | { readonly kind: "returned"; readonly result: R }
  | { readonly kind: "threw"; readonly thrown: unknown }
  | { readonly kind: "closed"; readonly value: unknown };

/**
 * The coroutine of one context manager and a body. It runs the coroutines of `aenter`, of the body and of `aexit` one
 * after the other.
 *
 * It is no generator, which would add a frame to every resume, and would look up the methods of each body. Each
 * evaluation of a body that is written in place makes generators of a new shape, and a look-up on one costs 0.5 µs.
 */
export class WithBlock<R> extends Frame<R | undefined> {
  declare private readonly _manager: BlockManager;
  declare private readonly _body: (value: unknown) => Coroutine<R>;
  declare private _state: "created" | "entering" | "running" | "leaving" | "ended";
  declare private _inner: Coroutine<unknown> | undefined;
  declare private _outcome: Outcome<R> | undefined;

  constructor(manager: BlockManager, body: (value: unknown) => Coroutine<R>) {
    super();
    this._manager = manager;
    this._body = body;
    this._state = "created";
    this._inner = undefined;
    this._outcome = undefined;
  }

  override next(value?: unknown): Step<R | undefined> {
    if (this._kept !== undefined) return this._handOver();
    return this._pass(this._run(value));
  }

  /** The body's coroutine, while it runs: its function may be marked. */
  override get _generator(): object | undefined {
    return this._inner;
  }

  override _resumeFrame(): Step<R | undefined> {
    return this._run(undefined);
  }

  private _run(value: unknown): Step<R | undefined> {
    if (this._state === "ended") return { done: true, value: undefined };
    if (this._state !== "created") return this._advance(false, value);
    const manager = this._manager;
    // If the entry throws, the block has ended.
    this._state = "ended";
    if (isOrdinaryScope(manager)) return this._begin(manager._begin());
    requireManager(manager);
    this._inner = iterate(manager.aenter(), "aenter");
    this._state = "entering";
    return this._advance(false, undefined);
  }

  override throw(error: unknown): Step<R | undefined> {
    return this._inner === undefined ? super.throw(error) : this._pass(this._advance(true, error));
  }

  override return(value: unknown): Step<R | undefined> {
    return this._pass(this._runToReturn(value));
  }

  private _runToReturn(value: unknown): Step<R | undefined> {
    const isRunning = this._state === "running";
    let step: Step<unknown> | undefined;
    try {
      step = this._inner?.return(value);
    } catch (thrown) {
      if (isRunning) return this._leave({ kind: "threw", thrown }, toException(thrown));
      throw thrown;
    }
    if (step?.done === false) return step;
    const returned = step === undefined ? value : step.value;
    if (isRunning) return this._leave({ kind: "closed", value: returned }, new GeneratorExit());
    this._close();
    return { done: true, value: returned as R };
  }

  /** Resumes the inner coroutine. An error of the body goes to the manager, an error of the manager to the caller. */
  private _advance(isThrowing: boolean, argument: unknown): Step<R | undefined> {
    const inner = this._inner as Coroutine<unknown>;
    let step: Step<unknown> | undefined;
    if (this._state === "running") {
      try {
        step = isThrowing ? resumeThrowing(inner, argument) : resume(inner, argument);
      } catch (thrown) {
        return this._leave({ kind: "threw", thrown }, toException(thrown));
      }
    } else {
      // No catch clause: throwing an error again costs as much as throwing it at first.
      try {
        step = isThrowing ? resumeThrowing(inner, argument) : resume(inner, argument);
      } finally {
        if (step === undefined) this._close();
      }
    }
    return step.done === true ? this._complete(step.value) : step;
  }

  /** Goes on after the inner coroutine has returned `value`. */
  private _complete(value: unknown): Step<R | undefined> {
    switch (this._state) {
      case "entering":
        return this._begin(value);
      case "running":
        return this._leave({ kind: "returned", result: value as R }, undefined);
      default:
        return this._finish(value === true);
    }
  }

  private _begin(value: unknown): Step<R | undefined> {
    this._state = "running";
    try {
      this._inner = startBody(this._body, value, explainBody);
    } catch (thrown) {
      return this._leave({ kind: "threw", thrown }, toException(thrown));
    }
    return this._advance(false, undefined);
  }

  private _leave(outcome: Outcome<R>, error: Error | undefined): Step<R | undefined> {
    const manager = this._manager;
    this._close();
    if (isOrdinaryScope(manager)) {
      manager._end(error);
      return conclude(outcome, false);
    }
    this._inner = iterate(manager.aexit(error), "aexit");
    this._outcome = outcome;
    this._state = "leaving";
    return this._advance(false, undefined);
  }

  private _finish(isSwallowed: boolean): Step<R | undefined> {
    const outcome = this._outcome as Outcome<R>;
    this._close();
    return conclude(outcome, isSwallowed);
  }

  protected override _close(): void {
    this._state = "ended";
    this._inner = this._outcome = undefined;
  }

  protected override _name(): string {
    return "asyncWith";
  }
}

/** Ends a block as its body ended. */
function conclude<R>(outcome: Outcome<R>, isSwallowed: boolean): Step<R | undefined> {
  if (outcome.kind === "returned") return { done: true, value: outcome.result };
  if (outcome.kind === "closed") return { done: true, value: outcome.value as R };
  if (isSwallowed) return { done: true, value: undefined };
  throw outcome.thrown;
}

/** A block of our own never waits at its entry and its exit: to call it directly costs less than two coroutines. */
function isOrdinaryScope(manager: BlockManager): manager is BlockManager & CancelScope {
  return manager instanceof CancelScope && manager._isOrdinary;
}

/** Returns the message for a body that is no generator function. @param got - the body, or what it returned */
export function explainBody(got: unknown): string {
  return withHint(
    `the body of asyncWith() must be a generator function, got ${showValue(got)}`,
    "write asyncWith(manager, function* (value) { … })",
  );
}

function requireManager(manager: Partial<BlockManager>): void {
  if (typeof manager?.aexit === "function" && typeof manager.aenter === "function") return;
  for (const method of ["aexit", "aenter"] as const) {
    if (typeof manager?.[method] === "function") continue;
    const text = "object does not support the asynchronous context manager protocol";
    const missing = `'${nameOfType(manager)}' ${text} (missed ${method} method)`;
    throw new TypeError(typeof manager === "function" ? withHint(missing, "make one: call it, or use new") : missing);
  }
}

/** Returns the iterator that `yield*` would resume. @throws TypeError when `method` has returned no awaitable */
export function iterate<T>(awaitable: Coroutine<T>, method: string): Coroutine<T> {
  if (isawaitable(awaitable)) return awaitable[Symbol.iterator]();
  const text = `${method}() must return an awaitable, not ${nameOfType(awaitable)}`;
  throw new TypeError(withHint(text, `make ${method} a generator function`));
}
