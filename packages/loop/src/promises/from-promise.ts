import type { Loop } from "../scheduling/loop.ts";
import { CoroutineObject } from "../coroutines/coroutine-object.ts";
import { type Coroutine, iscoroutine, type Suspension } from "../coroutines/coroutine.ts";
import { isDebugging } from "../debug/debug-mode.ts";
import { GeneratorExit } from "../errors/exceptions.ts";
import { toException } from "../errors/thrown.ts";
import { type Future, isFuture } from "../tasks/future.ts";
import { requireCallback } from "../scheduling/callbacks.ts";
import { isPlainPromise, whenSettled } from "../values/is-promise.ts";
import { looksAtArguments } from "../values/looks-at-arguments.ts";
import { readOptions } from "../arguments/options.ts";
import { reportFromOutside } from "../reports/reports.ts";
import { repr, withHint } from "../text/repr.ts";
import { getRunningLoop, runningLoop } from "../scheduling/running-loop.ts";
import { forgetRejection, noteRejection, type Rejection } from "./unawaited.ts";
import { noteAwaitedLate } from "../debug/traceback.ts";
import { fromWebError, toAbortReason } from "../errors/web-errors.ts";

/** What becomes of a promise that nobody waits for any more. */
export interface FromPromiseOptions<T> {
  /**
   * Takes a result that comes after its waiter was cancelled, so that nothing is lost: `(socket) => socket.destroy()`.
   * What it throws, or the promise that it returns is rejected with, goes to the loop's exception handler.
   *
   * A coroutine that is never awaited, nor closed, has no waiter that could be cancelled: the result of its promise is not
   * disposed of. Given a function instead, it makes no promise before it is awaited.
   */
  readonly dispose?: ((result: T) => unknown) | undefined;
}

const fromPromiseDefaults = { dispose: undefined };

type Source<T> = PromiseLike<T> | ((signal: AbortSignal) => PromiseLike<T>);

/**
 * Waits for a promise: Python's `await` of something that JavaScript made.
 *
 * Given a function it calls it when it is awaited, with a signal: `fromPromise((signal) => fetch(url, { signal }))`. When
 * the waiting task is cancelled, the signal is aborted with an "AbortError", a `DOMException` whose `cause` is the
 * `CancelledError`; so it is, with a `GeneratorExit`, when the coroutine is closed. A function that cannot see an argument,
 * such as `async () => 5`, costs no signal.
 *
 * @param source - a promise, or a function that makes one
 * @param options - `dispose` takes a result that comes too late
 * @returns what the promise is fulfilled with
 * @throws what the promise is rejected with; for the web's "TimeoutError" a `TimeoutError`; `TypeError`, when awaited, if
 * the function gives none
 * @throws TypeError, at the call, when `source` is neither, or `dispose` is no plain function
 *
 * Cancellation does not wait for the promise; that it is rejected then is nobody's concern.
 */
export function fromPromise<T>(source: Source<T>, options?: FromPromiseOptions<T>): Coroutine<T> {
  const { dispose } = readOptions<FromPromiseOptions<T>>(options, fromPromiseDefaults, "fromPromise");
  if (dispose !== undefined) requireCallback(dispose, "dispose");
  return new FromPromise(source, dispose).asCoroutine();
}

function explainNoPromise(value: unknown): string {
  const text = `a promise was expected, got ${repr(value)}`;
  return iscoroutine(value) || isFuture(value) ? withHint(text, "await it: yield* …, without fromPromise") : text;
}

/** By promise, the first that has gone while the promise was pending: what waits for it from then on shares its reaction. */
const gone = new WeakMap<object, FromPromise<unknown>>();
/** Until then there is no need to look. */
let hasGone = false;

function awaitedLate(error: Error): Error {
  if (isDebugging) noteAwaitedLate(error, undefined);
  return error;
}

/**
 * A coroutine written by hand: as a generator it would cost twice as much.
 *
 * A promise holds it for as long as it is pending, perhaps for ever, since a reaction cannot be removed. So all that leads
 * to the waiter is in `subject`, and is let go when the wait ends; and the reaction serves those who wait after it. What
 * `subject` is depends on the state:
 * - "idle": the function, which was not called yet;
 * - "pending": nothing, the promise was not awaited yet;
 * - "fulfilled" and "rejected": its result, or its rejection, which came before it was awaited;
 * - "waiting": the future that the task waits for;
 * - "closed": the loop that is told of an error of `dispose`, if a result may yet come;
 * - "shared": those who listen through its reaction, if there are any.
 */
class FromPromise<T> extends CoroutineObject<T> {
  declare private _state: "idle" | "pending" | "fulfilled" | "rejected" | "waiting" | "closed" | "shared";
  declare private _subject: unknown;
  declare private readonly _dispose: ((result: T) => unknown) | undefined;
  declare private _controller: AbortController | undefined;
  /** The promise that it listens to, until that is settled in vain. */
  declare private _source: PromiseLike<T> | undefined;

