import { captureStores, isFollowing, type Stores, storesOf } from "../context/async-stores.ts";
import { explainBadYield } from "./bad-yield.ts";
import { describeName, describeTask } from "./describe-task.ts";
import { printStackOf, type StackOptions, stackOfTask } from "./task-stack.ts";
import {
  beginNested,
  currentLoop,
  endNested,
  enterContext,
  leaveContext,
  outerTaskOrUndefined,
  ownContext,
} from "../context/ambient.ts";
import { type Context, explainEntered, snapshotContext } from "../context/contextvars.ts";
import { type Coroutine } from "../coroutines/coroutine.ts";
import { takeCoroutine } from "../coroutines/take-coroutine.ts";
import { forgetPassedFrames, chainOf, FrameChain, passingStep, rootOf } from "../coroutines/frame.ts";
import { NativeGenerator } from "../coroutines/native-generator.ts";
import { resume, resumeThrowing, throwIntoGenerator, throwIntoObject } from "../coroutines/resume.ts";
import { forgetCancel, noteWaitAfterCancel } from "../debug/swallowed-cancels.ts";
import type { StackFrame } from "../debug/stack-frames.ts";
import { isDebugging } from "../debug/debug-mode.ts";
import { InvalidStateError, RuntimeError } from "../errors/exceptions.ts";
import { isCancelled, leavesLoop, toException } from "../errors/thrown.ts";
import { Future, isFuture, stateMask } from "./future.ts";
import { isPromiseLike } from "../values/is-promise.ts";
import { declareRelay, passCancelOn, type Relay } from "./pass-on-cancel.ts";
import type { Runnable } from "../scheduling/ready-queue.ts";
import { nameClass } from "../text/names.ts";
import { printOnce, repr, toText } from "../text/repr.ts";
import { readTaskOptions, type TaskOptions, type TaskOptionsWithLoop } from "./task-options.ts";
import { noteAwaited } from "../debug/traceback.ts";

let unnamedTasks = 0;

/** A flag beside those of a future: no awaited future accepted the cancel, so the next step delivers it. */
const mustCancel = 16;
/** A flag: only the library knows the task, so it is not reported when it is destroyed while pending. */
const unreported = 32;

/**
 * `Future`'s own methods. A task need not call the first to wait for a future, and the second passes the request on to
 * no other future.
 */
const { addDoneCallback: ownAddDoneCallback, cancel: cancelAlone } = Future.prototype as {
  readonly addDoneCallback: unknown;
  readonly cancel: unknown;
};

/**
 * Runs a coroutine on the loop. `createTask` makes one. A task is also the future of the coroutine's result.
 *
 * Cancelling a task that awaits this one cancels this one too; `shield` prevents this.
 *
 * A pending task is in one of three states, so the ready queue has it at most once:
 * - It waits: `_waitsFor` is the future that its coroutine awaits. This future queues the task when it is done.
 * - It is queued: for its first step, after a bare `yield`, or after a yield that it refused.
 * - It is stepping: it is the current task.
 *
 * Source: asyncio.Task, CPython 3.14 Lib/asyncio/tasks.py.
 */
export class Task<T> extends Future<T> implements Runnable, Relay {
  static {
    nameClass(this, "Task");
    declareRelay(this);
  }

  /** A `FrameChain` while it is suspended inside frames; `undefined` once an eager first step has ended the task. */
  declare private _coroutine: Coroutine<T> | undefined;
  /** @internal */
  declare _context: Context;
  /** @internal Set only while stores are followed: otherwise a task has one field less. */
  declare _stores: Stores | undefined;
  /** The number 1 means the name `Task-1`, which `getName` makes. */
  declare private _name: string | number;
  declare private _waitsFor: Future<unknown> | undefined;
  declare private _cancelRequests: number;
  /** @internal Its neighbours in the loop's list of tasks. */
  declare _previous: Task<unknown> | undefined;
  /** @internal */
  declare _next: Task<unknown> | undefined;

  /**
   * Makes a task, and queues its first step. With `eagerStart`, it runs this step at once if the loop is running.
   *
   * @param coroutine - the coroutine that it runs, from the next iteration of the loop on
   * @param options - those of `createTask`; and `loop`, by default the running loop, or else the loop that was set with
   * `setEventLoop`
   * @throws TypeError when `coroutine` is no coroutine, or an option is wrong
   * @throws RuntimeError when a task took the coroutine before, when the loop is closed, or when `loop` is left out, no
   * loop is running and no loop is set
   */
  constructor(coroutine: Coroutine<T>, options?: TaskOptionsWithLoop) {
    const given = options === undefined ? undefined : readTaskOptions(options);
    super(undefined, given?.loop);
    this._coroutine = coroutine;
    this._context = snapshotContext();
    this._waitsFor = undefined;
    this._cancelRequests = 0;
    this._previous = undefined;
    this._next = undefined;
    this._begin(coroutine, given);
  }

