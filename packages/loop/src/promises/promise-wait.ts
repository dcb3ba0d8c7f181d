import { CoroutineObject } from "../coroutines/coroutine-object.ts";
import { iscoroutine, type Suspension } from "../coroutines/coroutine.ts";
import { isDebugging } from "../debug/debug-mode.ts";
import { noteAwaitedLate } from "../debug/traceback.ts";
import { GeneratorExit } from "../errors/exceptions.ts";
import { fromWebError, toAbortReason } from "../errors/web-errors.ts";
import type { Loop } from "../scheduling/loop.ts";
import { getRunningLoop, runningLoop } from "../scheduling/running-loop.ts";
import { type Future, isFuture } from "../tasks/future.ts";
import { showValue, withHint } from "../text/repr.ts";
import { isPlainPromise, whenSettled } from "../values/is-promise.ts";
import { looksAtArguments } from "../values/looks-at-arguments.ts";
import { disposeOf } from "./dispose-of.ts";
import { forgetRejection, noteRejection, type Rejection } from "./unawaited.ts";

/** A promise, or a function that returns one. */
export type Source<T> = PromiseLike<T> | ((signal: AbortSignal) => PromiseLike<T>);

/** For each promise, the first wait that ended before the promise settled. Later waits share its reaction. */
const abandoned = new WeakMap<object, PromiseWait<unknown>>();
/** Whether there ever was such a wait: until then no look-up is needed. */
let hasAbandoned = false;

function awaitedLate(error: Error): Error {
  if (isDebugging) noteAwaitedLate(error, undefined);
  return error;
}

/**
 * The coroutine of `fromPromise`. A generator would cost twice as much.
 *
 * A reaction cannot be removed from a promise, so a pending promise holds this object, perhaps for ever. That is why
 * only `_subject` leads to the waiting task, and is cleared when the wait ends; and later waits for the same promise
 * share the reaction. `_subject` depends on the state:
 * - "idle": the function, which was not called yet;
 * - "pending": nothing, as the promise was not awaited yet;
 * - "fulfilled" and "rejected": the result or the rejection, which came before the coroutine was awaited;
 * - "waiting": the future that the task awaits;
 * - "closed": the loop that gets an error of `dispose`, if a result may still come;
 * - "shared": the later waits that share its reaction, if there are any.
 */
export class PromiseWait<T> extends CoroutineObject<T> {
  declare private _state: "idle" | "pending" | "fulfilled" | "rejected" | "waiting" | "closed" | "shared";
  declare private _subject: unknown;
  declare private readonly _dispose: ((result: T) => unknown) | undefined;
  declare private _controller: AbortController | undefined;
  /** The promise, until it settles after the wait has ended. */
  declare private _source: PromiseLike<T> | undefined;

  constructor(source: Source<T>, dispose: ((result: T) => unknown) | undefined) {
    super();
    const isFunction = typeof source === "function";
    this._state = isFunction ? "idle" : "pending";
    this._subject = isFunction ? source : undefined;
    this._dispose = dispose;
    this._controller = undefined;
    this._source = isFunction ? undefined : source;
    // Listening only when it is awaited could be too late: the host would report an unhandled rejection.
    if (!isFunction) this._listenTo(source);
  }

  next(): IteratorResult<Suspension, T> {
    switch (this._state) {
      case "waiting":
        return this._resume();
      case "closed":
      case "shared":
        return { done: true, value: undefined as T };
      default:
        return this._start();
    }
  }

  private _start(): IteratorResult<Suspension, T> {
    const loop = getRunningLoop();
    const state = this._state;
    const subject = this._subject;
    this._release();
    if (state === "fulfilled") return { done: true, value: subject as T };
    if (state === "rejected") {
      forgetRejection(this, subject as Rejection);
      throw awaitedLate(fromWebError((subject as Rejection).reason));
    }
    if (state === "idle") this._begin(subject as (signal: AbortSignal) => PromiseLike<T>);
    const future = loop.createFuture<T>();
    future._noteOfPromise();
    this._state = "waiting";
    this._subject = future;
    return future.next() as unknown as IteratorResult<Suspension, T>;
  }

  private _call(source: (signal: AbortSignal) => PromiseLike<T>): PromiseLike<T> {
    if (!looksAtArguments(source)) return (source as () => PromiseLike<T>)();
    this._controller = new AbortController();
    return source(this._controller.signal);
  }

  private _begin(source: (signal: AbortSignal) => PromiseLike<T>): void {
    const promise = this._call(source);
    this._source = promise;
    this._listenTo(promise);
  }

  private _listenTo(promise: PromiseLike<T>): void {
    // An error of a getter of `then` is thrown as it is.
    if (typeof (promise as Partial<PromiseLike<T>> | undefined)?.then !== "function") {
      throw new TypeError(explainNoPromise(promise));
    }
    if (!hasAbandoned || !this._share(promise)) this._react(promise);
  }

