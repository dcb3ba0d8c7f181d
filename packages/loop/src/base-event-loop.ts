import { Asyncgens, type ClosableAsyncgen } from "./asyncgens.ts";
import { type Context, copyContext } from "./contextvars.ts";
import type { Coroutine } from "./coroutine.ts";
import { beginDebugging, isDebugRequested, sourceTraceback } from "./debug.ts";
import { RuntimeError, ValueError } from "./exceptions.ts";
import { type ContextOptions, Future } from "./future.ts";
import { Handle, requireCallback, TimerHandle } from "./handle.ts";
import { ReadyQueue, type Runnable } from "./ready-queue.ts";
import {
  callExceptionHandler,
  defaultExceptionHandler,
  type ExceptionContext,
  type ExceptionHandler,
} from "./reports.ts";
import { repr, showAsText } from "./repr.ts";
import { getRunningLoopOrUndefined, setRunningLoop } from "./running.ts";
import { Task, type TaskFactory, type TaskOptions } from "./task.ts";
import { TimerHeap } from "./timer-heap.ts";
import { Unretrieved } from "./unretrieved.ts";

/**
 * A loop without a way to run: it schedules callbacks, timers and tasks, and its iteration is CPython's. A subclass has
 * a clock and calls `runOnce` again and again between `runForeverSetup` and `runForeverCleanup`.
 *
 * Source: asyncio.BaseEventLoop, CPython 3.14 Lib/asyncio/base_events.py.
 */
export abstract class BaseEventLoop {
  static {
    showAsText(this);
  }

  /** In debug mode, a callback or step that takes at least this many seconds is warned about. */
  slowCallbackDuration = 0.1;
  /** @internal */
  readonly _timers: TimerHeap = new TimerHeap();
  /** @internal The tasks that are not done, in the order they were created. */
  readonly _tasks: Set<Task<unknown>> = new Set();
  /** @internal The tasks that are in an eager first step. */
  readonly _eagerTasks: Set<Task<unknown>> = new Set();
  /** @internal */
  readonly _unretrieved: Unretrieved = new Unretrieved(this);
  readonly #ready = new ReadyQueue();
  readonly #asyncgens = new Asyncgens();
  #state: "idle" | "running" | "closed" = "idle";
  #stopping = false;
  #debug = false;
  #exceptionHandler: ExceptionHandler | undefined;
  #taskFactory: TaskFactory | undefined;

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
   * @throws RuntimeError when the loop is closed
   */
  callSoon(callback: () => void, options?: ContextOptions): Handle {
    this._requireOpen();
    requireCallback(callback, "callSoon");
    const handle = new Handle(callback, undefined, this, options?.context ?? copyContext());
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
    if (delay === undefined || delay === null) throw new TypeError("delay must not be None");
    requireTime(delay, "delay");
    this._requireOpen();
    requireCallback(callback, "callLater");
    return this._callAt(this.time() + delay, callback, undefined, options?.context ?? copyContext());
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
    if (when === undefined || when === null) throw new TypeError("when cannot be None");
    requireTime(when, "when");
    this._requireOpen();
    requireCallback(callback, "callAt");
    return this._callAt(when, callback, undefined, options?.context ?? copyContext());
  }

  /** Makes a future of this loop. */
  createFuture<T>(): Future<T> {
    return new Future<T>({ loop: this });
  }