  /** The rest of the constructor. V8 inlines only short functions, and checks each `this` in a derived constructor. */
  private _begin(coroutine: Coroutine<T>, options: TaskOptions | undefined): void {
    const loop = this._loop;
    // First, since it throws when the loop is closed: the coroutine is not taken then, and no name is used up.
    if (currentLoop !== loop) loop._wakeFromOutside();
    takeCoroutine(coroutine);
    if (isFollowing) this._stores = captureStores();
    if (options === undefined) this._name = ++unnamedTasks;
    else if (this._beginWith(options)) return;
    loop._scheduler.enqueueWithoutWakeUp(this);
    loop._tasks.add(this);
  }

  /** Applies the options; returns whether it made the first step. */
  private _beginWith({ context, name, eagerStart }: TaskOptions): boolean {
    if (context !== undefined) this._context = context;
    // The coroutine is taken by now. So a name that cannot be printed must not throw, as it would with `String(name)`.
    this._name = name === undefined ? ++unnamedTasks : toText(name);
    return eagerStart === true && this._startEagerly();
  }

  /**
   * Returns the task's name, as texts show it.
   *
   * Source: asyncio.Task.get_name, CPython 3.14 Lib/asyncio/tasks.py.
   */
  getName(): string {
    if (typeof this._name === "number") this._name = `Task-${this._name}`;
    return this._name;
  }

  /**
   * Sets the task's name.
   *
   * @param value - the name; any other value than a string is converted to text
   *
   * Source: asyncio.Task.set_name, CPython 3.14 Lib/asyncio/tasks.py.
   */
  setName(value: unknown): void {
    this._name = toText(value);
  }

  /**
   * Returns the task's coroutine.
   *
   * @returns the coroutine; `undefined` when it ended in an eager first step
   *
   * Source: asyncio.Task.get_coro, CPython 3.14 Lib/asyncio/tasks.py.
   */
  getCoro(): Coroutine<T> | undefined {
    return this._coroutine === undefined ? undefined : rootOf(this._coroutine);
  }

  /**
   * Returns the context that the task's steps run in.
   *
   * Source: asyncio.Task.get_context, CPython 3.14 Lib/asyncio/tasks.py.
   */
  getContext(): Context {
    return ownContext(this);
  }

  /**
   * Requests a cancellation: a `CancelledError` is thrown into the coroutine at the `yield*` where it is suspended, or,
   * if it is running now, at the `yield*` where it next waits. The future that the task awaits is cancelled too.
   *
   * The coroutine may catch the error: to clean up, which may take several steps, or to go on. If it then returns, the
   * task ends with a result. A task that is cancelled before its first step never runs.
   *
   * @param msg - a value for the error's `args`; by default they are empty
   * @returns `false` when the task is already done: then only its exception, if any, counts as retrieved; otherwise
   * `true`
   * @throws RuntimeError when the task waits for a future and the loop is closed
   *
   * Source: asyncio.Task.cancel, CPython 3.14 Lib/asyncio/tasks.py.
   */
  override cancel(msg?: unknown): boolean {
    const waitsFor = this._waitsFor;
    if (waitsFor !== undefined && waitsFor.cancel !== cancelAlone) return passCancelOn(this, msg);
    if (!this._beginCancel()) return false;
    // The awaited future accepts the cancel and wakes this task with it, unless it is already done.
    return this._endCancel(msg, waitsFor !== undefined && waitsFor.cancel(msg), false);
  }

  /** @internal */
  _beginCancel(): boolean {
    this._markRetrieved();
    if ((this._flags & stateMask) !== 0) return false;
    this._cancelRequests += 1;
    return true;
  }

  /** @internal */
  _cancelTarget(index: number): Future<unknown> | undefined {
    return index === 0 ? this._waitsFor : undefined;
  }

  /** @internal */
  _endCancel(msg: unknown, isAccepted: boolean, isClosed: boolean): boolean {
    if (isAccepted && !isClosed) return true;
    this._flags |= mustCancel;
    this._cancelMessage = msg;
    if (isClosed) this._leaveCircle();
    return true;
  }

  /** @internal */
  get _breaksCircles(): boolean {
    return true;
  }

