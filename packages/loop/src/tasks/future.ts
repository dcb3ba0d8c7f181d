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

/** The lowest two bits of a future's flags are its state: none is set while it is pending. */
export const stateMask = 3;
const succeeded = 1;
const failed = 2;
const cancelled = 3;
/** From the moment a coroutine yields the future until its task has seen it. */
const blocking = 4;
/** It has failed, and nobody has retrieved the exception. */
const unretrieved = 8;
/** A task waits for it in `fromPromise`. */
const ofPromise = 64;

/**
 * A result that is not there yet. A coroutine waits for it with `yield*`; `loop.createFuture()` makes one.
 *
 * It is its own iterator, so that awaiting it allocates next to nothing: `next()` marks it as blocking and yields it,
 * and the task, which takes the mark off again, knows by it that the future was awaited and not just yielded.
 *
 * Source: asyncio.Future, CPython 3.14 Lib/asyncio/futures.py.
 */
export class Future<T> {
  // Private to TypeScript alone, as in all that is made often: names with a # make a task a sixth to a third dearer.
  static {
    showAsText(this, "Future");
    markAsOurs(this);
  }

  /** @internal */
  declare readonly _loop: Loop;
  /** @internal What is true of it, as bits: a field for each would make it half as large again. 16 and 32 are a task's. */
  declare protected _flags: number;
  /**
   * While it is pending its done-callbacks and waiting tasks, in the order they came: mostly there is none, or one. Then the
   * result, the exception, or the error that cancelled a task and that nobody has seen yet.
   */
  declare private _content: unknown;
  /** @internal Only when its exception was not retrieved for a while: else it is one field less. */
  declare _failure: object | undefined;

  /**
   * @param options - `loop` is the loop it belongs to; the running one, or the one that is set, by default
   * @throws TypeError when `loop` is no loop of this copy of the package
   */
  constructor(options?: LoopOptions);
  /** @internal For a loop that is known to be one. */
  constructor(options: undefined, loop: AbstractEventLoop | undefined);
  constructor(options?: LoopOptions, loop?: AbstractEventLoop) {
    this._loop = loop ?? loopFrom(options);
    this._flags = 0;
    this._content = undefined;
    if (isDebugging) noteFuture(this);
  }

  /** @internal What was given to the last `cancel`. It is kept beside the future, since hardly any cancel has a message. */
  get _cancelMessage(): unknown {
    return hasCancelMessages ? cancelMessages.get(this) : undefined;
  }

  set _cancelMessage(message: unknown) {
    if (message === undefined && !hasCancelMessages) return;
    hasCancelMessages = true;
    cancelMessages.set(this, message);
  }

  /** Returns the loop this future belongs to. */
  getLoop(): AbstractEventLoop {
    return this._loop as AbstractEventLoop;
  }

  /** Tells whether there is a result, an exception, or a cancellation. */
  done(): boolean {
    return this._isDone();
  }

  /** Tells whether the future was cancelled. */
  cancelled(): boolean {
    return this._isCancelled();
  }

  /**
   * Returns the result.
   *
   * @throws the exception the future failed with
   * @throws CancelledError when it was cancelled
   * @throws InvalidStateError when it is not done
   */
  result(): T {
    if (this._hasSucceeded()) return this._content as T;
    if (!this._isDone()) throw new InvalidStateError("Result is not set.");
    throw this._takeError();
  }

  /**
   * Returns the exception, or `undefined` when there is a result.
   *
   * @throws CancelledError when it was cancelled
   * @throws InvalidStateError when it is not done
   */
  exception(): Error | undefined {
    if (this._hasSucceeded()) return undefined;
    if (!this._isDone()) throw new InvalidStateError("Exception is not set.");
    if (this._isCancelled()) throw this._makeCancelledError();
    return this._takeError();
  }

  /**
   * Sets the result and wakes those who wait, in the next iteration of the loop.
   *
   * @throws InvalidStateError when the future is already done
   */
  setResult(result: T): void {
    this._requirePending();
    this._succeed(result);
  }

  /**
   * Sets an exception, which those who wait will have thrown at them.
   *
   * @param exception - an error, or a class of errors to be made without arguments
   * @throws InvalidStateError when the future is already done
   * @throws TypeError when `exception` is neither
   */
  setException(exception: Error | (new () => Error)): void {
    this._requirePending();
    const error: unknown = isErrorClass(exception) ? new exception() : exception;
    if (!isError(error)) throw new TypeError("invalid exception object");
    this._fail(error);
  }