  private _react(promise: PromiseLike<T>): void {
    whenSettled(
      promise,
      (result) => this._fulfil(result),
      (reason) => this._reject(reason),
    );
  }

  /** Listens through the reaction of an earlier wait that has ended. Returns whether there is one. */
  private _share(promise: PromiseLike<T>): boolean {
    const other = abandoned.get(promise) as PromiseWait<T> | undefined;
    if (other === undefined) return false;
    other._subject ??= new Set();
    (other._subject as Set<PromiseWait<T>>).add(this);
    return true;
  }

  /** Stops listening, and leaves its reaction, which cannot be removed, to later waits. */
  private _stopListening(): void {
    const promise = this._source;
    // A thenable may do its work anew for each wait, such as send a query: its waits share nothing.
    if (promise === undefined || !isPlainPromise(promise)) return;
    const other = abandoned.get(promise);
    if (other === undefined) {
      abandoned.set(promise, this as PromiseWait<unknown>);
      hasAbandoned = true;
      this._state = "shared";
    } else {
      (other._subject as Set<unknown> | undefined)?.delete(this);
    }
  }

  /** The promise has settled: the waits that share this reaction come after those with a reaction of their own. */
  private _serveShared(): void {
    const promise = this._source as PromiseLike<T>;
    const listeners = this._subject as Set<PromiseWait<T>> | undefined;
    this._release();
    abandoned.delete(promise);
    for (const listener of listeners ?? []) listener._react(promise);
  }

  private _fulfil(result: T): void {
    const future = this._pendingFuture();
    if (future !== undefined) {
      const loop = future._loop;
      loop._expectPromise();
      future._succeed(result);
      loop._servePromise();
    } else if (this._state === "pending") {
      this._state = "fulfilled";
      this._subject = result;
    } else if (this._state === "shared") {
      this._serveShared();
    } else {
      this._source = undefined;
      this._disposeOf(result, this._reportingLoop());
    }
  }

  private _reject(reason: unknown): void {
    const future = this._pendingFuture();
    if (future !== undefined) {
      const loop = future._loop;
      const error = fromWebError(reason);
      loop._expectPromise();
      future._fail(error);
      loop._servePromise();
    } else if (this._state === "pending") {
      this._state = "rejected";
      this._subject = noteRejection(this, reason);
    } else if (this._state === "shared") {
      this._serveShared();
    } else {
      this._source = undefined;
    }
  }

  /** Returns the future, if its task can be woken. */
  private _pendingFuture(): Future<T> | undefined {
    if (this._state !== "waiting") return undefined;
    const future = this._subject as Future<T>;
    return !future._isDone() && !future._loop.isClosed() ? future : undefined;
  }

  /** Returns the loop that gets an error of `dispose`. */
  private _reportingLoop(): Loop | undefined {
    return this._state === "waiting" ? (this._subject as Future<T>)._loop : (this._subject as Loop | undefined);
  }

  private _resume(): IteratorResult<Suspension, T> {
    const future = this._subject as Future<T>;
    if (future._isDone()) this._release();
    return future.next() as unknown as IteratorResult<Suspension, T>;
  }

  /** Ends the wait before the promise does: a cancel, another error, or a close. */
  protected override _close(error: unknown): void {
    const state = this._state;
    const subject = this._subject;
    const controller = this._controller;
    if (state === "closed" || state === "shared") return;
    this._release();
    if (state === "fulfilled") this._disposeOf(subject as T, runningLoop());
    else if (state === "pending") this._stopWaiting(runningLoop());
    else if (state === "rejected") forgetRejection(this, subject as Rejection);
    else if (state === "waiting") this._abandonFuture(subject as Future<T>, controller, error);
  }

  private _abandonFuture(future: Future<T>, controller: AbortController | undefined, error: unknown): void {
    // The promise had settled, but the task was cancelled before it could go on.
    if (future._hasSucceeded()) this._disposeOf(future._outcome as T, future._loop);
    if (future._hasSucceeded() || future._hasFailed()) return;
    this._stopWaiting(future._loop);
    controller?.abort(toAbortReason(error === undefined ? new GeneratorExit() : error));
  }

  /** A later result is for `dispose`, if there is one. */
  private _stopWaiting(loop: Loop | undefined): void {
    if (this._dispose === undefined) this._stopListening();
    else this._subject = loop;
  }

  private _release(): void {
    this._state = "closed";
    this._subject = this._controller = undefined;
  }

  private _disposeOf(result: T, loop: Loop | undefined): void {
    if (this._dispose !== undefined) disposeOf(this._dispose, result, loop, this);
  }

  protected override _name(): string {
    return "fromPromise";
  }
}

function explainNoPromise(value: unknown): string {
  const text = `a promise was expected by fromPromise(), got ${showValue(value)}`;
  return iscoroutine(value) || isFuture(value) ? withHint(text, "await it: yield* …, without fromPromise") : text;
}
