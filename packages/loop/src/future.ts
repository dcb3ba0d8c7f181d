import { keepStores } from "./async-stores.ts";
import type { BaseEventLoop } from "./base-event-loop.ts";
import { markAsOurs } from "./copies.ts";
import { snapshotContext } from "./contextvars.ts";
import type { Suspension } from "./coroutine.ts";
import { describeCallbacks, describeOutcome, describeState } from "./describe-future.ts";
import { describeCreation, isDebugging, noteCreation, noteSuspension } from "./debug.ts";
import { type CancelledError, createCancelledError, InvalidStateError, isError, RuntimeError } from "./exceptions.ts";
import { promiseOf } from "./future-promise.ts";
import { Handle, requireCallback } from "./handle.ts";
import type { Runnable } from "./ready-queue.ts";
import { showAsText } from "./repr.ts";
import { getEventLoop } from "./running.ts";
import type { ContextOptions } from "./scheduler.ts";
import type { Failure } from "./unretrieved.ts";

const cancelMessages = new WeakMap<Future<unknown>, unknown>();
let hasCancelMessages = false;

/**
 * A result that is not there yet. A coroutine waits for it with `yield*`; `loop.createFuture()` makes one.
 *
 * It is its own iterator, so that awaiting it allocates next to nothing: `next()` marks it as blocking and yields it,
 * and the task, which takes the mark off again, knows by it that the future was awaited and not just yielded.
 *
 * Source: asyncio.Future, CPython 3.14 Lib/asyncio/futures.py.
 */
export class Future<T> {
  static {
    showAsText(this);
    markAsOurs(this);
  }

  /** @internal */
  readonly _loop: BaseEventLoop;
  /** @internal */
  _state: "pending" | "cancelled" | "succeeded" | "failed" = "pending";
  /** @internal The result, the exception, or the error that cancelled a task and that nobody has seen yet. */
  _outcome: unknown = undefined;
  /** @internal Set from the moment a coroutine yields this future until its task has seen it. */
  _blocking = false;
  /** @internal The exception was not retrieved; a record of it where it is already being watched. */
  _unretrieved: boolean | Failure = false;
  /** @internal Done-callbacks and waiting tasks, in the order they came. Mostly there is none, or one. */
  _waiters: Runnable | Runnable[] | undefined = undefined;

