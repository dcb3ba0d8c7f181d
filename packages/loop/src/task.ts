import { captureStores, isFollowing, type Stores, storesOf } from "./async-stores.ts";
import { explainBadYield } from "./bad-yield.ts";
import type { BaseEventLoop } from "./base-event-loop.ts";
import {
  type Context,
  currentTaskOrUndefined,
  enterContext,
  explainEntered,
  leaveContext,
  ownContext,
  settleContext,
  snapshotContext,
} from "./contextvars.ts";
import { type Coroutine, resume, resumeThrowing, takeCoroutine } from "./coroutine.ts";
import {
  describeCreation,
  describePlace,
  forgetCancel,
  framesOfStep,
  isDebugging,
  noteWaitAfterCancel,
  type StackFrame,
  suspendedAt,
} from "./debug.ts";
import { describeCallbacks, describeOutcome, describeState } from "./describe-future.ts";
import { CancelledError, leavesLoop, RuntimeError, toException } from "./exceptions.ts";
import { Future } from "./future.ts";
import type { Runnable } from "./ready-queue.ts";
import { repr } from "./repr.ts";
import { getRunningLoopOrUndefined } from "./running.ts";
import type { TaskOptions } from "./task-options.ts";

let unnamedTasks = 0;

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
export class Task<T> extends Future<T> implements Runnable {
  /** `undefined` once an eager first step has ended the task. */
  #coroutine: Coroutine<T> | undefined;
  /** @internal */
  _context: Context;
  /** @internal Only while they are followed: else it is one field less. */
  declare _stores: Stores | undefined;
  #name: string | number;
  #waitsFor: Future<unknown> | undefined = undefined;
  /** A cancel that found nothing to cancel: it is delivered at the next step. */
  #mustCancel = false;
  #cancelRequests = 0;
  /** @internal */
  _reportWhenDestroyed = true;
  /** @internal Its neighbours in the loop's list of tasks. */
  _previous: Task<unknown> | undefined = undefined;
  /** @internal */
  _next: Task<unknown> | undefined = undefined;

  /**
   * @param coroutine - what it runs, from the next iteration of the loop on
   * @param options - `loop` is the loop it runs on, the running one by default; and those of `createTask`
   * @throws TypeError when `coroutine` is no coroutine
   * @throws RuntimeError when it was given to a task before, or when the loop is closed
   */
  constructor(coroutine: Coroutine<T>, options?: TaskOptions & { readonly loop?: BaseEventLoop | undefined }) {
    super(options);
    this._loop._requireOpen();
    takeCoroutine(coroutine);
    this.#coroutine = coroutine;
    const name = options?.name;
    this.#name = name === undefined ? ++unnamedTasks : String(name);
    this._context = options?.context ?? snapshotContext();
    if (isFollowing) this._stores = captureStores();
    if (options?.eagerStart === true && getRunningLoopOrUndefined() === this._loop) {
      this.#startEagerly();
    } else {
      this._loop._enqueue(this);
      this._loop._tasks.add(this);
    }
  }

