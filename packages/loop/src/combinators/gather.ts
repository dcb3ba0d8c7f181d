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

/** What awaiting an `A` gives. */
export type Result<A> = A extends Awaitable<infer T> ? T : never;

/** What awaiting each member of a tuple or an array gives. */
export type Results<A extends readonly unknown[]> = { -readonly [K in keyof A]: Result<A[K]> };

/** The same where exceptions are results too. */
export type ResultsOrErrors<A extends readonly unknown[]> = { -readonly [K in keyof A]: Result<A[K]> | Error };

/** How `gather` takes exceptions. */
export interface GatherOptions {
  /** Gives exceptions as results instead of failing with the first; `false` by default. */
  readonly returnExceptions?: boolean;
}

const gatherDefaults = { returnExceptions: false };

/**
 * Runs several awaitables at once and gives all their results, in the order of the arguments. Coroutines become tasks;
 * an awaitable that is passed twice is run once.
 *
 * The first exception fails the returned future at once; the others run on. Cancelling it cancels all of them. One of
 * them being cancelled is taken as if it had thrown `CancelledError`.
 *
 * @param awaitables - coroutines, futures, tasks
 * @param options - `returnExceptions` gives exceptions as results instead
 * @throws TypeError when one of them cannot be awaited, or an option is wrong
 * @throws ValueError when one is a future of another loop
 * @throws RuntimeError when there is a coroutine, or nothing, to gather and no loop
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
    // If a later argument was refused, nobody will ever ask for this one.
    if (outer === undefined) markRetrieved(child);
    else outer._childDone(child);
  };
  const children: Future<unknown>[] = [];
  const doneAlready: Future<unknown>[] = [];
  const earlier = new EarlierArguments(args, children);
  // Where tasks are made of coroutines by nothing else, one that no task has taken was not passed before.
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
    // The caller never sees a task made here, and so cannot be told off for leaving it pending.
    if (child !== arg && child instanceof Task) child._dontReport();
    // Of an array that began empty V8 does not inline `push`.
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

/** Finds the future of an argument that was passed before. The table is made only for one that may have been. */
class EarlierArguments {
  readonly #args: readonly Awaitable<unknown>[];
  readonly #children: readonly Future<unknown>[];
  readonly #table = new Map<Awaitable<unknown>, Future<unknown>>();
  #tabled = 0;

  constructor(args: readonly Awaitable<unknown>[], children: readonly Future<unknown>[]) {
    this.#args = args;
    this.#children = children;
  }

  /** @param arg - the next argument: all before it have their futures */
  find(arg: Awaitable<unknown>): Future<unknown> | undefined {
    for (; this.#tabled < this.#children.length; this.#tabled += 1) {
      this.#table.set(this.#args[this.#tabled] as Awaitable<unknown>, this.#children[this.#tabled] as Future<unknown>);
    }
    return this.#table.get(arg);
  }
}

/** Named as CPython's is, since reports call it so. */
class _GatheringFuture extends Future<unknown[]> implements Relay {
  static {
    nameClass(this, "_GatheringFuture");
    declareRelay(this);
  }

  /** One for each argument: one that was passed twice stands here twice. */
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
   * Cancels the children that are not done. This future then ends with a `CancelledError` once they have ended.
   *
   * @returns whether any child could be cancelled now
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
    // In CPython the error is the last argument's, whichever child has ended last.
    if (this.#cancelRequested) this.setException((this.#children.at(-1) as Future<unknown>)._makeCancelledError());
    else this.setResult(results);
  }
}

/** Nobody will ever ask this child: a failure has been reported already, or nobody is there to be told. */
function markRetrieved(child: Future<unknown>): void {
  child._markRetrieved();
}

/** The task that waits for a gathering of itself leaves it when it is cancelled, and so never asks for the outcome. */
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
  // CPython's children give their message, or an empty text where they have none; never no arguments.
  return child._isCancelled() ? createCancelledError(child._cancelMessage ?? "") : child._takeError();
}
