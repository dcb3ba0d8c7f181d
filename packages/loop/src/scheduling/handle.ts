import { isFollowing, type Stores, storesOf } from "../context/async-stores.ts";
import { enterContext, leaveContext, ownContext, currentLoop, type RunningLoop } from "../context/ambient.ts";
import { type Context, explainEntered } from "../context/contextvars.ts";
import { forgetPassedFrames } from "../coroutines/frame.ts";
import { callbackOf, describeCreation, noteCallback, noteHandle, sourceTraceback } from "../debug/creations.ts";
import { isDebugging } from "../debug/debug-mode.ts";
import { leavesLoop, toException } from "../errors/thrown.ts";
import { formatCallback } from "./callbacks.ts";
import type { Runnable } from "./ready-queue.ts";
import { reprFloat } from "../text/literals.ts";
import { className, nameClass } from "../text/names.ts";
import { showAsText } from "../text/repr.ts";
import type { Timer, TimerHeap } from "./timer-heap.ts";

/**
 * A callback that the loop will call once. The loop's `callSoon` makes it.
 *
 * An error that the callback throws goes to the loop's exception handler; `KeyboardInterrupt` and `SystemExit` end the
 * run.
 *
 * Source: asyncio.Handle, CPython 3.14 Lib/asyncio/events.py.
 */
export class Handle implements Runnable {
  static {
    showAsText(this, "Handle");
  }

  /**
   * @internal `undefined` once the handle is cancelled. A done-callback gets its future, other callbacks get nothing.
   */
  declare _callback: ((argument: never) => void) | undefined;
  declare private readonly _argument: unknown;
  /** @internal */
  declare _context: Context;
  /** @internal Set only while stores are followed: otherwise a handle has one field less. */
  declare _stores: Stores | undefined;

  /** @internal */
  constructor(callback: (argument: never) => void, argument: unknown, loop: { getDebug(): boolean }, context: Context) {
    this._callback = callback;
    this._argument = argument;
    this._context = context;
    if (isDebugging) noteHandle(this, loop);
  }

  /**
   * Keeps the loop from calling the callback, if it has not called it yet.
   *
   * Source: asyncio.Handle.cancel, CPython 3.14 Lib/asyncio/events.py.
   */
  cancel(): void {
    if (this._callback === undefined) return;
    if (isDebugging) noteCallback(this, formatCallback(this._callback));
    this._callback = undefined;
  }

  /**
   * Tells whether `cancel` was called, even if the callback had run before.
   *
   * Source: asyncio.Handle.cancelled, CPython 3.14 Lib/asyncio/events.py.
   */
  cancelled(): boolean {
    return this._callback === undefined;
  }

  /**
   * Returns the context that the callback runs in.
   *
   * Source: asyncio.Handle.get_context, CPython 3.14 Lib/asyncio/events.py.
   */
  getContext(): Context {
    return ownContext(this);
  }

  /** @internal A callback runs in no task's step. */
  get _task(): undefined {
    return undefined;
  }

  /** @internal */
  _run(): void {
    const callback = this._callback;
    if (callback === undefined) return;
    try {
      if (this._context._entered) throw explainEntered(this._context);
      enterContext(this);
      // A callback of `callSoon` gets no argument, and not `undefined`: its `arguments.length` is 0.
      if (isFollowing) runInStores(this, callback, this._argument);
      else if (this._argument === undefined) (callback as () => void)();
      else callback(this._argument as never);
    } catch (thrown) {
      this._fail(thrown, callback);
    }
    forgetPassedFrames();
  }

  private _fail(thrown: unknown, callback: (argument: never) => void): void {
    leaveContext();
    if (leavesLoop(thrown)) throw thrown;
    const message = `Exception in callback ${formatCallback(callback)}`;
    const exception = toException(thrown);
    (currentLoop as RunningLoop).callExceptionHandler({
      message,
      exception,
      handle: this,
      ...sourceTraceback(this),
    });
  }

  /** @internal The handle's text, `<Handle f()>`. It has `details` before the callback. */
  protected _format(...details: readonly string[]): string {
    const name = this._callback === undefined ? callbackOf(this) : formatCallback(this._callback);
    const state = this._callback === undefined ? ["cancelled"] : [];
    const parts = [className(this), ...state, ...details, ...(name === undefined ? [] : [name])];
    return `<${[...parts, ...describeCreation(this)].join(" ")}>`;
  }

  toString(): string {
    return this._format();
  }
}

function runInStores(handle: Handle, callback: (argument: never) => void, argument: unknown): void {
  const given = (argument === undefined ? [] : [argument]) as [never];
  storesOf(handle).runInAsyncScope(callback, undefined, ...given);
}

/** What a timer needs from its loop. */
interface TimedLoop {
  getDebug(): boolean;
  /** @internal */
  readonly _scheduler: { readonly timers: TimerHeap };
}

/**
 * A callback that the loop will call once, when its clock reaches a deadline. `callLater` and `callAt` make it.
 *
 * Source: asyncio.TimerHandle, CPython 3.14 Lib/asyncio/events.py.
 */
export class TimerHandle extends Handle implements Timer {
  static {
    nameClass(this, "TimerHandle");
  }

  declare private readonly _when: number;
  declare private readonly _loop: TimedLoop;
  /** @internal */
  declare readonly _sequence: number;
  /** @internal */
  declare _scheduled: boolean;

  /** @internal */
  constructor(when: number, sequence: number, callback: () => void, loop: TimedLoop, context: Context) {
    super(callback, undefined, loop, context);
    this._when = when;
    this._loop = loop;
    this._sequence = sequence;
    this._scheduled = false;
  }

  /**
   * Returns the deadline, in seconds of the loop's clock.
   *
   * Source: asyncio.TimerHandle.when, CPython 3.14 Lib/asyncio/events.py.
   */
  when(): number {
    return this._when;
  }

  /**
   * Keeps the loop from calling the callback, if it has not called it yet.
   *
   * Source: asyncio.TimerHandle.cancel, CPython 3.14 Lib/asyncio/events.py.
   */
  override cancel(): void {
    if (this._callback !== undefined && this._scheduled) this._loop._scheduler.timers.noteCancelled();
    super.cancel();
  }

  /** @internal */
  _isDropped(): boolean {
    return this._callback === undefined;
  }

  override toString(): string {
    return this._format(`when=${reprFloat(this._when)}`);
  }
}