  /** Returns the name. */
  getName(): string {
    if (typeof this.#name === "number") this.#name = `Task-${this.#name}`;
    return this.#name;
  }

  /** Sets the name to the text of `value`. */
  setName(value: unknown): void {
    this.#name = String(value);
  }

  /** Returns the coroutine, or `undefined` when it ended in an eager first step. */
  getCoro(): Coroutine<T> | undefined {
    return this.#coroutine;
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
    this._markRetrieved();
    if (this._state !== "pending") return false;
    this.#cancelRequests += 1;
    // The awaited future takes the cancel on and wakes this task with it; unless it is already done, or refuses.
    if (this.#waitsFor?.cancel(msg) === true) return true;
    this.#mustCancel = true;
    this._cancelMessage = msg;
    return true;
  }

  /** Returns how many requests to cancel the task has had, less the calls of `uncancel`. */
  cancelling(): number {
    return this.#cancelRequests;
  }

  /**
   * Takes one request to cancel back. Whoever cancels a task and then swallows its `CancelledError` calls this. When
   * none is left, a request that was not delivered yet never will be.
   *
   * @returns how many are left
   */
  uncancel(): number {
    if (this.#cancelRequests > 0) {
      this.#cancelRequests -= 1;
      if (this.#cancelRequests === 0) {
        this.#mustCancel = false;
        if (isDebugging) forgetCancel(this);
      }
    }
    return this.#cancelRequests;
  }

  /**
   * Returns the `yield*`s at which a suspended task stands, or those of the error that a failed one ended with, the
   * outermost first. A suspended task's are known in debug mode only.
   *
   * @param options - `limit` is how many to return at most: the innermost of a suspended task, the outermost of an error
   */
  getStack(options: { readonly limit?: number | undefined } = {}): StackFrame[] {
    const { limit = Infinity } = options;
    if (limit <= 0) return [];
    if (this._state === "pending") return suspendedAt(this).slice(-limit);
    return this._state === "failed" ? framesOfStep((this._outcome as Error).stack ?? "").slice(0, limit) : [];
  }

  /**
   * Writes what `getStack` returns to the console, as one error.
   *
   * @param options - `limit` is how many to write at most
   */
  printStack(options: { readonly limit?: number | undefined } = {}): void {
    const frames = this.getStack(options).map(({ name, location }) => `\n  ${location}, in ${name || "<lambda>"}`);
    const kind = this._state === "failed" ? "Traceback" : "Stack";
    if (frames.length === 0) console.error(`No stack for ${this}`);
    else console.error(`${kind} for ${this} (most recent call last):${frames.join("")}`);
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
  get _task(): Task<T> {
    return this;
  }

  /** @internal One step: the first, or the one after what the task waited for. */
  _run(): void {
    const waitedFor = this.#waitsFor;
    let error: Error | undefined;
    if (waitedFor !== undefined) {
      this.#waitsFor = undefined;
      if (waitedFor._state !== "succeeded") error = waitedFor._takeError();
    }
    if (this.#mustCancel) error = this.#takeCancel(error);
    this.#step(error);
  }

  /** The first step, inside the step of whoever creates the task. */
  #startEagerly(): void {
    const { _tasks: tasks, _eagerTasks: eagerTasks } = this._loop;
    settleContext();
    eagerTasks.add(this);
    try {
      this.#step(undefined);
    } finally {
      eagerTasks.delete(this);
      if (this._state !== "pending") this.#coroutine = undefined;
    }
    if (this._state === "pending") tasks.add(this);
  }

  /** The error to throw in for a cancel that came when the awaited future, if any, was already done. */
  #takeCancel(error: Error | undefined): Error {
    this.#mustCancel = false;
    // If the future was cancelled too its error, and its message, came first.
    return error instanceof CancelledError ? error : this._makeCancelledError();
  }

  /** Runs the coroutine up to where it next gives up control. */
  #step(error: Error | undefined): void {
    const coroutine = this.#coroutine as Coroutine<T>;
    const outerTask = currentTaskOrUndefined();
    if (this._context._entered || (outerTask !== undefined && !this._loop._eagerTasks.has(this))) {
      this.#refuseStep(outerTask);
      return;
    }
    const outer = enterContext(this);
    try {
      let step: IteratorResult<unknown, T>;
      try {
        if (isFollowing) step = storesOf(this).runInAsyncScope(resumeWith, undefined, coroutine, error);
        else step = error === undefined ? resume(coroutine, undefined) : resumeThrowing(coroutine, error);
      } catch (thrown) {
        this.#end(thrown);
        return;
      }
      if (step.done === true) this.#finish(step.value);
      else if (step.value === undefined) this._loop._enqueue(this);
      else this.#waitFor(step.value);
    } finally {
      leaveContext(outer);
    }
  }

  /**
   * The loop is run inside a task's step, or inside the very context that this task would enter. The step is lost, as in
   * CPython, and the task stays pending.
   */
  #refuseStep(outerTask: Task<unknown> | undefined): void {
    const isEager = this._loop._eagerTasks.has(this);
    const exception =
      outerTask === undefined || isEager
        ? explainEntered(this._context)
        : new RuntimeError(`Cannot enter into task ${this} while another task ${outerTask} is being executed.`);
    if (isEager) throw exception;
    this._loop.callExceptionHandler({ message: "Exception in callback Task.task_wakeup()", exception });
  }

  #finish(result: T): void {
    this._loop._tasks.delete(this);
    if (this.#mustCancel) {
      this.#mustCancel = false;
      super.cancel(this._cancelMessage);
    } else {
      this._succeed(result);
    }
  }

  /** Ends the task with what its coroutine threw. */
  #end(thrown: unknown): void {
    this._loop._tasks.delete(this);
    if (thrown instanceof CancelledError) {
      this._outcome = thrown;
      super.cancel();
      return;
    }
    this._fail(toException(thrown));
    if (leavesLoop(thrown)) throw thrown;
  }

  /** Waits for the future that the coroutine yielded, if it is one that can be waited for. */
  #waitFor(yielded: unknown): void {
    const isFuture = yielded instanceof Future;
    const isAwaited = isFuture && yielded._blocking;
    // CPython's C class leaves the mark on a future that it refuses, which then can never be awaited again.
    if (isFuture) yielded._blocking = false;
    if (!isAwaited || yielded._loop !== this._loop || (yielded as Future<unknown>) === this) {
      this.#throwSoon(explainBadYield(this, yielded));
      return;
    }
    yielded._addWaiter(this);
    this.#waitsFor = yielded;
    if (this.#mustCancel && yielded.cancel(this._cancelMessage)) this.#mustCancel = false;
    else if (isDebugging && this.#cancelRequests > 0 && this._loop.getDebug()) noteWaitAfterCancel(this);
  }

  /** Throws a `RuntimeError` into the coroutine at its next step; it may catch it and go on. */
  #throwSoon(text: string): void {
    const error = new RuntimeError(text);
    this._loop._enqueue({
      _run: () => this.#step(this.#mustCancel ? this.#takeCancel(undefined) : error),
    });
  }

  override toString(): string {
    const place = this._state === "pending" ? describePlace(this) : undefined;
    const coroutine = place === undefined ? repr(this.#coroutine) : `<${place}>`;
    const state = this._state === "pending" && this.#cancelRequests > 0 ? "cancelling" : describeState(this);
    const parts = [state, `name=${repr(this.getName())}`, `coro=${coroutine}`];
    if (this.#waitsFor !== undefined) parts.push(`wait_for=${this.#waitsFor}`);
    parts.push(...describeOutcome(this), ...describeCallbacks(this), ...describeCreation(this));
    return `<${this.constructor.name} ${parts.join(" ")}>`;
  }
}

function resumeWith<T>(coroutine: Coroutine<T>, error: Error | undefined): IteratorResult<unknown, T> {
  return error === undefined ? resume(coroutine, undefined) : resumeThrowing(coroutine, error);
}
