import { type Coroutine, Exception, getRunningLoop, repr, StopAsyncIteration, type Suspension } from "@yieldstar/loop";
import {
  chain,
  Frame,
  iterate,
  markForLibrary,
  resume,
  resumeThrowing,
  startBody,
  withHint,
} from "@yieldstar/loop/internal";
import { type AsyncIterator, ClosingIterator } from "./async-iterator.ts";

declare const breaking: unique symbol;

/** The type of `BREAK`. A `unique symbol` would become `symbol` in a variable. */
export type Break = symbol & { readonly [breaking]: never };

/** The body of `asyncFor` returns it to end the loop: Python's `break`. */
export const BREAK: Break = Symbol("BREAK") as Break;

type Step = IteratorResult<Suspension, boolean>;

type Body = (value: never) => Generator<unknown, unknown, unknown>;

/** How the loop ends when its iterator is closed. */
type Outcome =
  | { readonly kind: "returned"; readonly result: unknown }
  | { readonly kind: "threw"; readonly thrown: unknown };

/**
 * The coroutine of `asyncFor`. It is written by hand, and drives the coroutines of the iterator and of the body one after
 * the other. A generator would make each resume pass one level more.
 */
export class LoopBlock extends Frame<boolean> {
  declare private readonly _iterable: unknown;
  declare private readonly _open: (iterable: unknown) => AsyncIterator<unknown>;
  declare private readonly _body: Body;
  declare private _state: "created" | "taking" | "running" | "closing" | "ended";
  declare private _iterator: AsyncIterator<unknown> | undefined;
  /** The coroutine that the loop waits for; `undefined` while that coroutine runs. */
  declare private _inner: Coroutine<unknown> | undefined;
  declare private _outcome: Outcome | undefined;

  /** @param open - makes the iterator when the loop begins */
  constructor(iterable: unknown, open: (iterable: unknown) => AsyncIterator<unknown>, body: Body) {
    super();
    this._iterable = iterable;
    this._open = open;
    this._body = body;
    this._state = "created";
    this._iterator = undefined;
    this._inner = undefined;
    this._outcome = undefined;
  }

  override next(value?: unknown): Step {
    if (this._kept !== undefined) return this._handOver();
    return this._pass(this._run(value));
  }

  /** The body's coroutine, while the loop waits for it: its function may be marked. */
  override get _generator(): object | undefined {
    return this._inner;
  }

  override _resumeFrame(): Step {
    return this._run(undefined);
  }

  override throw(error: unknown): Step {
    return this._isOver() ? super.throw(error) : this._pass(this._advance(this._takeInner(), "throw", error));
  }

  override return(value: boolean): Step {
    return this._isOver() ? super.return(value) : this._pass(this._advance(this._takeInner(), "return", value));
  }

  private _run(value: unknown): Step {
    if (this._state === "created") return this._start();
    if (this._state === "ended") return { done: true, value: undefined as never };
    return this._advance(this._takeInner(), "next", value);
  }

  private _start(): Step {
    this._state = "ended";
    this._iterator = this._open(this._iterable);
    this._state = "running";
    return this._advance(undefined, "next", undefined);
  }

  private _isOver(): boolean {
    return this._state === "created" || this._state === "ended";
  }

  private _takeInner(): Coroutine<unknown> {
    const inner = this._inner;
    if (inner === undefined) throw new TypeError("Generator is already running");
    this._inner = undefined;
    return inner;
  }

  /**
   * Goes round the loop, up to where something suspends.
   *
   * @param inner - the coroutine that the loop has waited for; `undefined` when the loop begins
   * @param method - of `inner`, called with `argument`
   */
  private _advance(
    inner: Coroutine<unknown> | undefined,
    method: "next" | "throw" | "return",
    argument: unknown,
  ): Step {
    let how = method;
    let running = inner;
    let given = argument;
    do {
      try {
        if (running === undefined) {
          running = this._takeNext();
        } else {
          const step = resumeBy(running, how, given);
          if (step.done !== true) {
            this._inner = running;
            return step;
          }
          running = how === "return" ? this._nextAfterReturn(step.value) : this._next(step.value);
        }
      } catch (error) {
        running = this._nextAfterError(error);
      }
      how = "next";
      given = undefined;
    } while (running !== undefined);
    return this._finish();
  }

