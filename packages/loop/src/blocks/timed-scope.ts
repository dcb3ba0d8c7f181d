import { isFollowing } from "../context/async-stores.ts";
import { type Context, snapshotContext } from "../context/contextvars.ts";
import { isDebugging } from "../debug/debug-mode.ts";
import { type Handle, TimerHandle } from "../scheduling/handle.ts";
import type { Timer } from "../scheduling/timer-heap.ts";
import { CancelScope } from "./cancel-scope.ts";

/**
 * A block that cancels its task at a deadline. It is its own timer for the deadline that it begins with, as a sleep is,
 * which saves a handle. Each later deadline is a handle.
 */
export abstract class TimedScope extends CancelScope implements Timer {
  /** In seconds of the loop's clock. */
  declare protected _when: number | null;
  /** This block, or a handle. */
  declare private _timer: TimedScope | Handle | undefined;
  /** @internal */
  declare _sequence: number;
  /** @internal */
  declare _scheduled: boolean;
  /** The context in which the block's own timer runs. */
  declare private _timerContext: Context | undefined;

  protected constructor(when: number | null) {
    super();
    this._when = when;
    this._timer = undefined;
    this._sequence = 0;
    this._scheduled = false;
    this._timerContext = undefined;
  }

  /** Sets the first deadline, at the entry of the block: a step of the loop runs. */
  protected _startTimer(): void {
    const when = this._when;
    if (when === null) return;
    const loop = this._parent._loop;
    // Texts of debug mode, and stores, belong to a handle.
    if (isDebugging || isFollowing || when <= loop.time()) {
      this._timer = this._makeHandle(when);
      return;
    }
    const { timers } = loop._scheduler;
    this._timerContext = snapshotContext();
    this._sequence = timers.nextSequence();
    this._timer = this;
    timers.push(this, when);
  }

  /** Replaces the deadline. @throws RuntimeError when the loop is closed; the old deadline then holds */
  protected _moveDeadline(when: number | null): void {
    const timer = when === null ? undefined : this._makeHandle(when);
    this._dropTimer();
    this._timer = timer;
    this._when = when;
  }

  protected _dropTimer(): void {
    const timer = this._timer;
    if (timer === undefined) return;
    this._timer = undefined;
    if (timer !== this) (timer as Handle).cancel();
    else if (this._scheduled) this._parent._loop._scheduler.timers.noteCancelled();
    // The heap keeps the block until it removes dropped timers.
    this._timerContext = undefined;
  }

  private _makeHandle(when: number): Handle {
    const loop = this._parent._loop;
    return when <= loop.time() ? loop.callSoon(this._makeCallback()) : loop.callAt(when, this._makeCallback());
  }

  private _makeCallback(): () => void {
    // Texts call the handle by this name.
    const onTimeout = (): void => {
      this._trip();
      this._timer = undefined;
    };
    return onTimeout;
  }

  /** @internal */
  _isDropped(): boolean {
    return this._timer !== this;
  }

  /** @internal The loop calls it at the deadline. */
  _run(): void {
    if (this._timer !== this) return;
    const context = this._timerContext as Context;
    // A handle reports an error of the callback, and enters the context.
    new TimerHandle(this._when as number, this._sequence, this._makeCallback(), this._parent._loop, context)._run();
  }
}
