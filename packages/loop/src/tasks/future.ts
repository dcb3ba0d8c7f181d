import { keepStores } from "../context/async-stores.ts";
import type { AbstractEventLoop, Loop } from "../scheduling/loop.ts";
import { markAsOurs } from "../copies/copies.ts";
import { contextFrom, type ContextOptions } from "../context/context-options.ts";
import type { Suspension } from "../coroutines/coroutine.ts";
import { describeCallbacks, describeOutcome, describeState } from "./describe-future.ts";
import { describeCreation, noteCreation } from "../debug/creations.ts";
import { noteSuspension } from "../debug/suspensions.ts";
import { isDebugging } from "../debug/debug-mode.ts";
import { type CancelledError, createCancelledError, InvalidStateError, RuntimeError } from "../errors/exceptions.ts";
import { loopFrom, type LoopOptions } from "./loop-options.ts";
import { getEventLoop } from "../scheduling/running-loop.ts";
import { promiseOf } from "./future-promise.ts";
import { Handle } from "../scheduling/handle.ts";
import { requireCallback } from "../scheduling/callbacks.ts";
import { isError, isErrorClass } from "../values/is-error.ts";
import type { Runnable } from "../scheduling/ready-queue.ts";
import { className } from "../text/names.ts";
import { printOnce, showAsText } from "../text/repr.ts";
import { noteAwaitedLate } from "../debug/traceback.ts";

const cancelMessages = new WeakMap<Future<unknown>, unknown>();
let hasCancelMessages = false;

type Waiters = Runnable | Runnable[] | undefined;

/** The state of a future: the lowest two bits of its flags. They are zero while it is pending. */
export const stateMask = 3;
const succeeded = 1;
const failed = 2;
const cancelled = 3;
/** A coroutine has yielded the future, and its task has not seen it yet: CPython's `_asyncio_future_blocking`. */
const blocking = 4;
/** The future has failed, and no code has retrieved the exception. */
const unretrieved = 8;
/** A promise that `fromPromise` waits for will end the future. */
const ofPromise = 64;

/**
 * A result that does not exist yet. A coroutine waits for it with `yield*`; `loop.createFuture()` makes one.
 *
 * Cancelling a task that awaits a future cancels the future, and with it all other tasks that await it. `shield`
 * prevents this.
 *
 * A future is its own iterator, so awaiting it allocates almost nothing: `next()` marks the future as blocking and
 * yields it, and the task clears the mark. The mark tells the task that the future was awaited and not just yielded.
 *
 * Source: asyncio.Future, CPython 3.14 Lib/asyncio/futures.py.
 */
export class Future<T> {
  // Members are private to TypeScript only, as in every class whose objects are made often: names with a # make a task
  // a sixth to a third more expensive.
  static {
    showAsText(this, "Future");
    markAsOurs(this);
  }

  /** @internal */
  declare readonly _loop: Loop;
  /**
   * @internal Facts about the future, as bits: a field for each would make it half as large again. 16 and 32 are for
   * tasks.
   */
  declare protected _flags: number;
  /**
   * While the future is pending: its done-callbacks and waiting tasks, in the order in which they came; mostly there is
   * at most one. Afterwards: the result, the exception, or the `CancelledError` that ended a task, until code has got
   * it.
   */
  declare private _content: unknown;
  /** @internal Set only when its exception was not retrieved for a while: otherwise a future has one field less. */
  declare _failure: object | undefined;

  /**
   * Makes a pending future.
   *
   * @param options - `loop` is the future's loop; by default the running loop, or else the loop that was set with
   * `setEventLoop`
   * @throws TypeError when `loop` is no loop of this copy of the package, or an option is unknown
   * @throws RuntimeError when `loop` is left out, no loop is running and no loop is set
   */
  constructor(options?: LoopOptions);
  /** @internal Takes a loop without checking it. */
  constructor(options: undefined, loop: AbstractEventLoop | undefined);
  constructor(options?: LoopOptions, loop?: AbstractEventLoop) {
    this._loop = loop ?? (options === undefined ? getEventLoop() : loopFrom(options));
    this._flags = 0;
    this._content = undefined;
    if (isDebugging) noteFuture(this);
  }

