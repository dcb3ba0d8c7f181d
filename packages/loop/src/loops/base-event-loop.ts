import { attemptEach } from "../errors/attempt.ts";
import { followIfCurrent } from "../context/async-stores.ts";
import { Asyncgens, type ClosableAsyncgen } from "./asyncgens.ts";
import type { Coroutine } from "../coroutines/coroutine.ts";
import { refuseInOtherLoop } from "../copies/copies.ts";
import { sourceTraceback } from "../debug/creations.ts";
import { RuntimeError } from "../errors/exceptions.ts";
import { Future } from "../tasks/future.ts";
import { announceClose, announceIdle } from "../scheduling/loop-ends.ts";
import {
  callExceptionHandler,
  defaultExceptionHandler,
  type ExceptionContext,
  type ExceptionHandler,
} from "../reports/reports.ts";
import { nameOfType } from "../coroutines/name-of-type.ts";
import { className } from "../text/names.ts";
import { repr, showAsText, withHint } from "../text/repr.ts";
import { currentLoop } from "../context/ambient.ts";
import type { Loop } from "../scheduling/loop.ts";
import { CallbackLoop } from "./callback-loop.ts";
import type { TaskFactory } from "../tasks/task-factory.ts";
import { requireTaskOptions, type TaskOptions } from "../tasks/task-options.ts";
import { allTasks } from "../tasks/current-task.ts";
import { TaskList } from "../tasks/task-list.ts";
import { Task } from "../tasks/task.ts";
import { Unretrieved } from "../reports/unretrieved.ts";

declare module "../scheduling/loop.ts" {
  interface AbstractEventLoop extends BaseEventLoop {}
}

/**
 * The base class of loops. It schedules callbacks, timers and tasks, and runs an iteration as CPython does. A subclass
 * has the clock, and calls `runOnce` again and again between `runForeverSetup` and `runForeverCleanup`.
 *
 * Source: asyncio.BaseEventLoop, CPython 3.14 Lib/asyncio/base_events.py.
 */
export abstract class BaseEventLoop extends CallbackLoop implements Loop {
  static {
    showAsText(this, "BaseEventLoop");
  }

  /** @internal The tasks that are not done, in the order they were created. */
  readonly _tasks: TaskList<Task<unknown>> = new TaskList();
  /** @internal The tasks that are in an eager first step. */
  readonly _eagerTasks: Set<Task<unknown>> = new Set();
  /** @internal */
  readonly _unretrieved: Unretrieved = new Unretrieved(this);
  readonly #asyncgens = new Asyncgens();
  #state: "idle" | "running" | "closed" = "idle";
  #stopping = false;
  #exceptionHandler: ExceptionHandler | undefined;
  #taskFactory: TaskFactory | undefined;

  /** Makes a future that belongs to this loop. */
  createFuture<T>(): Future<T> {
    return new Future<T>(undefined, this);
  }

  /**
   * Makes a task that runs `coroutine`, from the next iteration on.
   *
   * @param coroutine - a coroutine that no task has run yet
   * @param options - `name` is the task's name in texts; `context` is the context that it runs in, a copy of the
   * current one by default; `eagerStart` runs the first step at once, if the loop runs the caller
   * @returns the task
   * @throws TypeError when `coroutine` is no coroutine, or an option is wrong
   * @throws RuntimeError when the coroutine was given to a task before, or when the loop is closed
   */
  createTask<T>(coroutine: Coroutine<T>, options?: TaskOptions): Task<T> {
    const isPlain = this.#taskFactory === undefined && currentLoop === this;
    return isPlain && options === undefined ? new Task(coroutine) : this.#createOtherwise(coroutine, options);
  }

  /** For a call with options, from outside the loop, or with a task factory, which checks the options as in CPython. */
  #createOtherwise<T>(coroutine: Coroutine<T>, options: TaskOptions | undefined): Task<T> {
    if (currentLoop !== this) followIfCurrent();
    if (options !== undefined) requireTaskOptions(options);
    if (this.#taskFactory === undefined) return new Task(coroutine, { ...options, loop: this });
    this._requireOpen();
    return this.#taskFactory(this, coroutine, options);
  }

  /** Returns the task factory, or `undefined` if none is set. */
  getTaskFactory(): TaskFactory | undefined {
    return this.#taskFactory;
  }

