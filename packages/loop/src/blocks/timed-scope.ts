import { isFollowing } from "../context/async-stores.ts";
import { type Context, snapshotContext } from "../context/contextvars.ts";
import { isDebugging } from "../debug/debug-mode.ts";
import { Handle } from "../scheduling/handle.ts";
import type { Timer } from "../scheduling/timer-heap.ts";
import { CancelScope } from "./cancel-scope.ts";

/** The sequence number of a block that has not been its own timer yet. */
const unused = -1;

/**
 * A block that cancels its task at a deadline. It is its own timer, as a sleep is, which saves a handle. A deadline that
 * the program moves, or that has passed already, is a handle.
 */
export abstract class TimedScope extends CancelScope implements Timer {
  /** This block, or a handle. */
  declare private _timer: TimedScope | Handle | undefined;
  /** @internal */
  declare _sequence: number;
  /** @internal */
  declare _scheduled: boolean;
  /** The context in which the block's own timer runs. */
  declare private _timerContext: Context | undefined;

  protected constructor() {
    super();
    this._timer = undefined;
    this._sequence = unused;
    this._scheduled = false;
    this._timerContext = undefined;
  }

  /** Cancels the task at `when`, in seconds of the loop's clock, and at no earlier deadline. `null` means never. */
  protected _setDeadline(when: number | null): void {
    const timer = when === null ? undefined : this._startTimer(when);
    this._dropTimer();
    this._timer = timer;
  }

  protected _dropTimer(): void {
    const timer = this._timer;
    this._timer = undefined;
    if (timer instanceof Handle) timer.cancel();
    else if (timer !== undefined && this._scheduled) this._parent._loop._scheduler.timers.noteCancelled();
  }

  private _startTimer(when: number): TimedScope | Handle {
    const loop = this._parent._loop;
    if (when <= loop.time()) return loop.callSoon(this._makeCallback());
    // Texts of debug mode, and stores, belong to a handle.
    if (this._sequence !== unused || isDebugging || isFollowing) return loop.callAt(when, this._makeCallback());
    const { timers } = loop._scheduler;
    this._timerContext = snapshotContext();
    this._sequence = timers.nextSequence();
    timers.push(this, when);
    return this;
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
    new Handle(this._makeCallback(), undefined, this._parent._loop, context)._run();
  }
}