  /**
   * @internal The message of the last `cancel`. A table has it, and no field, because hardly any cancel has a message.
   */
  get _cancelMessage(): unknown {
    return hasCancelMessages ? cancelMessages.get(this) : undefined;
  }

  set _cancelMessage(message: unknown) {
    if (message === undefined && !hasCancelMessages) return;
    hasCancelMessages = true;
    cancelMessages.set(this, message);
  }

  /**
   * Returns the loop that this future belongs to.
   *
   * Source: asyncio.Future.get_loop, CPython 3.14 Lib/asyncio/futures.py.
   */
  getLoop(): AbstractEventLoop {
    return this._loop as AbstractEventLoop;
  }

  /**
   * Tells whether the future is done: it has a result or an exception, or it was cancelled.
   *
   * Source: asyncio.Future.done, CPython 3.14 Lib/asyncio/futures.py.
   */
  done(): boolean {
    return this._isDone();
  }

  /**
   * Tells whether the future was cancelled.
   *
   * Source: asyncio.Future.cancelled, CPython 3.14 Lib/asyncio/futures.py.
   */
  cancelled(): boolean {
    return this._isCancelled();
  }

  /**
   * Returns the result, or throws the exception, which then counts as retrieved.
   *
   * @throws the exception that the future failed with
   * @throws CancelledError when it was cancelled
   * @throws InvalidStateError when it is not done
   *
   * Source: asyncio.Future.result, CPython 3.14 Lib/asyncio/futures.py.
   */
  result(): T {
    if (this._hasSucceeded()) return this._content as T;
    if (!this._isDone()) throw new InvalidStateError("Result is not set.");
    throw this._takeError();
  }

  /**
   * Returns the exception, which then counts as retrieved.
   *
   * @returns the exception; `undefined` when there is a result
   * @throws CancelledError when the future was cancelled
   * @throws InvalidStateError when it is not done
   *
   * Source: asyncio.Future.exception, CPython 3.14 Lib/asyncio/futures.py.
   */
  exception(): Error | undefined {
    if (this._hasSucceeded()) return undefined;
    if (!this._isDone()) throw new InvalidStateError("Exception is not set.");
    if (this._isCancelled()) throw this._makeCancelledError();
    return this._takeError();
  }

  /**
   * Sets the result. The tasks that wait for the future, and its done-callbacks, run in the next iteration of the loop.
   *
   * @param result - what awaiting the future gives
   * @throws InvalidStateError when the future is already done
   * @throws RuntimeError when a task or a callback waits for it and the loop is closed
   *
   * Source: asyncio.Future.set_result, CPython 3.14 Lib/asyncio/futures.py.
   */
  setResult(result: T): void {
    this._requirePending();
    this._succeed(result);
  }

  /**
   * Sets an exception, which is thrown into the tasks that wait for the future, in the next iteration of the loop.
   *
   * @param exception - an error, or a class of errors, which is called without arguments
   * @throws InvalidStateError when the future is already done
   * @throws TypeError when `exception` is neither an error nor a class of errors
   * @throws RuntimeError when a task or a callback waits for the future and the loop is closed
   *
   * Source: asyncio.Future.set_exception, CPython 3.14 Lib/asyncio/futures.py.
   */
  setException(exception: Error | (new () => Error)): void {
    this._requirePending();
    const error: unknown = isErrorClass(exception) ? new exception() : exception;
    if (!isError(error)) throw new TypeError("invalid exception object");
    this._fail(error);
  }

  /**
   * @internal Fails with the exception of another future. A coroutine may have thrown one that `setException` refuses.
   */
  _failAs(exception: Error): void {
    this._requirePending();
    this._fail(exception);
  }

  /**
   * Cancels the future: a `CancelledError` is thrown into the tasks that wait for it, in the next iteration of the
   * loop.
   *
   * @param msg - a value for the error's `args`; by default they are empty
   * @returns `false` when the future is already done: then only its exception, if any, counts as retrieved; otherwise
   * `true`
   * @throws RuntimeError when a task or a callback waits for the future and the loop is closed
   *
   * Source: asyncio.Future.cancel, CPython 3.14 Lib/asyncio/futures.py.
   */
  cancel(msg?: unknown): boolean {
    this._markRetrieved();
    if (this._isDone()) return false;
    this._cancelMessage = msg;
    this._settle(cancelled, undefined);
    return true;
  }

