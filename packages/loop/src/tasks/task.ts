import { captureStores, isFollowing, type Stores, storesOf } from "../context/async-stores.ts";
import { explainBadYield } from "./bad-yield.ts";
import { describeName, describeTask } from "./describe-task.ts";
import { printStackOf, type StackOptions, stackOfTask } from "./task-stack.ts";
import {
  beginNested,
  endNested,
  enterContext,
  leaveContext,
  outerTaskOrUndefined,
  ownContext,
} from "../context/ambient.ts";
import { type Context, explainEntered, snapshotContext } from "../context/contextvars.ts";
import { type Coroutine } from "../coroutines/coroutine.ts";
import { takeCoroutine } from "../coroutines/take-coroutine.ts";
import { resume, resumeThrowing } from "../coroutines/resume.ts";
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
import { getRunningLoopOrUndefined } from "../context/ambient.ts";
import { readTaskOptions, type TaskOptions, type TaskOptionsWithLoop } from "./task-options.ts";
import { noteAwaited } from "../debug/traceback.ts";

let unnamedTasks = 0;

/** Flags beside those of a future. A cancel that found nothing to cancel: it is delivered at the next step. */
const mustCancel = 16;
/** Nobody but its maker knows of it: it is not reported when it is destroyed while pending. */
const unreported = 32;

/** The methods of futures themselves: a task that waits for one need not call the first, and the second asks no other. */
const { addDoneCallback: ownAddDoneCallback, cancel: cancelAlone } = Future.prototype as {
  readonly addDoneCallback: unknown;
  readonly cancel: unknown;
};

/**
 * A coroutine on its way through the loop. `createTask` makes one.
 *
 * A pending task is in one of three states, and so stands in the ready queue at most once:
 * - it waits: `_waitsFor` is the future it was last seen to await, which queues it when it is done;
 * - it is queued, for its first step, or after a bare `yield` or an error of its own making;
 * - it is stepping: it is the current task.
 *
 * Source: asyncio.Task, CPython 3.14 Lib/asyncio/tasks.py.
 */
export class Task<T> extends Future<T> implements Runnable, Relay {
  static {
    nameClass(this, "Task");
    declareRelay(this);
  }

  /** `undefined` once an eager first step has ended the task. */
  declare private _coroutine: Coroutine<T> | undefined;
  /** @internal */
  declare _context: Context;
  /** @internal Only while they are followed: else it is one field less. */
  declare _stores: Stores | undefined;
  /** A number stands for the name `Task-1`. */
  declare private _name: string | number;
  declare private _waitsFor: Future<unknown> | undefined;
  declare private _cancelRequests: number;
  /** @internal Its neighbours in the loop's list of tasks. */
  declare _previous: Task<unknown> | undefined;
  /** @internal */
  declare _next: Task<unknown> | undefined;

  /**
   * @param coroutine - what it runs, from the next iteration of the loop on
   * @param options - `loop` is the loop it runs on, the running one by default; and those of `createTask`
   * @throws TypeError when `coroutine` is no coroutine, or an option is wrong
   * @throws RuntimeError when it was given to a task before, or when the loop is closed
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

  /** The rest of the constructor. V8 inlines short functions only, and checks each `this` of a derived constructor. */
  private _begin(coroutine: Coroutine<T>, options: TaskOptions | undefined): void {
    const loop = this._loop;
    // Before anything is taken or counted, since it throws where the loop is closed.
    if (getRunningLoopOrUndefined() !== loop) loop._wakeFromOutside();
    takeCoroutine(coroutine);
    if (isFollowing) this._stores = captureStores();
    if (options === undefined) this._name = ++unnamedTasks;
    else if (this._beginWith(options)) return;
    loop._scheduler.enqueueNext(this);
    loop._tasks.add(this);
  }

  /** Returns whether the first step has been made. */
  private _beginWith({ context, name, eagerStart }: TaskOptions): boolean {
    if (context !== undefined) this._context = context;
    // One whose text cannot be had must not lose the coroutine, which is taken by now.
    this._name = name === undefined ? ++unnamedTasks : toText(name);
    return eagerStart === true && this._startEagerly();
  }

  /** Returns the name. */
  getName(): string {
    if (typeof this._name === "number") this._name = `Task-${this._name}`;
    return this._name;
  }

  /** Sets the name to the text of `value`. */
  setName(value: unknown): void {
    this._name = String(value);
  }

  /** Returns the coroutine, or `undefined` when it ended in an eager first step. */
  getCoro(): Coroutine<T> | undefined {
    return this._coroutine;
  }