  /**
   * Takes the task out of a circle of tasks that wait for each other: queues its next step, which no other code would.
   */
  private _leaveCircle(): void {
    const waitsFor = this._waitsFor;
    if (waitsFor === undefined || waitsFor._isDone()) return;
    waitsFor._removeWaiters((waiter) => waiter === this);
    this._waitsFor = undefined;
    this._loop._scheduler.enqueue(this);
  }

  /**
   * Returns the number of cancel requests: the calls of `cancel`, less the calls of `uncancel`.
   *
   * Source: asyncio.Task.cancelling, CPython 3.14 Lib/asyncio/tasks.py.
   */
  cancelling(): number {
    return this._cancelRequests;
  }

  /**
   * Removes one cancel request. Code that cancels a task and then swallows its `CancelledError` calls it. When no
   * request is left, a cancellation that was not delivered yet is dropped.
   *
   * @returns the number of requests that are left; it does not go below zero
   *
   * Source: asyncio.Task.uncancel, CPython 3.14 Lib/asyncio/tasks.py.
   */
  uncancel(): number {
    if (this._cancelRequests > 0) {
      this._cancelRequests -= 1;
      if (this._cancelRequests === 0) {
        this._flags &= ~mustCancel;
        if (isDebugging) forgetCancel(this);
      }
    }
    return this._cancelRequests;
  }

  /**
   * Returns the `yield*`s at which a suspended task waits, or those that the error of a failed task came through. The
   * outermost is the first. Those of a suspended task are known only in debug mode.
   *
   * @param options - `limit` is how many to return at most: the innermost of a suspended task, the outermost of an
   * error
   * @returns the name of each generator function, and its `FILE:LINE:COLUMN`; an empty array for a task that has a
   * result or was cancelled
   * @throws TypeError when `limit` is no number, or an option is unknown
   *
   * Source: asyncio.Task.get_stack, CPython 3.14 Lib/asyncio/tasks.py.
   */
  getStack(options?: StackOptions): StackFrame[] {
    return stackOfTask(this, options, "getStack");
  }

  /**
   * Writes the frames that `getStack` returns to the console, in one `console.error`.
   *
   * @param options - `limit` is how many to write at most, as for `getStack`
   * @throws TypeError when `limit` is no number, or an option is unknown
   *
   * Source: asyncio.Task.print_stack, CPython 3.14 Lib/asyncio/tasks.py.
   */
  printStack(options?: StackOptions): void {
    printStackOf(this, options);
  }

  /**
   * Always throws: the result of a task is the return value of its coroutine.
   *
   * @throws RuntimeError always
   *
   * Source: asyncio.Task.set_result, CPython 3.14 Lib/asyncio/tasks.py.
   */
  override setResult(_result: T): never {
    throw new RuntimeError("Task does not support set_result operation");
  }

  /**
   * Always throws: the exception of a task is the error that its coroutine throws.
   *
   * @throws RuntimeError always
   *
   * Source: asyncio.Task.set_exception, CPython 3.14 Lib/asyncio/tasks.py.
   */
  override setException(_exception: unknown): never {
    throw new RuntimeError("Task does not support set_exception operation");
  }

  /** @internal Keeps the task from being reported when it is destroyed while pending. */
  _dontReport(): void {
    this._flags |= unreported;
  }

  /** @internal Tells whether the task is reported when it is destroyed while pending. */
  _isReported(): boolean {
    return (this._flags & unreported) === 0;
  }

  /** @internal */
  get _task(): Task<T> {
    return this;
  }

  /** @internal Runs a step: the first one, or the one after the awaited future is done. */
  _run(): void {
    const waitedFor = this._waitsFor;
    let error: Error | undefined;
    if (waitedFor !== undefined && !waitedFor._hasSucceeded()) error = waitedFor._takeError();
    if ((this._flags & (mustCancel | stateMask)) !== 0) {
      this._runOtherwise(error, waitedFor);
      return;
    }
    if (waitedFor !== undefined) this._waitsFor = undefined;
    if (error !== undefined && isDebugging) noteAwaited(error, this, waitedFor);
    this._resume(error);
  }

  /**
   * Runs a step that is not a plain one: it delivers a cancel or another error; or a method of `Future` has ended the
   * task from outside, and its coroutine is not resumed.
   *
   * @param error - the error to throw into the coroutine, if any
   */
  private _runOtherwise(error: Error | undefined, waitedFor: Future<unknown> | undefined): void {
    if ((this._flags & stateMask) !== 0) {
      this._refuseStep(new InvalidStateError(`__step(): already done: ${repr(this)} ${repr(error)}`));
      this._loop._tasks.delete(this);
      this._waitsFor = undefined;
      return;
    }
    this._waitsFor = undefined;
    const thrown = (this._flags & mustCancel) !== 0 ? this._takeCancel(error) : error;
    if (thrown !== undefined && isDebugging) noteAwaited(thrown, this, waitedFor);
    this._resume(thrown);
  }