  /**
   * Adds a callback, which the loop calls with this future once it is done: in the next iteration, and never at once.
   *
   * @param callback - a plain function; it is called once for each time that it was added
   * @param options - `context` is the context that the callback runs in; by default a copy of the current one
   * @throws TypeError when `callback` is no plain function, or `context` no `Context`
   * @throws RuntimeError when the future is done and the loop is closed
   *
   * Source: asyncio.Future.add_done_callback, CPython 3.14 Lib/asyncio/futures.py.
   */
  addDoneCallback(callback: (future: this) => void, options?: ContextOptions): void {
    requireCallback(callback, "addDoneCallback");
    this._queueWhenDone(keepStores(new Handle(callback, this, this._loop, contextFrom(options, "addDoneCallback"))));
  }

  /**
   * Removes `callback` as often as it was added. When the future is done, the loop calls its callbacks all the same.
   *
   * @param callback - the function that `addDoneCallback` was called with
   * @returns how many callbacks it removed
   *
   * Source: asyncio.Future.remove_done_callback, CPython 3.14 Lib/asyncio/futures.py.
   */
  removeDoneCallback(callback: (future: this) => void): number {
    return this._removeWaiters((waiter) => waiter instanceof Handle && waiter._callback === callback);
  }

  /** @internal Removes the waiters for which `isRemoved` returns `true`; returns how many. */
  _removeWaiters(isRemoved: (waiter: Runnable) => boolean): number {
    if (this._isDone()) return 0;
    const waiters = this._waiterList();
    const kept = waiters.filter((waiter) => !isRemoved(waiter));
    if (kept.length !== waiters.length) this._content = kept.length > 1 ? kept : kept[0];
    return waiters.length - kept.length;
  }

  /**
   * Returns a promise of the outcome, for promise code. It does not run the loop. A future is no thenable, so that
   * promise code does not await it by accident.
   *
   * @returns a promise of the result. It rejects with the exception; with a `DOMException` named "AbortError" when the
   * future is cancelled; with one named "TimeoutError" for a `TimeoutError`; with a `RuntimeError` when the loop is
   * closed before the future is done
   * @throws RuntimeError when the future is pending on a loop that is closed
   *
   * CPython has no counterpart.
   */
  toPromise(): Promise<T> {
    return promiseOf(this);
  }

  /**
   * Awaits the future: `yield* future` gives the result, or throws what `result()` throws.
   *
   * Cancelling the task that waits cancels the future.
   *
   * Source: asyncio.Future.__await__, CPython 3.14 Lib/asyncio/futures.py.
   */
  [Symbol.iterator](): Iterator<Suspension, T, unknown> {
    return this as unknown as Iterator<Suspension, T, unknown>;
  }

  /** @internal */
  next(): IteratorResult<this, T> {
    const flags = this._flags;
    if ((flags & stateMask) === succeeded) return { done: true, value: this._content as T };
    if ((flags & (stateMask | blocking)) !== 0) throw this._explainNext();
    this._flags = flags | blocking;
    if (isDebugging) noteWait(this);
    return { done: false, value: this };
  }

  /** @internal An error that is thrown into the waiting coroutine passes through. */
  throw(error: unknown): never {
    throw error;
  }

  /** @internal */
  return<R>(value: R): IteratorResult<never, R> {
    return { done: true, value };
  }

  /** The error that `next` throws: the future has failed, was cancelled, or is pending and was yielded before. */
  private _explainNext(): Error {
    if (!this._isDone()) return new RuntimeError("await wasn't used with future");
    const error = this._takeError();
    if (isDebugging) noteAwaitedLate(error, this);
    return error;
  }

  /** @internal */
  _isBlocking(): boolean {
    return (this._flags & blocking) !== 0;
  }

  /** @internal Clears the blocking mark; returns whether it was set. */
  _clearBlocking(): boolean {
    const flags = this._flags;
    this._flags = flags & ~blocking;
    return (flags & blocking) !== 0;
  }

  /** @internal Remembers that a promise will end the future. */
  _noteOfPromise(): void {
    this._flags |= ofPromise;
  }

  /** @internal */
  _isOfPromise(): boolean {
    return (this._flags & ofPromise) !== 0;
  }