  constructor(source: Source<T>, dispose: ((result: T) => unknown) | undefined) {
    super();
    const isFunction = typeof source === "function";
    this._state = isFunction ? "idle" : "pending";
    this._subject = isFunction ? source : undefined;
    this._dispose = dispose;
    this._controller = undefined;
    this._source = isFunction ? undefined : source;
    // To listen only when it is awaited could be too late: the host would report a rejection that nobody handles.
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
    this._letGo();
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
    // What a getter of `then` throws is thrown as it is.
    if (typeof (promise as Partial<PromiseLike<T>> | undefined)?.then !== "function") {
      throw new TypeError(explainNoPromise(promise));
    }
    if (!hasGone || !this._share(promise)) this._react(promise);
  }

  private _react(promise: PromiseLike<T>): void {
    whenSettled(
      promise,
      (result) => this._fulfil(result),
      (reason) => this._reject(reason),
    );
  }

  /** Listens through the reaction of another that has gone, if there is one. */
  private _share(promise: PromiseLike<T>): boolean {
    const other = gone.get(promise) as FromPromise<T> | undefined;
    if (other === undefined) return false;
    other._subject ??= new Set();
    (other._subject as Set<FromPromise<T>>).add(this);
    return true;
  }

  /** Stops listening: its own reaction, which cannot be removed, is left for others. */
  private _leave(): void {
    const promise = this._source;
    // Of a thenable each wait is one of its own: a query may be sent anew.
    if (promise === undefined || !isPlainPromise(promise)) return;
    const other = gone.get(promise);
    if (other === undefined) {
      gone.set(promise, this as FromPromise<unknown>);
      hasGone = true;
      this._state = "shared";
    } else {
      (other._subject as Set<unknown> | undefined)?.delete(this);
    }
  }

  /** The promise is settled: those who listened through this reaction come after those who had one of their own. */
  private _handOn(): void {
    const promise = this._source as PromiseLike<T>;
    const listeners = this._subject as Set<FromPromise<T>> | undefined;
    this._letGo();
    gone.delete(promise);
    for (const listener of listeners ?? []) listener._react(promise);
  }

  private _fulfil(result: T): void {
    const future = this._awaited();
    if (future !== undefined) {
      const loop = future._loop;
      loop._expectPromise();
      future._succeed(result);
      loop._servePromise();
    } else if (this._state === "pending") {
      this._state = "fulfilled";
      this._subject = result;
    } else if (this._state === "shared") {
      this._handOn();
    } else {
      this._source = undefined;
      this._disposeOf(result, this._loopToTell());
    }
  }

  private _reject(reason: unknown): void {
    const future = this._awaited();
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
      this._handOn();
    } else {
      this._source = undefined;
    }
  }

  /** The future, if its task is there to be woken. */
  private _awaited(): Future<T> | undefined {
    if (this._state !== "waiting") return undefined;
    const future = this._subject as Future<T>;
    return !future._isDone() && !future._loop.isClosed() ? future : undefined;
  }

  private _loopToTell(): Loop | undefined {
    return this._state === "waiting" ? (this._subject as Future<T>)._loop : (this._subject as Loop | undefined);
  }

  private _resume(): IteratorResult<Suspension, T> {
    const future = this._subject as Future<T>;
    if (future._isDone()) this._letGo();
    return future.next() as unknown as IteratorResult<Suspension, T>;
  }

  /** Something else than the promise's outcome ends the wait. */
  protected override _close(error: unknown): void {
    const state = this._state;
    const subject = this._subject;
    const controller = this._controller;
    if (state === "closed" || state === "shared") return;
    this._letGo();
    if (state === "fulfilled") this._disposeOf(subject as T, runningLoop());
    else if (state === "pending") this._forgo(runningLoop());
    else if (state === "rejected") forgetRejection(this, subject as Rejection);
    else if (state === "waiting") this._abandonFuture(subject as Future<T>, controller, error);
  }

  private _abandonFuture(future: Future<T>, controller: AbortController | undefined, error: unknown): void {
    // The task was cancelled when the promise had woken it already.
    if (future._hasSucceeded()) this._disposeOf(future._outcome as T, future._loop);
    if (future._hasSucceeded() || future._hasFailed()) return;
    this._forgo(future._loop);
    controller?.abort(toAbortReason(error === undefined ? new GeneratorExit() : error));
  }

  /** A result that comes is for `dispose`, if there is one. */
  private _forgo(loop: Loop | undefined): void {
    if (this._dispose === undefined) this._leave();
    else this._subject = loop;
  }

  private _letGo(): void {
    this._state = "closed";
    this._subject = this._controller = undefined;
  }

  private _disposeOf(result: T, loop: Loop | undefined): void {
    const dispose = this._dispose;
    if (dispose === undefined) return;
    const report = (thrown: unknown): void => {
      if (loop === undefined) throw thrown;
      const message = `Exception in dispose of ${repr(this)}`;
      reportFromOutside(loop, { message, exception: toException(thrown) });
    };
    try {
      whenSettled(dispose(result), undefined, report);
    } catch (thrown) {
      report(thrown);
    }
  }

  protected _name(): string {
    return "fromPromise";
  }
}