  /**
   * Runs the first step inside the step that creates the task. Returns `false`, and does nothing, if the loop is not
   * running.
   */
  private _startEagerly(): boolean {
    const { _tasks: tasks, _eagerTasks: eagerTasks } = this._loop;
    if (currentLoop !== this._loop) return false;
    eagerTasks.add(this);
    forgetPassedFrames();
    const outer = beginNested();
    try {
      if (this._context._entered) throw explainEntered(this._context);
      this._step(undefined);
    } finally {
      endNested(outer);
      eagerTasks.delete(this);
      if (this._isDone()) this._coroutine = undefined;
    }
    if (!this._isDone()) tasks.add(this);
    return true;
  }

  /** The error to throw into the coroutine for a cancel that came when the awaited future, if any, was already done. */
  private _takeCancel(error: Error | undefined): Error {
    this._flags &= ~mustCancel;
    // If the future was cancelled too, its error and its message came first.
    return isCancelled(error) ? error : this._makeCancelledError();
  }

  private _resume(error: Error | undefined): void {
    if (this._context._entered || outerTaskOrUndefined() !== undefined) this._refuseToEnter();
    else this._step(error);
  }

  /**
   * Reports that the step cannot run, because the loop runs inside a task's step, or inside the context that this task
   * would enter. The step is lost, as in CPython, and the task stays pending.
   */
  private _refuseToEnter(): void {
    const outerTask = outerTaskOrUndefined();
    this._refuseStep(
      outerTask === undefined
        ? explainEntered(this._context)
        : new RuntimeError(
            `Cannot enter into task ${repr(this)} while another task ${repr(outerTask)} is being executed.`,
          ),
    );
  }

  /** Reports to the exception handler why a step, or a part of it, is left out. */
  private _refuseStep(exception: Error): void {
    leaveContext();
    this._loop.callExceptionHandler({ message: "Exception in callback Task.task_wakeup()", exception });
  }

  /** Runs the coroutine until it gives up control. */
  private _step(error: Error | undefined): void {
    const coroutine = this._coroutine as Coroutine<T>;
    enterContext(this);
    let step: IteratorResult<unknown, T> | undefined;
    let isDone: boolean | undefined;
    let value: unknown;
    try {
      if (isFollowing) step = resumeInStores(this, coroutine, error);
      else if (error === undefined) step = resume(coroutine, undefined);
      else if ((coroutine as unknown) instanceof NativeGenerator) step = throwIntoGenerator.call(coroutine, error);
      else step = throwIntoObject(coroutine, error);
      isDone = step.done;
      value = step.value;
    } catch (thrown) {
      forgetPassedFrames();
      this._endStep(thrown, step !== undefined && error === undefined);
      return;
    }
    if (passingStep !== undefined) this._keepFrames(coroutine, step);
    if (isDone === true) this._finish(value as T);
    else if (isDone !== false) this._takeOddStep(step, Boolean(isDone), value);
    else if (value === undefined) this._loop._scheduler.enqueueWithoutWakeUp(this);
    else if (!this._waitFor(value)) this._refuseYield(value, step);
  }

  /** @param step - the step that gave `yielded` */
  private _refuseYield(yielded: unknown, step: object): void {
    const coroutine = this._coroutine;
    if (coroutine instanceof FrameChain && coroutine.handUp(step as IteratorResult<never, T>)) this._step(undefined);
    else this._throwSoon(new RuntimeError(explainBadYield(this, yielded)));
  }

  /** Debug mode resumes natively, since it reads from the stack where the coroutine waits. */
  private _keepFrames(coroutine: Coroutine<T>, step: object): void {
    const chain = chainOf(coroutine, step);
    this._coroutine = isDebugging && this._loop.getDebug() ? rootOf(chain) : chain;
  }

  /** @internal Called when debug mode is switched on. */
  _resumeNatively(): void {
    if (this._coroutine !== undefined) this._coroutine = rootOf(this._coroutine);
  }

  /**
   * Handles an error of a step.
   *
   * @param isUnread - the coroutine was resumed without an error, and threw none, but reading its step did: it gets the
   * error at its next step, and may clean up
   */
  private _endStep(thrown: unknown, isUnread: boolean): void {
    if (isUnread) this._throwSoon(toException(thrown));
    else this._end(thrown);
  }