  /**
   * Sets the function with which `createTask` makes tasks.
   *
   * @param factory - gets the loop, the coroutine and the options of `createTask`; `undefined` restores `new Task`
   * @throws TypeError when `factory` is neither a function nor `undefined`, or is a class
   */
  setTaskFactory(factory: TaskFactory | undefined): void {
    if (factory !== undefined && typeof factory !== "function") {
      throw new TypeError("task factory must be a callable or None");
    }
    if (nameOfType(factory) === "type") {
      const instead =
        "(loop, coro, options) => new MyTask(coro, { ...options, loop }), or createEagerTaskFactory(MyTask)";
      throw new TypeError(withHint("task factory must be a function, not a class", instead));
    }
    this.#taskFactory = factory;
  }

  /** Ends `runForever` after the current iteration, or after the next one if no iteration is under way. */
  stop(): void {
    this.#stopping = true;
    if (currentLoop !== this) this.wakeUp();
  }

  /**
   * Closes the loop for good, and drops all callbacks, timers and steps. The exception handler gets a report of each
   * task that is still pending and of each exception that no code has retrieved. A closed loop stays as it is.
   *
   * @throws RuntimeError when the loop is running
   * @throws KeyboardInterrupt or SystemExit of the exception handler, after the loop is closed
   */
  close(): void {
    if (this.isRunning()) throw new RuntimeError("Cannot close a running event loop");
    if (this.#state === "closed") return;
    this.#state = "closed";
    this._scheduler.clear();
    announceClose(this);
    // The handler may ask to end the program: it gets the other reports all the same.
    const pending = attemptEach(this._tasks, (task) => this.#reportPending(task));
    const lost = this._unretrieved.reportAll();
    const error = pending ?? lost;
    if (error !== undefined) throw error;
  }

  #reportPending(task: Task<unknown>): void {
    const message = "Task was destroyed but it is pending!";
    if (task._isReported()) this.callExceptionHandler({ task, message, ...sourceTraceback(task) });
  }

  override setDebug(enabled: boolean): void {
    super.setDebug(enabled);
    if (enabled) for (const task of this._tasks) task._resumeNatively();
  }

  /**
   * Closes the async generators that are still open. `Runner` runs it before it closes the loop. An error of a
   * generator is reported to the exception handler.
   *
   * Cancelling the caller cancels the closing of each generator.
   *
   * Source: asyncio.BaseEventLoop.shutdown_asyncgens, CPython 3.14 Lib/asyncio/base_events.py.
   */
  shutdownAsyncgens(): Coroutine {
    return this.#asyncgens.shutdown(this);
  }

  /**
   * Registers an async generator that has begun, so that `shutdownAsyncgens` closes it.
   *
   * Source: asyncio.BaseEventLoop._asyncgen_firstiter_hook, CPython 3.14 Lib/asyncio/base_events.py.
   */
  asyncgenFirstiterHook(asyncgen: ClosableAsyncgen): void {
    this.#asyncgens.add(asyncgen);
  }

  /**
   * Removes an async generator that has ended, or that the garbage collector has found. If it has not ended, a new task
   * closes it, unless the loop is closed.
   *
   * @param hasEnded - whether the generator has ended
   *
   * Source: asyncio.BaseEventLoop._asyncgen_finalizer_hook, CPython 3.14 Lib/asyncio/base_events.py.
   */
  asyncgenFinalizerHook(asyncgen: ClosableAsyncgen, hasEnded: boolean): void {
    this.#asyncgens.delete(asyncgen);
    if (hasEnded || this.isClosed()) return;
    this.callSoonThreadsafe(() => void this.createTask(asyncgen.aclose()));
  }

  /**
   * Does nothing: a loop has no executor to wait for. `Runner` runs it before it closes the loop, as CPython does.
   *
   * Source: asyncio.BaseEventLoop.shutdown_default_executor, CPython 3.14 Lib/asyncio/base_events.py.
   */
  *shutdownDefaultExecutor(): Coroutine {}

  /**
   * Calls `callback` when the operating system sends `signal`. An `EventLoop` does it on a host that has signals.
   *
   * @param _signal - the name of the signal, such as `"SIGTERM"`
   * @param _callback - a plain function, which gets no arguments
   * @throws RuntimeError when the loop has no signals
   *
   * Source: asyncio.AbstractEventLoop.add_signal_handler, CPython 3.14 Lib/asyncio/events.py.
   */
  addSignalHandler(_signal: string, _callback: () => void): void {
    throw new RuntimeError("this loop has no signals");
  }

  /**
   * Removes the callback for `signal`.
   *
   * @param _signal - the name of the signal
   * @returns whether there was a callback
   * @throws RuntimeError when the loop has no signals
   *
   * Source: asyncio.AbstractEventLoop.remove_signal_handler, CPython 3.14 Lib/asyncio/events.py.
   */
  removeSignalHandler(_signal: string): boolean {
    throw new RuntimeError("this loop has no signals");
  }

  /** Tells whether a run of the loop has begun and not ended. */
  isRunning(): boolean {
    return this.#state === "running";
  }

  /** Tells whether the loop was closed. */
  isClosed(): boolean {
    return this.#state === "closed";
  }

  /** Returns the exception handler, or `undefined` if none is set. */
  getExceptionHandler(): ExceptionHandler | undefined {
    return this.#exceptionHandler;
  }

  /**
   * Sets the function that gets the errors that no code can catch.
   *
   * @param handler - gets the loop and the context of the report; `undefined` restores `defaultExceptionHandler`
   * @throws TypeError when `handler` is neither a function nor `undefined`
   */
  setExceptionHandler(handler: ExceptionHandler | undefined): void {
    if (handler !== undefined && typeof handler !== "function") {
      throw new TypeError(`A callable object or None is expected, got ${repr(handler)}`);
    }
    this.#exceptionHandler = handler;
  }

  /** Writes the context of a report to the console, as one error. */
  defaultExceptionHandler(context: ExceptionContext): void {
    defaultExceptionHandler(this, context);
  }

  /**
   * Calls the exception handler with an error that no code can catch. An error of the handler goes to the console.
   *
   * @param context - `message` says what happened; other keys, such as `exception` and `task`, say more
   * @throws KeyboardInterrupt or SystemExit of the handler
   */
  override callExceptionHandler(context: ExceptionContext): void {
    callExceptionHandler(this, context);
  }

  override toString(): string {
    const state = `running=${repr(this.isRunning())} closed=${repr(this.isClosed())} debug=${repr(this.getDebug())}`;
    return `<${className(this)} ${state}>`;
  }

  /** @throws RuntimeError when this loop is closed or running, or another loop runs the caller */
  protected requireRunnable(): void {
    this._requireOpen();
    if (this.isRunning()) throw new RuntimeError("This event loop is already running");
    const text = "Cannot run the event loop while another loop is running";
    if (currentLoop !== undefined) throw new RuntimeError(text);
    refuseInOtherLoop(text);
  }

  /** Begins a run. @throws RuntimeError when `requireRunnable` does */
  protected runForeverSetup(): void {
    this.requireRunnable();
    this.#state = "running";
  }

  /** Ends a run. */
  protected runForeverCleanup(): void {
    this.#stopping = false;
    this.#state = "idle";
    this._unretrieved.sweep();
    announceIdle(this);
  }

  /** Whether `stop` was called since the last run ended. */
  protected get stopping(): boolean {
    return this.#stopping;
  }

  /** The tasks that are not done, in the order they were created. */
  protected pendingTasks(): Iterable<Task<unknown>> {
    return this._tasks;
  }

  /** Called before the loop waits: a good time to look for exceptions that no code has retrieved. */
  protected beforeIdle(): void {
    this._unretrieved.sweep();
  }

  /** @internal */
  _runsCoroutine(coroutine: unknown): boolean {
    for (const task of allTasks(this)) if (task.getCoro() === coroutine) return true;
    return false;
  }

  /** @internal Ends the run from outside with an error. Returns whether there was a run that could be ended. */
  _abort(_error: Error): boolean {
    return false;
  }

  /** @internal Calls `callback` when the process ends, if the loop knows of it. Returns a function that removes it. */
  _onExit(_callback: () => void): () => void {
    return () => {};
  }

  /** @internal Called before a promise's callback queues something; `_servePromise` follows. */
  _expectPromise(): void {}

  /** @internal Called when a promise's callback, which is a microtask of the host, has queued something. */
  _servePromise(): void {}

  /** @internal */
  override _requireOpen(): void {
    if (this.#state === "closed") throw new RuntimeError("Event loop is closed");
  }
}