  /** @internal Fails it as another has failed: a coroutine may have thrown what `setException` refuses. */
  _failAs(exception: Error): void {
    this._requirePending();
    this._fail(exception);
  }

  /**
   * Cancels the future: those who wait have a `CancelledError` thrown at them.
   *
   * @param msg - what the error's `args` hold
   * @returns `false`, with nothing changed, when the future is already done
   */
  cancel(msg?: unknown): boolean {
    this._markRetrieved();
    if (this._isDone()) return false;
    this._cancelMessage = msg;
    this._settle(cancelled, undefined);
    return true;
  }

  /**
   * Has `callback` called with this future once it is done, through the loop and never at once.
   *
   * @param options - `context` is what the callback runs in; a copy of the current one by default
   * @throws TypeError when `callback` is no plain function, or `context` no `Context`
   */
  addDoneCallback(callback: (future: this) => void, options?: ContextOptions): void {
    requireCallback(callback, "addDoneCallback");
    this._queueWhenDone(keepStores(new Handle(callback, this, this._loop, contextFrom(options, "addDoneCallback"))));
  }

  /**
   * Removes every registration of `callback` that is not already on its way.
   *
   * @returns how many there were
   */
  removeDoneCallback(callback: (future: this) => void): number {
    return this._removeWaiters((waiter) => waiter instanceof Handle && waiter._callback === callback);
  }

  /** @internal Removes the waiters that `isRemoved` says; returns how many. */
  _removeWaiters(isRemoved: (waiter: Runnable) => boolean): number {
    const waiters = this._waiterList();
    const kept = waiters.filter((waiter) => !isRemoved(waiter));
    if (kept.length !== waiters.length) this._content = kept.length > 1 ? kept : kept[0];
    return waiters.length - kept.length;
  }

  /**
   * Returns a promise of the outcome, for promise code: a future is no thenable, so that nobody awaits it by accident. It
   * does not run the loop.
   *
   * @returns a promise that rejects with the exception; with an "AbortError" of the web when the future is cancelled
   * @throws RuntimeError when it is pending on a loop that is closed
   */
  toPromise(): Promise<T> {
    return promiseOf(this);
  }

  /** Awaiting: `yield* future` gives the result, or throws what `result()` throws. */
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

  /** @internal What is thrown into the waiting coroutine passes through. */
  throw(error: unknown): never {
    throw error;
  }

  /** @internal */
  return<R>(value: R): IteratorResult<never, R> {
    return { done: true, value };
  }

  /** What `next` throws. */
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

  /** @internal Takes the mark of being awaited off again; returns whether it was there. */
  _clearBlocking(): boolean {
    const flags = this._flags;
    this._flags = flags & ~blocking;
    return (flags & blocking) !== 0;
  }

  /** @internal It is a promise that will end it. */
  _noteOfPromise(): void {
    this._flags |= ofPromise;
  }

  /** @internal */
  _isOfPromise(): boolean {
    return (this._flags & ofPromise) !== 0;
  }

  /** @internal What `done()` tells, where a subclass's own must not be asked: in a step of the loop. */
  _isDone(): boolean {
    return (this._flags & stateMask) !== 0;
  }

  /** @internal What `cancelled()` tells, likewise. */
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

  /** @internal Fails with an exception that is reported already. */
  _failRetrieved(error: Error): void {
    this._settle(failed, error);
  }

  /** @internal Cancelled by an error that whoever asks first shall see. */
  _cancelWith(error: CancelledError): void {
    this._cancelMessage = undefined;
    this._settle(cancelled, error);
  }

  /** @internal Has `waiter` queued when the future is done; now, if it is. */
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

  /** @internal What `result()` throws: the future has failed or was cancelled. */
  _takeError(): Error {
    if (this._isCancelled()) return this._makeCancelledError();
    this._markRetrieved();
    return this._content as Error;
  }

  /** @internal The error a task ended with is thrown once; after that each caller gets one of its own. */
  _makeCancelledError(): CancelledError {
    const original = this._isCancelled() ? this._content : undefined;
    if (original === undefined) return createCancelledError(this._cancelMessage);
    this._content = undefined;
    return original as CancelledError;
  }

  /** Ends it, and queues everyone who waits. */
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
 * Tells whether `value` is a future or a task.
 *
 * Source: asyncio.isfuture, CPython 3.14 Lib/asyncio/futures.py.
 */
export function isFuture(value: unknown): value is Future<unknown> {
  return value instanceof Future;
}
