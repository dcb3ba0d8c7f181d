import { refuseNone, requireSeconds } from "../arguments/require-seconds.ts";
import { type ErrorReport, getRunningLoopOrUndefined } from "../context/ambient.ts";
import { keepStores } from "../context/async-stores.ts";
import { type Context } from "../context/contextvars.ts";
import { contextFrom, type ContextOptions } from "../context/context-options.ts";
import { beginDebugging, isDebugRequested } from "../debug/debug-mode.ts";
import { Handle, TimerHandle } from "../scheduling/handle.ts";
import { requireCallback } from "../scheduling/callbacks.ts";
import { type ScheduledLoop, Scheduler } from "../scheduling/scheduler.ts";

/**
 * The half of a loop that knows callbacks and time, and nothing of futures and tasks.
 *
 * Source: asyncio.BaseEventLoop, CPython 3.14 Lib/asyncio/base_events.py.
 */
export abstract class CallbackLoop implements ScheduledLoop {
  /** In debug mode, a callback or step that takes at least this many seconds is warned about. */
  slowCallbackDuration = 0.1;
  /** @internal */
  readonly _scheduler: Scheduler = new Scheduler(this);

  constructor() {
    if (isDebugRequested()) this.setDebug(true);
  }

  /** Returns the time of the loop's own clock, in seconds since some moment in the past. */
  abstract time(): number;

  /** How far apart two times may be and still mean the same instant, in seconds. */
  protected abstract readonly clockResolution: number;

  /** Called when something was scheduled, or the loop was told to stop, from outside an iteration. */
  protected abstract wakeUp(): void;

  /**
   * Has `callback` called in the next iteration, after all that was scheduled before it.
   *
   * @param options - `context` is what the callback runs in; a copy of the current one by default
   * @returns a handle that can cancel it
   * @throws TypeError when `callback` is no plain function, or `context` no `Context`
   * @throws RuntimeError when the loop is closed
   */
  callSoon(callback: () => void, options?: ContextOptions): Handle {
    this._requireOpen();
    requireCallback(callback, "callSoon");
    const handle = keepStores(new Handle(callback, undefined, this, contextFrom(options, "callSoon")));
    this._scheduler.enqueue(handle);
    return handle;
  }

  /**
   * Does what `callSoon` does. In one thread there is no difference: every scheduling from outside wakes the loop.
   *
   * @throws RuntimeError when the loop is closed
   */
  callSoonThreadsafe(callback: () => void, options?: ContextOptions): Handle {
    requireCallback(callback, "callSoonThreadsafe");
    return this.callSoon(callback, options);
  }

  /**
   * Has `callback` called after `delay` seconds; `Infinity` means never.
   *
   * @param options - `context` is what the callback runs in; a copy of the current one by default
   * @returns a handle that can cancel it
   * @throws TypeError or ValueError when `delay` is no number
   * @throws RuntimeError when the loop is closed
   */
  callLater(delay: number, callback: () => void, options?: ContextOptions): TimerHandle {
    if (delay === undefined || delay === null) refuseNone("delay must not be None");
    requireSeconds(delay, "delay");
    this._requireOpen();
    requireCallback(callback, "callLater");
    return this.#callAt(this.time() + delay, callback, contextFrom(options, "callLater"));
  }

  /**
   * Has `callback` called when the loop's clock, `time()`, reaches `when` seconds; `Infinity` means never.
   *
   * @param options - `context` is what the callback runs in; a copy of the current one by default
   * @returns a handle that can cancel it
   * @throws TypeError or ValueError when `when` is no number
   * @throws RuntimeError when the loop is closed
   */
  callAt(when: number, callback: () => void, options?: ContextOptions): TimerHandle {
    if (when === undefined || when === null) refuseNone("when cannot be None");
    requireSeconds(when, "when");
    this._requireOpen();
    requireCallback(callback, "callAt");
    return this.#callAt(when, callback, contextFrom(options, "callAt"));
  }

  /** Tells whether debug mode is on. */
  getDebug(): boolean {
    return this._scheduler.debug;
  }

  /**
   * Switches debug mode, which `YIELDSTAR_DEBUG=1` in the environment switches on for every loop. It warns about slow
   * callbacks and steps, and about tasks that swallow a cancellation; it knows where things were created, and where
   * tasks stand; the stack of an error goes on with where it was awaited.
   */
  setDebug(enabled: boolean): void {
    if (enabled) beginDebugging();
    this._scheduler.debug = enabled;
  }

  /** Tells whether there is something to run in the next iteration. */
  protected get isReady(): boolean {
    return this._scheduler.isReady;
  }

  /** Gives what is to run in the next iteration, in that order: tasks and handles. */
  protected *readyItems(): Iterable<{ toString(): string }> {
    for (const item of this._scheduler.ready()) yield item._task ?? item;
  }

  /** The time of the first timer, or `Infinity`. */
  protected get nextDeadline(): number {
    return this._scheduler.timers.nextDeadline();
  }

  /**
   * Runs iterations, as `runOnce` does, until `goesOn` says no.
   *
   * @param goesOn - asked after each iteration, and told how much that has run
   */
  protected runIterations(goesOn: (ran: number) => boolean): void {
    this._scheduler.run(goesOn);
  }

  /**
   * One iteration: queues the timers that are due, then runs exactly what is queued by then. What that schedules belongs
   * to the next iteration. `KeyboardInterrupt` and `SystemExit` leave it; the rest stays queued.
   */
  protected runOnce(): void {
    this.runIterations(() => false);
  }

  /** Hands an error that nobody can catch to the exception handler. */
  abstract callExceptionHandler(context: ErrorReport): void;

  /** @internal */
  abstract _runsCoroutine(coroutine: unknown): boolean;

  /** @internal @throws RuntimeError when the loop is closed */
  abstract _requireOpen(): void;

  /** @internal */
  _resolution(): number {
    return this.clockResolution;
  }

  /** @internal Something is about to be queued from outside. @throws RuntimeError when the loop is closed */
  _wakeFromOutside(): void {
    this._requireOpen();
    this.wakeUp();
  }

  #callAt(when: number, callback: () => void, context: Context): TimerHandle {
    const timer = keepStores(new TimerHandle(when, this._scheduler.timers.nextSequence(), callback, this, context));
    this._scheduler.timers.push(timer, when);
    if (getRunningLoopOrUndefined() !== this) this.wakeUp();
    return timer;
  }
}