  /** @param options - `loop` is the loop it belongs to; the running one, or the one that is set, by default */
  constructor(options?: { readonly loop?: BaseEventLoop | undefined }) {
    this._loop = options?.loop ?? getEventLoop();
    if (isDebugging && this._loop.getDebug()) noteCreation(this);
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
  getLoop(): BaseEventLoop {
    return this._loop;
  }

  /** Tells whether there is a result, an exception, or a cancellation. */
  done(): boolean {
    return this._state !== "pending";
  }

  /** Tells whether the future was cancelled. */
  cancelled(): boolean {
    return this._state === "cancelled";
  }

  /**
   * Returns the result.
   *
   * @throws the exception the future failed with
   * @throws CancelledError when it was cancelled
   * @throws InvalidStateError when it is not done
   */
  result(): T {
    switch (this._state) {
      case "succeeded":
        return this._outcome as T;
      case "failed":
      case "cancelled":
        throw this._takeError();
      case "pending":
        throw new InvalidStateError("Result is not set.");
    }
  }

  /**
   * Returns the exception, or `undefined` when there is a result.
   *
   * @throws CancelledError when it was cancelled
   * @throws InvalidStateError when it is not done
   */
  exception(): Error | undefined {
    switch (this._state) {
      case "succeeded":
        return undefined;
      case "failed":
        this._markRetrieved();
        return this._outcome as Error;
      case "cancelled":
        throw this._makeCancelledError();
      case "pending":
        throw new InvalidStateError("Exception is not set.");
    }
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

  /**
   * Cancels the future: those who wait have a `CancelledError` thrown at them.
   *
   * @param msg - what the error's `args` hold
   * @returns `false`, with nothing changed, when the future is already done
   */
  cancel(msg?: unknown): boolean {
    this._markRetrieved();
    if (this._state !== "pending") return false;
    this._state = "cancelled";
    this._cancelMessage = msg;
    this._wake();
    return true;
  }

  /**
   * Has `callback` called with this future once it is done, through the loop and never at once.
   *
   * @param options - `context` is what the callback runs in; a copy of the current one by default
   */
  addDoneCallback(callback: (future: this) => void, options?: ContextOptions): void {
    requireCallback(callback, "addDoneCallback");
    const handle = keepStores(new Handle(callback, this, this._loop, options?.context ?? snapshotContext()));
    if (this._state !== "pending") this._loop._enqueue(handle);
    else this._addWaiter(handle);
  }

  /**
   * Removes every registration of `callback` that is not already on its way.
   *
   * @returns how many there were
   */
  removeDoneCallback(callback: (future: this) => void): number {
    const waiters = this._waiterList();
    const kept = waiters.filter((waiter) => !(waiter instanceof Handle && waiter._callback === callback));
    if (kept.length !== waiters.length) this._waiters = kept.length > 1 ? kept : kept[0];
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
    if (this._state === "succeeded") return { done: true, value: this._outcome as T };
    if (this._state !== "pending") throw this._takeError();
    if (this._blocking) throw new RuntimeError("await wasn't used with future");
    this._blocking = true;
    if (isDebugging && this._loop.getDebug()) noteSuspension();
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

  /** @internal */
  _succeed(result: T): void {
    this._state = "succeeded";
    this._outcome = result;
    this._wake();
  }

  /** @internal */
  _fail(error: Error): void {
    this._state = "failed";
    this._outcome = error;
    this._unretrieved = true;
    this._loop._unretrieved.add(this);
    this._wake();
  }

  /** @internal Lets `waiter` be queued when the future is done, which it must not be yet. */
  _addWaiter(waiter: Runnable): void {
    const waiters = this._waiters;
    if (waiters === undefined) this._waiters = waiter;
    else if (Array.isArray(waiters)) waiters.push(waiter);
    else this._waiters = [waiters, waiter];
  }

  /** @internal */
  _markRetrieved(): void {
    const unretrieved = this._unretrieved;
    if (unretrieved === false) return;
    this._unretrieved = false;
    if (unretrieved !== true) this._loop._unretrieved.forget(unretrieved);
  }

  /** @internal What `result()` throws: the future has failed or was cancelled. */
  _takeError(): Error {
    if (this._state === "cancelled") return this._makeCancelledError();
    this._markRetrieved();
    return this._outcome as Error;
  }

  /** @internal The error a task ended with is thrown once; after that each caller gets one of its own. */
  _makeCancelledError(): CancelledError {
    const original = this._state === "cancelled" ? this._outcome : undefined;
    if (original !== undefined) {
      this._outcome = undefined;
      return original as CancelledError;
    }
    return createCancelledError(this._cancelMessage);
  }

  /** Queues everyone who waits. */
  _wake(): void {
    const waiters = this._waiters;
    if (waiters === undefined) return;
    this._waiters = undefined;
    if (Array.isArray(waiters)) for (const waiter of waiters) this._loop._enqueue(waiter);
    else this._loop._enqueue(waiters);
  }

  protected _requirePending(): void {
    if (this._state !== "pending") throw new InvalidStateError("invalid state");
  }

  /** @internal */
  _waiterList(): readonly Runnable[] {
    const waiters = this._waiters;
    return waiters === undefined ? [] : Array.isArray(waiters) ? waiters : [waiters];
  }

  toString(): string {
    const parts = [
      describeState(this),
      ...describeOutcome(this),
      ...describeCallbacks(this),
      ...describeCreation(this),
    ];
    return `<${this.constructor.name} ${parts.join(" ")}>`;
  }
}

/**
 * Tells whether `value` is a future or a task.
 *
 * Source: asyncio.isfuture, CPython 3.14 Lib/asyncio/futures.py.
 */
export function isFuture(value: unknown): value is Future<unknown> {
  return value instanceof Future;
}

function isErrorClass(value: unknown): value is new () => Error {
  return typeof value === "function" && (value === Error || (value.prototype as unknown) instanceof Error);
}
