import type { AbstractEventLoop } from "../scheduling/loop.ts";
import { collect } from "./collect.ts";
import { type Awaitable, iscoroutine } from "../coroutines/coroutine.ts";
import { isTaken } from "../coroutines/take-coroutine.ts";
import { ensureFutureOn } from "../tasks/ensure-future.ts";
import { createCancelledError } from "../errors/exceptions.ts";
import { isCancelled } from "../errors/thrown.ts";
import { Future } from "../tasks/future.ts";
import { nameClass } from "../text/names.ts";
import { declareRelay, passCancelOn, type Relay } from "../tasks/pass-on-cancel.ts";
import { type Passing, passing } from "../scheduling/passing.ts";
import { readOptions } from "../arguments/options.ts";
import { withHint } from "../text/repr.ts";
import { getEventLoop, runningLoop } from "../scheduling/running-loop.ts";
import { Task } from "../tasks/task.ts";

/** The result of awaiting an `A`. */
export type Result<A> = A extends Awaitable<infer T> ? T : never;

/** The results of awaiting each member of a tuple or an array. */
export type Results<A extends readonly unknown[]> = { -readonly [K in keyof A]: Result<A[K]> };

/** The results of awaiting each member, where an exception is a result too. */
export type ResultsOrErrors<A extends readonly unknown[]> = { -readonly [K in keyof A]: Result<A[K]> | Error };

/** The options of `gather`. */
export interface GatherOptions {
  /** Whether exceptions are results. If `false`, the default, the first exception fails the returned future. */
  readonly returnExceptions?: boolean;
}

const gatherDefaults = { returnExceptions: false };

/**
 * Runs several awaitables at once and gives all their results, in the order in which they were passed.
 *
 * The first exception fails the returned future at once, and the other awaitables run on. A cancelled awaitable counts
 * as one that threw a `CancelledError`: it does not cancel the returned future.
 *
 * @param awaitables - an iterable of coroutines, which become tasks at once, futures and tasks; an awaitable that is
 * passed twice runs once, and its result is there twice
 * @param options - `returnExceptions: true` makes exceptions results, so that the returned future waits for all
 * @returns a future of the array of results
 * @throws TypeError when `awaitables` is no iterable of awaitables, or an option is wrong
 * @throws ValueError when a future belongs to another loop
 * @throws RuntimeError when a coroutine was given to a task before; when no loop is running or set, and `awaitables` is
 * empty or begins with a coroutine
 *
 * Cancelling the caller cancels the returned future, and so every awaitable that is not done.
 *
 * Source: asyncio.gather, CPython 3.14 Lib/asyncio/tasks.py.
 */
export function gather<const A extends readonly Awaitable<unknown>[]>(
  awaitables: A,
  options?: { readonly returnExceptions?: false },
): Future<Results<A>>;
export function gather<const A extends readonly Awaitable<unknown>[]>(
  awaitables: A,
  options: { readonly returnExceptions: true },
): Future<ResultsOrErrors<A>>;
export function gather<const A extends readonly Awaitable<unknown>[]>(
  awaitables: A,
  options: GatherOptions,
): Future<Results<A> | ResultsOrErrors<A>>;
export function gather<T>(
  awaitables: Iterable<Awaitable<T>>,
  options?: { readonly returnExceptions?: false },
): Future<T[]>;
export function gather<T>(awaitables: Iterable<Awaitable<T>>, options: GatherOptions): Future<(T | Error)[]>;
export function gather(awaitables: Iterable<Awaitable<unknown>>, options?: GatherOptions): Future<unknown[]> {
  const { returnExceptions } = readOptions(options, gatherDefaults, "gather");
  const args = collect(awaitables, (type) =>
    withHint(`gather() expects an iterable of awaitables, not ${type}`, "gather([a(), b()])"),
  );
  if (args.length === 0) {
    const empty = getEventLoop().createFuture<unknown[]>();
    empty.setResult([]);
    return empty;
  }
  let loop = runningLoop();
  let outer: _GatheringFuture | undefined = undefined;
  const onDone: Passing<Future<unknown>> = (child) => {
    // A later argument was refused: the program never gets a future that has this child's exception.
    if (outer === undefined) markRetrieved(child);
    else outer._childDone(child);
  };
  const children: Future<unknown>[] = [];
  const doneAlready: Future<unknown>[] = [];
  const earlier = new EarlierArguments(args, children);
  // Without a task factory `createTask` takes each coroutine: a coroutine that is not taken was not passed before.
  const isPlain = loop !== undefined && loop.getTaskFactory() === undefined;
  let pending = 0;
  for (const arg of args) {
    const isFresh = isPlain && iscoroutine(arg) && !isTaken(arg);
    const known = isFresh ? undefined : earlier.find(arg);
    if (known !== undefined) {
      children.push(known);
      continue;
    }
    const child = isFresh ? (loop as AbstractEventLoop).createTask(arg) : ensureFutureOn(loop, arg);
    loop ??= child.getLoop();
    // No report if the task is pending when the loop closes: the program never got it, and could not wait for it.
    if (child !== arg && child instanceof Task) child._dontReport();
    // V8 does not inline `push` for an array that was created empty.
    children[children.length] = child;
    pending += 1;
    if (child._isDone()) doneAlready.push(child);
    else child.addDoneCallback(onDone);
  }
  outer = new _GatheringFuture(loop as AbstractEventLoop, children, pending, returnExceptions);
  passing("gather.<locals>._done_callback", onDone, outer);
  for (const child of doneAlready) outer._childDone(child);
  return outer;
}