  /** Returns the context that the task's steps run in. */
  getContext(): Context {
    return ownContext(this);
  }

  /**
   * Asks for the task to be cancelled: a `CancelledError` is thrown into the coroutine at the `yield*` where it waits,
   * or at the next one. The coroutine may clean up, take its time, or swallow the error and go on, so that this does
   * not guarantee that the task will be cancelled. One that has not started never will be.
   *
   * @param msg - what the error's `args` hold
   * @returns `false` when the task is already done, and nothing happens
   */
  override cancel(msg?: unknown): boolean {
    const waitsFor = this._waitsFor;
    if (waitsFor !== undefined && waitsFor.cancel !== cancelAlone) return passCancelOn(this, msg);
    if (!this._beginCancel()) return false;
    // The awaited future takes the cancel on and wakes this task with it; unless it is already done.
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

  /** Takes the task out of a circle of tasks that wait for each other: its next step is queued, as nobody else would. */
  private _leaveCircle(): void {
    const waitsFor = this._waitsFor;
    if (waitsFor === undefined || waitsFor._isDone()) return;
    waitsFor._removeWaiters((waiter) => waiter === this);
    this._waitsFor = undefined;
    this._loop._scheduler.enqueue(this);
  }

  /** Returns how many requests to cancel the task has had, less the calls of `uncancel`. */
  cancelling(): number {
    return this._cancelRequests;
  }

  /**
   * Takes one request to cancel back. Whoever cancels a task and then swallows its `CancelledError` calls this. When
   * none is left, a request that was not delivered yet never will be.
   *
   * @returns how many are left
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
   * Returns the `yield*`s at which a suspended task stands, or those of the error that a failed one ended with, the
   * outermost first. A suspended task's are known in debug mode only.
   *
   * @param options - `limit` is how many to return at most: the innermost of a suspended task, the outermost of an error
   */
  getStack(options?: StackOptions): StackFrame[] {
    return stackOfTask(this, options, "getStack");
  }

  /**
   * Writes what `getStack` returns to the console, as one error.
   *
   * @param options - `limit` is how many to write at most
   */
  printStack(options?: StackOptions): void {
    printStackOf(this, options);
  }

  /** @throws RuntimeError always: a task's result is what its coroutine returns */
  override setResult(_result: T): never {
    throw new RuntimeError("Task does not support set_result operation");
  }

  /** @throws RuntimeError always: a task's exception is what its coroutine throws */
  override setException(_exception: unknown): never {
    throw new RuntimeError("Task does not support set_exception operation");
  }

  /** @internal */
  _dontReport(): void {
    this._flags |= unreported;
  }

  /** @internal Tells whether it is reported when it is destroyed while pending. */
  _isReported(): boolean {
    return (this._flags & unreported) === 0;
  }

  /** @internal */
  get _task(): Task<T> {
    return this;
  }

  /** @internal One step: the first, or the one after what the task waited for. */
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
   * A step that is no plain one: the task may be to be cancelled; or it was ended from outside, by a method of `Future`, and
   * its coroutine goes no further.
   *
   * @param error - what is thrown into the coroutine, if anything is
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

  /** The first step, inside the step of whoever creates the task; returns whether there is one. */
  private _startEagerly(): boolean {
    const { _tasks: tasks, _eagerTasks: eagerTasks } = this._loop;
    if (getRunningLoopOrUndefined() !== this._loop) return false;
    eagerTasks.add(this);
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

  /** The error to throw in for a cancel that came when the awaited future, if any, was already done. */
  private _takeCancel(error: Error | undefined): Error {
    this._flags &= ~mustCancel;
    // If the future was cancelled too its error, and its message, came first.
    return isCancelled(error) ? error : this._makeCancelledError();
  }

  private _resume(error: Error | undefined): void {
    if (this._context._entered || outerTaskOrUndefined() !== undefined) this._refuseToEnter();
    else this._step(error);
  }

  /**
   * The loop is run inside a task's step, or inside the very context that this task would enter. The step is lost, as in
   * CPython, and the task stays pending.
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

  /** Tells the exception handler why a step, or a part of it, is not made. */
  private _refuseStep(exception: Error): void {
    leaveContext();
    this._loop.callExceptionHandler({ message: "Exception in callback Task.task_wakeup()", exception });
  }

  /** Runs the coroutine up to where it next gives up control. */
  private _step(error: Error | undefined): void {
    const coroutine = this._coroutine as Coroutine<T>;
    enterContext(this);
    let step: IteratorResult<unknown, T> | undefined;
    let isDone: boolean | undefined;
    let value: unknown;
    try {
      if (isFollowing) step = resumeInStores(this, coroutine, error);
      else step = error === undefined ? resume(coroutine, undefined) : resumeThrowing(coroutine, error);
      isDone = step.done;
      value = step.value;
    } catch (thrown) {
      this._endStep(thrown, step !== undefined && error === undefined);
      return;
    }
    if (isDone === true) this._finish(value as T);
    else if (isDone !== false) this._takeOddStep(step, Boolean(isDone), value);
    else if (value === undefined) this._loop._scheduler.enqueueNext(this);
    else this._waitFor(value);
  }

  /** @param isUnread - what the coroutine has given cannot be read: the first time it is told, and may clean up */
  private _endStep(thrown: unknown, isUnread: boolean): void {
    if (isUnread) this._throwSoon(toException(thrown));
    else this._end(thrown);
  }

  /** Written by hand, a coroutine may leave out `done`, give something else than `true` and `false`, or a Promise. */
  private _takeOddStep(step: object, isDone: boolean, value: unknown): void {
    if (isDone) this._finish(value as T);
    else if (isPromiseLike(step)) this._waitFor(step);
    else if (value === undefined) this._loop._scheduler.enqueueNext(this);
    else this._waitFor(value);
  }

  private _finish(result: T): void {
    this._loop._tasks.delete(this);
    if ((this._flags & (mustCancel | stateMask)) === 0) this._succeed(result);
    else this._finishOtherwise();
  }

  /** The coroutine has ended before a cancel could be delivered; or after it was ended from outside. */
  private _finishOtherwise(): void {
    if ((this._flags & mustCancel) === 0) {
      this._refuseStep(new InvalidStateError("invalid state"));
    } else {
      this._flags &= ~mustCancel;
      super.cancel(this._cancelMessage);
    }
  }

  /** Ends the task with what its coroutine threw. */
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

  /** Waits for the future that the coroutine yielded, if it is one that can be waited for. */
  private _waitFor(yielded: unknown): void {
    try {
      // CPython's C class leaves the mark on a future that it refuses, which then can never be awaited again.
      if (!isFuture(yielded) || !yielded._clearBlocking() || yielded._loop !== this._loop || yielded === this) {
        this._throwSoon(new RuntimeError(explainBadYield(this, yielded)));
        return;
      }
      this._waitsFor = yielded;
      if (yielded.addDoneCallback === ownAddDoneCallback) yielded._queueWhenDone(this);
      else this._addWakeUp(yielded);
    } catch (thrown) {
      this._waitsFor = undefined;
      this._throwSoon(toException(thrown));
      return;
    }
    if (this._cancelRequests > 0) this._passCancelOn(yielded);
  }

  /** Has a future of the user's class wake the task, through its own `addDoneCallback`. */
  private _addWakeUp(future: Future<unknown>): void {
    const callbacks = {
      "Task.task_wakeup": (): void => {
        if (this._waitsFor === future)
          this._runOtherwise(future._isDone() ? errorOf(future) : new InvalidStateError("Result is not set."), future);
      },
    };
    future.addDoneCallback(callbacks["Task.task_wakeup"], { context: this.getContext() });
  }

  /** The task was cancelled before it waited for `future`. */
  private _passCancelOn(future: Future<unknown>): void {
    try {
      if ((this._flags & mustCancel) !== 0 && future.cancel(this._cancelMessage)) this._flags &= ~mustCancel;
      else if (isDebugging && this._loop.getDebug()) noteWaitAfterCancel(this);
    } catch (thrown) {
      // It goes on waiting, as in CPython, and the cancel is delivered when it is woken.
      if (leavesLoop(thrown)) throw thrown;
      this._refuseStep(toException(thrown));
    }
  }

  /** Throws `error` into the coroutine at its next step; it may catch it and go on. */
  private _throwSoon(error: Error): void {
    const run = (): void => this._runOtherwise(error, undefined);
    this._loop._scheduler.enqueue({ _run: run, _task: this, toString: () => repr(this) });
  }

  override toString(): string {
    return printOnce(this, () => describeTask(this, this._coroutine, this._waitsFor));
  }

  /** @internal The beginning of its text. */
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

/** What a future that is done throws where it is awaited, if it does. */
function errorOf(future: Future<unknown>): Error | undefined {
  return future._hasSucceeded() ? undefined : future._takeError();
}