  /**
   * A coroutine written by hand may return a step without `done`, or with another value than a boolean, or a Promise.
   */
  private _takeOddStep(step: object, isDone: boolean, value: unknown): void {
    if (isDone) this._finish(value as T);
    else if (isPromiseLike(step)) this._refuseYield(step, step);
    else if (value === undefined) this._loop._scheduler.enqueueWithoutWakeUp(this);
    else if (!this._waitFor(value)) this._refuseYield(value, step);
  }

  private _finish(result: T): void {
    this._loop._tasks.delete(this);
    if ((this._flags & (mustCancel | stateMask)) === 0) this._succeed(result);
    else this._finishOtherwise();
  }

  /** The coroutine returned before a cancel could be delivered, or after the task was ended from outside. */
  private _finishOtherwise(): void {
    if ((this._flags & mustCancel) === 0) {
      this._refuseStep(new InvalidStateError("invalid state"));
    } else {
      this._flags &= ~mustCancel;
      super.cancel(this._cancelMessage);
    }
  }

  /** Ends the task with the error that its coroutine threw. */
  private _end(thrown: unknown): void {
    this._loop._tasks.delete(this);
    const isPending = (this._flags & stateMask) === 0;
    if (isCancelled(thrown)) {
      if (isPending) this._cancelWith(thrown);
      return;
    }
    if (isPending) this._fail(toException(thrown));
    else this._refuseStep(new InvalidStateError("invalid state", { cause: thrown }));
    if (leavesLoop(thrown)) throw thrown;
  }

  /** Waits for the future that the coroutine yielded. Returns `false` if the task cannot wait for it. */
  private _waitFor(yielded: unknown): boolean {
    try {
      // CPython's C class leaves the mark on a future that it refuses, so that future can never be awaited again.
      if (!isFuture(yielded) || !yielded._clearBlocking() || yielded._loop !== this._loop || yielded === this) {
        return false;
      }
      this._waitsFor = yielded;
      if (yielded.addDoneCallback === ownAddDoneCallback) yielded._queueWhenDone(this);
      else this._addWakeUp(yielded);
    } catch (thrown) {
      this._waitsFor = undefined;
      this._throwSoon(toException(thrown));
      return true;
    }
    if (this._cancelRequests > 0) this._passCancelOn(yielded);
    return true;
  }

  /** Lets a future of a user's class wake the task, through its own `addDoneCallback`. */
  private _addWakeUp(future: Future<unknown>): void {
    const callbacks = {
      "Task.task_wakeup": (): void => {
        if (this._waitsFor === future)
          this._runOtherwise(future._isDone() ? errorOf(future) : new InvalidStateError("Result is not set."), future);
      },
    };
    future.addDoneCallback(callbacks["Task.task_wakeup"], { context: this.getContext() });
  }

  /** Passes a cancel on to `future`, if it came before the task waited for `future`. */
  private _passCancelOn(future: Future<unknown>): void {
    try {
      if ((this._flags & mustCancel) !== 0 && future.cancel(this._cancelMessage)) this._flags &= ~mustCancel;
      else if (isDebugging && this._loop.getDebug()) noteWaitAfterCancel(this);
    } catch (thrown) {
      // The task waits on, as in CPython. When it is woken, the cancel is delivered.
      if (leavesLoop(thrown)) throw thrown;
      this._refuseStep(toException(thrown));
    }
  }

  /** Throws `error` into the coroutine at its next step. The coroutine may catch it and go on. */
  private _throwSoon(error: Error): void {
    const run = (): void => this._runOtherwise(error, undefined);
    this._loop._scheduler.enqueue({ _run: run, _task: this, toString: () => repr(this) });
  }

  override toString(): string {
    return printOnce(this, () => describeTask(this, this.getCoro(), this._waitsFor));
  }

  /** @internal The beginning of the task's text. */
  _describeName(): string {
    return describeName(this, this._cancelRequests > 0);
  }
}

function resumeInStores<T>(
  task: Task<T>,
  coroutine: Coroutine<T>,
  error: Error | undefined,
): IteratorResult<unknown, T> {
  return storesOf(task).runInAsyncScope(resumeWith<T>, undefined, coroutine, error);
}

function resumeWith<T>(coroutine: Coroutine<T>, error: Error | undefined): IteratorResult<unknown, T> {
  return error === undefined ? resume(coroutine, undefined) : resumeThrowing(coroutine, error);
}

/** The error that awaiting a done future throws, if any. */
function errorOf(future: Future<unknown>): Error | undefined {
  return future._hasSucceeded() ? undefined : future._takeError();
}