  /**
   * Makes a task that runs `coroutine`, from the next iteration on.
   *
   * @param options - `name` is what the task is called where it is printed; `context` is what it runs in, a copy of
   * the current one by default
   * @throws TypeError when `coroutine` is no coroutine
   * @throws RuntimeError when the coroutine was given to a task before, or when the loop is closed
   */
  createTask<T>(coroutine: Coroutine<T>, options?: TaskOptions): Task<T> {
    this._requireOpen();
    if (this.#taskFactory !== undefined) return this.#taskFactory(this, coroutine, options);
    return new Task(coroutine, getRunningLoopOrUndefined() === this ? options : { ...options, loop: this });
  }

  /** Returns what was given to `setTaskFactory`. */
  getTaskFactory(): TaskFactory | undefined {
    return this.#taskFactory;
  }

  /**
   * Sets what `createTask` makes tasks with; `undefined` stands for `new Task`.
   *
   * @throws TypeError when `factory` is neither a function nor `undefined`
   */
  setTaskFactory(factory: TaskFactory | undefined): void {
    if (factory !== undefined && typeof factory !== "function") {
      throw new TypeError("task factory must be a callable or None");
    }
    this.#taskFactory = factory;
  }

  /** Ends `runForever` after the current iteration, or the next one if none is under way. */
  stop(): void {
    this.#stopping = true;
    if (getRunningLoopOrUndefined() !== this) this.wakeUp();
  }

  /**
   * Closes the loop for good, if it is not closed already: what is scheduled is dropped. Tasks that are still pending
   * and exceptions that nobody retrieved are reported to the exception handler.
   *
   * @throws RuntimeError when the loop is running
   */
  close(): void {
    if (this.isRunning()) throw new RuntimeError("Cannot close a running event loop");
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#ready.clear();
    this._timers.clear();
    for (const task of this._tasks) {
      const message = "Task was destroyed but it is pending!";
      if (task._reportWhenDestroyed) this.callExceptionHandler({ task, message, ...sourceTraceback(task) });
    }
    this._unretrieved.reportAll();
  }

  /**
   * Closes the async generators that are still open. `Runner` runs it before the loop is closed.
   *
   * Source: asyncio.BaseEventLoop.shutdown_asyncgens, CPython 3.14 Lib/asyncio/base_events.py.
   */
  shutdownAsyncgens(): Coroutine {
    return this.#asyncgens.shutdown(this);
  }

  /**
   * Tells the loop of an async generator that is begun, so that `shutdownAsyncgens` closes it.
   *
   * Source: asyncio.BaseEventLoop._asyncgen_firstiter_hook, CPython 3.14 Lib/asyncio/base_events.py.
   */
  asyncgenFirstiterHook(asyncgen: ClosableAsyncgen): void {
    this.#asyncgens.add(asyncgen);
  }

  /**
   * Tells the loop of an async generator that has ended, or that the collector has found: one that has not ended is
   * closed in a task of its own.
   *
   * Source: asyncio.BaseEventLoop._asyncgen_finalizer_hook, CPython 3.14 Lib/asyncio/base_events.py.
   */
  asyncgenFinalizerHook(asyncgen: ClosableAsyncgen, hasEnded: boolean): void {
    this.#asyncgens.delete(asyncgen);
    if (hasEnded || this.isClosed()) return;
    this.callSoonThreadsafe(() => void this.createTask(asyncgen.aclose()));
  }

  /**
   * Waits for the default executor to end. `Runner` runs it before the loop is closed. There is no executor yet that
   * it could wait for.
   *
   * Source: asyncio.BaseEventLoop.shutdown_default_executor, CPython 3.14 Lib/asyncio/base_events.py.
   */
  *shutdownDefaultExecutor(): Coroutine {}

  /** Tells whether the loop is between the begin and the end of a run. */
  isRunning(): boolean {
    return this.#state === "running";
  }

  /** Tells whether the loop was closed. */
  isClosed(): boolean {
    return this.#state === "closed";
  }

  /** Tells whether debug mode is on. */
  getDebug(): boolean {
    return this.#debug;
  }

  /**
   * Switches debug mode, which `YIELDSTAR_DEBUG=1` in the environment switches on for every loop. It warns about slow
   * callbacks and steps, and about tasks that swallow a cancellation; it knows where things were created, and where
   * tasks stand.
   */
  setDebug(enabled: boolean): void {
    if (enabled) beginDebugging();
    this.#debug = enabled;
  }

  /** Returns what was given to `setExceptionHandler`. */
  getExceptionHandler(): ExceptionHandler | undefined {
    return this.#exceptionHandler;
  }

  /**
   * Sets what is called with errors that nobody can catch; `undefined` stands for `defaultExceptionHandler`.
   *
   * @throws TypeError when `handler` is neither a function nor `undefined`
   */
  setExceptionHandler(handler: ExceptionHandler | undefined): void {
    if (handler !== undefined && typeof handler !== "function") {
      throw new TypeError(`A callable object or None is expected, got ${repr(handler)}`);
    }
    this.#exceptionHandler = handler;
  }

  /** Writes the context to the console, as one error. */
  defaultExceptionHandler(context: ExceptionContext): void {
    defaultExceptionHandler(context);
  }

  /**
   * Hands an error that nobody can catch to the exception handler. An error that the handler throws goes to the
   * console; only `KeyboardInterrupt` and `SystemExit` pass.
   */
  callExceptionHandler(context: ExceptionContext): void {
    callExceptionHandler(this, context);
  }

  toString(): string {
    const state = `running=${repr(this.isRunning())} closed=${repr(this.isClosed())} debug=${repr(this.getDebug())}`;
    return `<${this.constructor.name} ${state}>`;
  }

  /** Checks that the loop is open, and that neither it nor a loop that runs the caller is running. */
  protected requireRunnable(): void {
    this._requireOpen();
    if (this.isRunning()) throw new RuntimeError("This event loop is already running");
    if (getRunningLoopOrUndefined() !== undefined) {
      throw new RuntimeError("Cannot run the event loop while another loop is running");
    }
  }

  /** Begins a run, if `requireRunnable` lets it. */
  protected runForeverSetup(): void {
    this.requireRunnable();
    this.#state = "running";
  }

  /** Ends a run. */
  protected runForeverCleanup(): void {
    this.#stopping = false;
    this.#state = "idle";
  }

  /** Tells whether `stop` was called in, or before, the iterations of this run. */
  protected get stopping(): boolean {
    return this.#stopping;
  }

  /** Tells whether there is something to run in the next iteration. */
  protected get isReady(): boolean {
    return this.#ready.length > 0;
  }

  /** The time of the first timer, or `Infinity`. */
  protected get nextDeadline(): number {
    return this._timers.peek()?.when() ?? Infinity;
  }

  /**
   * One iteration: queues the timers that are due, then runs exactly what is queued by then. What that schedules belongs
   * to the next iteration. `KeyboardInterrupt` and `SystemExit` leave it; the rest stays queued.
   */
  protected runOnce(): void {
    this.#queueDueTimers();
    const ready = this.#ready;
    const outerLoop = getRunningLoopOrUndefined();
    setRunningLoop(this);
    try {
      for (let count = ready.length; count > 0; count -= 1) {
        const item = ready.shift();
        if (this.#debug) this.#runAndTime(item);
        else item._run();
      }
    } finally {
      setRunningLoop(outerLoop);
    }
  }

  /** The tasks that are not done, in the order they were created. */
  protected pendingTasks(): Iterable<Task<unknown>> {
    return this._tasks;
  }

  /** Called before waiting: a good time to look after exceptions that nobody retrieved. */
  protected beforeIdle(): void {
    this._unretrieved.sweep();
  }

  /** @internal */
  _requireOpen(): void {
    if (this.#state === "closed") throw new RuntimeError("Event loop is closed");
  }

  /** @internal */
  _enqueue(item: Runnable): void {
    if (getRunningLoopOrUndefined() !== this) {
      this._requireOpen();
      this.#ready.push(item);
      this.wakeUp();
    } else {
      this.#ready.push(item);
    }
  }

  /** @internal */
  _callAt(when: number, callback: (argument: never) => void, argument: unknown, context: Context): TimerHandle {
    const timer = new TimerHandle(when, this._timers.nextSequence(), callback, argument, this, context);
    if (when === Infinity) timer._scheduled = false;
    else this._timers.push(timer);
    if (getRunningLoopOrUndefined() !== this) this.wakeUp();
    return timer;
  }

  #queueDueTimers(): void {
    const timers = this._timers;
    if (timers.size === 0) return;
    const now = this.time();
    for (let timer = timers.peek(); timer !== undefined && this.#isDue(timer, now); timer = timers.peek()) {
      this.#ready.push(timers.pop());
    }
  }

  /** The first test is for times so large that the resolution does not change them (CPython from 3.15 on). */
  #isDue(timer: TimerHandle, now: number): boolean {
    return timer.when() <= now || timer.when() < now + this.clockResolution;
  }

  #runAndTime(item: Runnable): void {
    const begin = this.time();
    item._run();
    const seconds = this.time() - begin;
    if (seconds < this.slowCallbackDuration) return;
    console.warn(`Executing ${item} took ${seconds.toFixed(3)} seconds`);
  }
}

function requireTime(seconds: unknown, name: string): void {
  if (typeof seconds !== "number") throw new TypeError(`${name} must be a number of seconds, got ${repr(seconds)}`);
  if (Number.isNaN(seconds)) throw new ValueError(`Invalid ${name}: NaN (not a number)`);
}
