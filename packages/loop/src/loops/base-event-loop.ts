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
import { getRunningLoopOrUndefined } from "../context/ambient.ts";
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
 * A loop without a way to run: it schedules callbacks, timers and tasks, and its iteration is CPython's. A subclass has
 * a clock and calls `runOnce` again and again between `runForeverSetup` and `runForeverCleanup`.
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

  /** Makes a future of this loop. */
  createFuture<T>(): Future<T> {
    return new Future<T>(undefined, this);
  }

  /**
   * Makes a task that runs `coroutine`, from the next iteration on.
   *
   * @param options - `name` is what the task is called where it is printed; `context` is what it runs in, a copy of
   * the current one by default
   * @throws TypeError when `coroutine` is no coroutine, or an option is wrong
   * @throws RuntimeError when the coroutine was given to a task before, or when the loop is closed
   */
  createTask<T>(coroutine: Coroutine<T>, options?: TaskOptions): Task<T> {
    const isPlain = this.#taskFactory === undefined && getRunningLoopOrUndefined() === this;
    return isPlain && options === undefined ? new Task(coroutine) : this.#createOtherwise(coroutine, options);
  }

  /** By the factory, which looks at the options itself as in CPython, or from outside. */
  #createOtherwise<T>(coroutine: Coroutine<T>, options: TaskOptions | undefined): Task<T> {
    if (getRunningLoopOrUndefined() !== this) followIfCurrent();
    if (options !== undefined) requireTaskOptions(options);
    if (this.#taskFactory === undefined) return new Task(coroutine, { ...options, loop: this });
    this._requireOpen();
    return this.#taskFactory(this, coroutine, options);
  }

  /** Returns what was given to `setTaskFactory`. */
  getTaskFactory(): TaskFactory | undefined {
    return this.#taskFactory;
  }

  /**
   * Sets what `createTask` makes tasks with; `undefined` stands for `new Task`.
   *
   * @throws TypeError when `factory` is neither a function nor `undefined`, or is a class
   */
  setTaskFactory(factory: TaskFactory | undefined): void {
    if (factory !== undefined && typeof factory !== "function") {
      throw new TypeError("task factory must be a callable or None");
    }
    if (nameOfType(factory) === "type") {
      const instead =
        "(loop, coro, options) => new MyTask(coro, { ...options, loop }), or createEagerTaskFactory(MyTask)";
      throw new TypeError(withHint("task factory must be a function, and no class", instead));
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
    this._scheduler.clear();
    announceClose(this);
    // A handler may ask to end the program: the others are told all the same.
    const pending = attemptEach(this._tasks, (task) => this.#reportPending(task));
    const lost = this._unretrieved.reportAll();
    const error = pending ?? lost;
    if (error !== undefined) throw error;
  }

  #reportPending(task: Task<unknown>): void {
    const message = "Task was destroyed but it is pending!";
    if (task._isReported()) this.callExceptionHandler({ task, message, ...sourceTraceback(task) });
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

  /**
   * Has `callback` called when the operating system sends `signal`. Only an `EventLoop` can, on a host that has signals.
   *
   * @throws RuntimeError when the loop has no signals
   *
   * Source: asyncio.AbstractEventLoop.add_signal_handler, CPython 3.14 Lib/asyncio/events.py.
   */
  addSignalHandler(_signal: string, _callback: () => void): void {
    throw new RuntimeError("this loop has no signals");
  }

  /**
   * Takes back what `addSignalHandler` did for `signal`.
   *
   * @returns whether there was a callback
   * @throws RuntimeError when the loop has no signals
   *
   * Source: asyncio.AbstractEventLoop.remove_signal_handler, CPython 3.14 Lib/asyncio/events.py.
   */
  removeSignalHandler(_signal: string): boolean {
    throw new RuntimeError("this loop has no signals");
  }

  /** Tells whether the loop is between the begin and the end of a run. */
  isRunning(): boolean {
    return this.#state === "running";
  }

  /** Tells whether the loop was closed. */
  isClosed(): boolean {
    return this.#state === "closed";
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
    defaultExceptionHandler(this, context);
  }

  /**
   * Hands an error that nobody can catch to the exception handler. An error that the handler throws goes to the
   * console; only `KeyboardInterrupt` and `SystemExit` pass.
   */
  override callExceptionHandler(context: ExceptionContext): void {
    callExceptionHandler(this, context);
  }

  override toString(): string {
    const state = `running=${repr(this.isRunning())} closed=${repr(this.isClosed())} debug=${repr(this.getDebug())}`;
    return `<${className(this)} ${state}>`;
  }

  /** Checks that the loop is open, and that neither it nor a loop that runs the caller is running. */
  protected requireRunnable(): void {
    this._requireOpen();
    if (this.isRunning()) throw new RuntimeError("This event loop is already running");
    const text = "Cannot run the event loop while another loop is running";
    if (getRunningLoopOrUndefined() !== undefined) throw new RuntimeError(text);
    refuseInOtherLoop(text);
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
    this._unretrieved.sweep();
    announceIdle(this);
  }

  /** Tells whether `stop` was called in, or before, the iterations of this run. */
  protected get stopping(): boolean {
    return this.#stopping;
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
  _runsCoroutine(coroutine: unknown): boolean {
    for (const task of allTasks(this)) if (task.getCoro() === coroutine) return true;
    return false;
  }

  /** @internal Ends the run from outside, with an error, where there is one that can be; returns whether there was. */
  _abort(_error: Error): boolean {
    return false;
  }

  /** @internal Has `callback` called when the process ends, where the loop can know of it; returns a function that ends that. */
  _onExit(_callback: () => void): () => void {
    return () => {};
  }

  /** @internal A promise's callback is about to queue something, and calls `_servePromise` then. */
  _expectPromise(): void {}

  /** @internal A promise's callback, which is a turn of the host's own, has queued something. */
  _servePromise(): void {}

  /** @internal */
  override _requireOpen(): void {
    if (this.#state === "closed") throw new RuntimeError("Event loop is closed");
  }
}