  /** @internal Does what `done()` does. The loop calls it, because a subclass may have a `done` of its own. */
  _isDone(): boolean {
    return (this._flags & stateMask) !== 0;
  }

  /** @internal Does what `cancelled()` does. */
  _isCancelled(): boolean {
    return (this._flags & stateMask) === cancelled;
  }

  /** @internal */
  _hasSucceeded(): boolean {
    return (this._flags & stateMask) === succeeded;
  }

  /** @internal */
  _hasFailed(): boolean {
    return (this._flags & stateMask) === failed;
  }

  /** @internal The result or the exception of a future that is done. */
  get _outcome(): unknown {
    return this._content;
  }

  /** @internal */
  _succeed(result: T): void {
    this._settle(succeeded, result);
  }

  /** @internal */
  _fail(error: Error): void {
    this._settle(failed | unretrieved, error);
    this._loop._unretrieved.add(this);
  }

  /** @internal Fails with an exception that was reported already. */
  _failRetrieved(error: Error): void {
    this._settle(failed, error);
  }

  /** @internal Cancels with `error`, which the first code that asks for the outcome gets. */
  _cancelWith(error: CancelledError): void {
    this._cancelMessage = undefined;
    this._settle(cancelled, error);
  }

  /** @internal Queues `waiter` when the future is done; at once, if it is done. */
  _queueWhenDone(waiter: Runnable): void {
    if (this._isDone()) this._loop._scheduler.enqueue(waiter);
    else if (this._content === undefined) this._content = waiter;
    else this._addFurtherWaiter(waiter);
  }

  private _addFurtherWaiter(waiter: Runnable): void {
    const waiters = this._content as Runnable | Runnable[];
    if (Array.isArray(waiters)) waiters.push(waiter);
    else this._content = [waiters, waiter];
  }

  /** @internal */
  _isUnretrieved(): boolean {
    return (this._flags & unretrieved) !== 0;
  }

  /** @internal */
  _markRetrieved(): void {
    if (!this._isUnretrieved()) return;
    this._flags &= ~unretrieved;
    this._loop._unretrieved.forget(this);
  }

  /** @internal Returns the error that `result()` throws. The future has failed or was cancelled. */
  _takeError(): Error {
    if (this._isCancelled()) return this._makeCancelledError();
    this._markRetrieved();
    return this._content as Error;
  }

  /** @internal The first call returns the error that ended the task; each further call makes a new one. */
  _makeCancelledError(): CancelledError {
    const original = this._isCancelled() ? this._content : undefined;
    if (original === undefined) return createCancelledError(this._cancelMessage);
    this._content = undefined;
    return original as CancelledError;
  }

  /** Ends the future, and queues its waiting tasks and its callbacks. */
  private _settle(state: number, outcome: unknown): void {
    const waiters = this._content as Waiters;
    this._flags |= state;
    this._content = outcome;
    if (waiters === undefined) return;
    if (Array.isArray(waiters)) this._loop._scheduler.enqueueAll(waiters);
    else this._loop._scheduler.enqueue(waiters);
  }

  protected _requirePending(): void {
    if (this._isDone()) throw new InvalidStateError("invalid state");
  }

  /** @internal */
  _waiterList(): readonly Runnable[] {
    const waiters = this._isDone() ? undefined : (this._content as Waiters);
    return waiters === undefined ? [] : Array.isArray(waiters) ? waiters : [waiters];
  }

  toString(): string {
    return printOnce(this, () => {
      const parts = [
        describeState(this),
        ...describeOutcome(this),
        ...describeCallbacks(this),
        ...describeCreation(this),
      ];
      return `<${className(this)} ${parts.join(" ")}>`;
    });
  }
}

function noteFuture(future: Future<unknown>): void {
  if (future._loop.getDebug()) noteCreation(future);
}

function noteWait(future: Future<unknown>): void {
  if (future._loop.getDebug()) noteSuspension();
}

/**
 * Tells whether `value` is a future or a task of this copy of the package.
 *
 * @param value - any value
 *
 * Source: asyncio.isfuture, CPython 3.14 Lib/asyncio/futures.py.
 */
export function isFuture(value: unknown): value is Future<unknown> {
  return value instanceof Future;
}
