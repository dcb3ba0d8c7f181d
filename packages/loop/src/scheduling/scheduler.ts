import { refuseNone, requireSeconds } from "../arguments/require-seconds.ts";
import { keepStores } from "../context/async-stores.ts";
import { beginNested, endNested } from "../context/ambient.ts";
import { type Context, contextFrom, type ContextOptions } from "../context/contextvars.ts";
import { beginDebugging, isDebugRequested } from "../debug/debug.ts";
import { Handle, requireCallback, TimerHandle } from "./handle.ts";
import { ReadyQueue, type Runnable } from "./ready-queue.ts";
import { warnOfSlow } from "../debug/slow-steps.ts";
import { getRunningLoopOrUndefined, setRunningLoop, type ErrorReport, type RunningLoop } from "../context/ambient.ts";
import { TimerHeap } from "./timer-heap.ts";

/**
 * The half of a loop that knows callbacks and time, and nothing of futures and tasks: the ready queue, the timers, and
 * the iteration, in CPython's order.
 *
 * Source: asyncio.BaseEventLoop, CPython 3.14 Lib/asyncio/base_events.py.
 */
export abstract class Scheduler implements RunningLoop {
  /** In debug mode, a callback or step that takes at least this many seconds is warned about. */
  slowCallbackDuration = 0.1;
  /** @internal */
  readonly _timers: TimerHeap = new TimerHeap();
  /** @internal In debug mode, what is being run. */
  _timed: Runnable | undefined;
  readonly #ready = new ReadyQueue();
  #debug = false;

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
    this._enqueue(handle);
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
    return this.#debug;
  }

  /**
   * Switches debug mode, which `YIELDSTAR_DEBUG=1` in the environment switches on for every loop. It warns about slow
   * callbacks and steps, and about tasks that swallow a cancellation; it knows where things were created, and where
   * tasks stand; the stack of an error goes on with where it was awaited.
   */
  setDebug(enabled: boolean): void {
    if (enabled) beginDebugging();
    this.#debug = enabled;
  }

  /** Tells whether there is something to run in the next iteration. */
  protected get isReady(): boolean {
    return this.#ready.length > 0;
  }

  /** Gives what is to run in the next iteration, in that order: tasks and handles. */
  protected *readyItems(): Iterable<{ toString(): string }> {
    for (const item of this.#ready) yield item._task ?? item;
  }

  /** The time of the first timer, or `Infinity`. */
  protected get nextDeadline(): number {
    return this._timers.nextDeadline();
  }

  /**
   * Runs iterations, as `runOnce` does, until `goesOn` says no.
   *
   * @param goesOn - asked after each iteration, and told how much that has run
   */
  protected runIterations(goesOn: (ran: number) => boolean): void {
    const outerLoop = getRunningLoopOrUndefined();
    const outer = beginNested();
    setRunningLoop(this);
    try {
      while (goesOn(this.#iterate()));
    } finally {
      setRunningLoop(outerLoop);
      endNested(outer);
    }
  }

  /**
   * One iteration: queues the timers that are due, then runs exactly what is queued by then. What that schedules belongs
   * to the next iteration. `KeyboardInterrupt` and `SystemExit` leave it; the rest stays queued.
   */
  protected runOnce(): void {
    this.runIterations(() => false);
  }

  /** Returns how much it has run. */
  #iterate(): number {
    if (this._timers.size > 0) this.#queueDueTimers();
    const ready = this.#ready;
    const count = ready.length;
    for (let left = count; left > 0; left -= 1) {
      const item = ready.shift();
      if (this.#debug) this.#runAndTime(item);
      else item._run();
    }
    return count;
  }

  /** @internal Drops all that is scheduled. */
  _clear(): void {
    this.#ready.clear();
    this._timers.clear();
  }

  /** Hands an error that nobody can catch to the exception handler. */
  abstract callExceptionHandler(context: ErrorReport): void;

  /** @internal */
  abstract _runsCoroutine(coroutine: unknown): boolean;

  /** @internal @throws RuntimeError when the loop is closed */
  abstract _requireOpen(): void;

  /** @internal */
  _enqueue(item: Runnable): void {
    if (!this.#isRunningCaller()) this._wakeUp();
    this.#ready.push(item);
  }

  /** @internal */
  _enqueueAll(items: readonly Runnable[]): void {
    for (const item of items) this._enqueue(item);
  }

  /** @internal What `_enqueue` does, where this loop runs the caller or was woken already. */
  _enqueueNext(item: Runnable): void {
    this.#ready.push(item);
  }

  /** @internal Something is about to be queued from outside. @throws RuntimeError when the loop is closed */
  _wakeUp(): void {
    this._requireOpen();
    this.wakeUp();
  }

  #callAt(when: number, callback: () => void, context: Context): TimerHandle {
    const timer = keepStores(new TimerHandle(when, this._timers.nextSequence(), callback, this, context));
    this._timers.push(timer, when);
    if (!this.#isRunningCaller()) this.wakeUp();
    return timer;
  }

  #queueDueTimers(): void {
    const timers = this._timers;
    const now = this.time();
    while (this.#isDue(timers.nextDeadline(), now)) this.#ready.push(timers.pop());
  }

  /** The first test is for times so large that the resolution does not change them (CPython from 3.15 on). */
  #isDue(when: number, now: number): boolean {
    return when <= now || when < now + this.clockResolution;
  }

  #runAndTime(item: Runnable): void {
    const begin = this.time();
    const outer = this._timed;
    this._timed = item;
    try {
      item._run();
    } finally {
      this._timed = outer;
    }
    const seconds = this.time() - begin;
    if (seconds < this.slowCallbackDuration) return;
    warnOfSlow(item, seconds);
  }

  /** Tells whether the caller runs in this loop. */
  #isRunningCaller(): boolean {
    return getRunningLoopOrUndefined() === this;
  }
}
