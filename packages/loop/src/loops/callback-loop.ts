import { refuseNone, requireSeconds } from "../arguments/require-seconds.ts";
import { type ErrorReport, currentLoop } from "../context/ambient.ts";
import { keepStores } from "../context/async-stores.ts";
import { type Context } from "../context/contextvars.ts";
import { contextFrom, type ContextOptions } from "../context/context-options.ts";
import { beginDebugging, isDebugRequested } from "../debug/debug-mode.ts";
import { Handle, TimerHandle } from "../scheduling/handle.ts";
import { requireCallback } from "../scheduling/callbacks.ts";
import { type ScheduledLoop, Scheduler } from "../scheduling/scheduler.ts";

/**
 * The part of a loop that runs callbacks at their time, and knows nothing of futures and tasks.
 *
 * Source: asyncio.BaseEventLoop, CPython 3.14 Lib/asyncio/base_events.py.
 */
export abstract class CallbackLoop implements ScheduledLoop {
  /** In debug mode, the loop warns about each callback and step that takes at least this many seconds. */
  slowCallbackDuration = 0.1;
  /** @internal */
  readonly _scheduler: Scheduler = new Scheduler(this);

  constructor() {
    // Not by `setDebug`, which a subclass may override: its fields are not there yet.
    if (isDebugRequested()) this.#setDebug(true);
  }

  /** Returns the time of the loop's clock, in seconds since some moment in the past. */
  abstract time(): number;

  /** In seconds: two times that are closer than this are the same instant. */
  protected abstract readonly clockResolution: number;

  /** Called when code outside the loop's iterations has scheduled something or called `stop`. */
  protected abstract wakeUp(): void;

  /**
   * Calls `callback` in the next iteration, after all that was scheduled before it.
   *
   * @param callback - a plain function, which gets no arguments
   * @param options - `context` is the context that the callback runs in; a copy of the current one by default
   * @returns a handle whose `cancel()` prevents the call
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
   * Does what `callSoon` does: a loop has one thread, and each scheduling from outside wakes it.
   *
   * @param callback - a plain function, which gets no arguments
   * @param options - `context` is the context that the callback runs in; a copy of the current one by default
   * @returns a handle whose `cancel()` prevents the call
   * @throws TypeError when `callback` is no plain function, or `context` no `Context`
   * @throws RuntimeError when the loop is closed
   */
  callSoonThreadsafe(callback: () => void, options?: ContextOptions): Handle {
    requireCallback(callback, "callSoonThreadsafe");
    return this.callSoon(callback, options);
  }

  /**
   * Calls `callback` after `delay` seconds.
   *
   * @param delay - in seconds. Zero or less calls it in the next iteration; `Infinity` never calls it
   * @param callback - a plain function, which gets no arguments
   * @param options - `context` is the context that the callback runs in; a copy of the current one by default
   * @returns a handle whose `cancel()` prevents the call
   * @throws TypeError when `delay` is no number, `callback` no plain function, or `context` no `Context`
   * @throws ValueError when `delay` is NaN
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
   * Calls `callback` when the loop's clock reaches `when`.
   *
   * @param when - in seconds, as `time()` gives them; `Infinity` never calls it
   * @param callback - a plain function, which gets no arguments
   * @param options - `context` is the context that the callback runs in; a copy of the current one by default
   * @returns a handle whose `cancel()` prevents the call
   * @throws TypeError when `when` is no number, `callback` no plain function, or `context` no `Context`
   * @throws ValueError when `when` is NaN
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
   * Switches debug mode on or off. `YIELDSTAR_DEBUG=1` in the environment switches it on for every loop.
   *
   * In debug mode the loop warns about slow callbacks and steps, and about tasks that swallow a cancellation. Reports
   * show where futures, tasks and handles were created, and where tasks wait. The stack of an error also shows where
   * the error was awaited.
   *
   * @param enabled - whether debug mode is on from now on
   */
  setDebug(enabled: boolean): void {
    this.#setDebug(enabled);
  }

  #setDebug(enabled: boolean): void {
    if (enabled) beginDebugging();
    this._scheduler.debug = enabled;
  }

  /** Whether something is ready for the next iteration. */
  protected get isReady(): boolean {
    return this._scheduler.isReady;
  }

  /** Gives the tasks and handles that the next iteration runs, in their order. */
  protected *readyItems(): Iterable<{ toString(): string }> {
    for (const item of this._scheduler.ready()) yield item._task ?? item;
  }

  /** The time of the first timer in seconds, as `time()` gives them, or `Infinity`. */
  protected get nextDeadline(): number {
    return this._scheduler.timers.nextDeadline();
  }

  /**
   * Runs iterations, as `runOnce` does, until `goesOn` says no.
   *
   * @param goesOn - called after each iteration with the number of steps and callbacks that it has run
   */
  protected runIterations(goesOn: (ran: number) => boolean): void {
    this._scheduler.run(goesOn);
  }

  /**
   * Runs one iteration: it queues the timers that are due, then runs exactly the steps and callbacks that are ready by
   * then. What these schedule belongs to the next iteration.
   *
   * @throws KeyboardInterrupt or SystemExit of a step or callback; the others stay queued
   */
  protected runOnce(): void {
    this.runIterations(() => false);
  }

  /** Calls the exception handler with an error that no code can catch. */
  abstract callExceptionHandler(context: ErrorReport): void;

  /** @internal */
  abstract _runsCoroutine(coroutine: unknown): boolean;

  /** @internal @throws RuntimeError when the loop is closed */
  abstract _requireOpen(): void;

  /** @internal */
  _resolution(): number {
    return this.clockResolution;
  }

  /**
   * @internal Called before code outside the loop's iterations queues something. @throws RuntimeError when it is closed
   */
  _wakeFromOutside(): void {
    this._requireOpen();
    this.wakeUp();
  }

  #callAt(when: number, callback: () => void, context: Context): TimerHandle {
    const timer = keepStores(new TimerHandle(when, this._scheduler.timers.nextSequence(), callback, this, context));
    this._scheduler.timers.push(timer, when);
    if (currentLoop !== this) this.wakeUp();
    return timer;
  }
}