  private _takeNext(): Coroutine<unknown> {
    this._state = "taking";
    return iterate((this._iterator as AsyncIterator<unknown>).anext(), "anext");
  }

  /** A coroutine of the loop has returned `value`: returns the next one, or `undefined` when the loop is over. */
  private _next(value: unknown): Coroutine<unknown> | undefined {
    if (this._state === "taking") {
      this._state = "running";
      return startBody(this._body as (value: unknown) => Coroutine<unknown>, value, explainBody);
    }
    if (this._state === "closing") return undefined;
    if (value === undefined) return this._takeNext();
    if (value === BREAK) return this._leave({ kind: "returned", result: false });
    throw new TypeError(explainEnding(value));
  }

  private _nextAfterReturn(value: unknown): Coroutine<unknown> | undefined {
    return this._leave({ kind: "returned", result: value });
  }

  private _nextAfterError(error: unknown): Coroutine<unknown> | undefined {
    const isEnd = this._state === "taking" && error instanceof StopAsyncIteration;
    return this._leave(isEnd ? { kind: "returned", result: true } : { kind: "threw", thrown: error });
  }

  /** Returns the coroutine that closes the iterator, or `undefined` when there is nothing to close. */
  private _leave(outcome: Outcome): Coroutine<unknown> | undefined {
    const isClosing = this._state === "closing";
    this._outcome = outcome;
    this._state = "closing";
    const iterator = this._iterator;
    if (isClosing || !(iterator instanceof ClosingIterator)) return undefined;
    const closing = outcome.kind === "threw" ? closeAfterError(iterator, outcome.thrown) : closeIterator(iterator);
    return closing[Symbol.iterator]();
  }

  private _finish(): Step {
    const outcome = this._outcome as Outcome;
    this._state = "ended";
    this._iterator = this._outcome = undefined;
    if (outcome.kind === "threw") throw outcome.thrown;
    return { done: true, value: outcome.result as boolean };
  }

  protected override _name(): string {
    return "asyncFor";
  }
}

function resumeBy(
  running: Coroutine<unknown>,
  method: "next" | "throw" | "return",
  argument: unknown,
): IteratorResult<Suspension, unknown> {
  if (method === "next") return resume(running, argument);
  if (method === "throw") return resumeThrowing(running, argument);
  const { return: end } = running as Partial<Coroutine<unknown>>;
  return end === undefined ? { done: true, value: argument } : end.call(running, argument);
}

const closeIterator = markForLibrary(function* (iterator: ClosingIterator<unknown>): Coroutine {
  yield* iterator.aclose();
});

/** The error that ended the loop is thrown, unless closing throws a cancellation, which must not get lost. */
const closeAfterError = markForLibrary(function* (iterator: ClosingIterator<unknown>, error: unknown): Coroutine {
  try {
    yield* iterator.aclose();
  } catch (second) {
    if (!(second instanceof Exception)) throw chain(error, second);
    const message = "an error occurred during closing of an asynchronous iterator";
    getRunningLoop().callExceptionHandler({ message, exception: second, iterator });
  }
});

function explainBody(got: unknown): string {
  const text = `the body of asyncFor() must be a generator function, got ${repr(got)}`;
  return withHint(text, "write asyncFor(iterable, function* (value) { … })");
}

function explainEnding(got: unknown): string {
  const text = `the body of asyncFor() can return nothing but BREAK, got ${repr(got)}`;
  return withHint(text, "set a variable outside of it, and return BREAK");
}