/** Finds the future of an argument that was passed before. It fills its table only when an argument may be such. */
class EarlierArguments {
  readonly #args: readonly Awaitable<unknown>[];
  readonly #children: readonly Future<unknown>[];
  readonly #table = new Map<Awaitable<unknown>, Future<unknown>>();
  #tabled = 0;

  constructor(args: readonly Awaitable<unknown>[], children: readonly Future<unknown>[]) {
    this.#args = args;
    this.#children = children;
  }

  /** @param arg - the next argument: all arguments before it have their futures */
  find(arg: Awaitable<unknown>): Future<unknown> | undefined {
    for (; this.#tabled < this.#children.length; this.#tabled += 1) {
      this.#table.set(this.#args[this.#tabled] as Awaitable<unknown>, this.#children[this.#tabled] as Future<unknown>);
    }
    return this.#table.get(arg);
  }
}

/** The future that `gather` returns. Reports print the class's name, which is CPython's. */
class _GatheringFuture extends Future<unknown[]> implements Relay {
  static {
    nameClass(this, "_GatheringFuture");
    declareRelay(this);
  }

  /** One child for each argument: the child of an argument that was passed twice is here twice. */
  readonly #children: readonly Future<unknown>[];
  readonly #returnExceptions: boolean;
  #pending: number;
  #cancelRequested = false;

  constructor(
    loop: AbstractEventLoop,
    children: readonly Future<unknown>[],
    pending: number,
    returnExceptions: boolean,
  ) {
    super(undefined, loop);
    this.#children = children;
    this.#pending = pending;
    this.#returnExceptions = returnExceptions;
  }

  /**
   * Cancels the children that are not done. When all children are done, this future fails with a `CancelledError`.
   *
   * @returns whether a child has accepted the request
   */
  override cancel(msg?: unknown): boolean {
    return passCancelOn(this, msg);
  }

  /** @internal */
  _beginCancel(): boolean {
    return !this._isDone();
  }

  /** @internal */
  _cancelTarget(index: number): Future<unknown> | undefined {
    return this.#children[index];
  }

  /** @internal */
  _endCancel(_msg: unknown, isAccepted: boolean, isClosed: boolean): boolean {
    if (isClosed) this.addDoneCallback(forgetCancelled);
    if (isAccepted) this.#cancelRequested = true;
    return isAccepted;
  }

  /** @internal */
  get _breaksCircles(): boolean {
    return false;
  }

  /** @internal */
  _childDone(child: Future<unknown>): void {
    this.#pending -= 1;
    if (this._isDone()) markRetrieved(child);
    else if (!this.#returnExceptions && !child._hasSucceeded()) this._failAs(child._takeError());
    else if (this.#pending === 0) this.#finish();
  }

  #finish(): void {
    const results = resultsOf(this.#children);
    // As in CPython the error is that of the last argument, whichever child ended last.
    if (this.#cancelRequested) this.setException((this.#children.at(-1) as Future<unknown>)._makeCancelledError());
    else this.setResult(results);
  }
}

/** For a child whose exception gets no further: the outer future is done already, or was never made. */
function markRetrieved(child: Future<unknown>): void {
  child._markRetrieved();
}

/** When a task awaits a gathering of itself, a cancel ends that wait, and no code ever retrieves the outcome. */
function forgetCancelled(gathering: Future<unknown>): void {
  if (isCancelled(gathering._outcome)) gathering._markRetrieved();
}

function resultsOf(children: readonly Future<unknown>[]): unknown[] {
  const results: unknown[] = [];
  for (const child of children) results[results.length] = resultOrError(child);
  return results;
}

function resultOrError(child: Future<unknown>): unknown {
  if (child._hasSucceeded()) return child._outcome;
  // As in CPython the error has the child's message, or an empty text; it is never without arguments.
  return child._isCancelled() ? createCancelledError(child._cancelMessage ?? "") : child._takeError();
}
