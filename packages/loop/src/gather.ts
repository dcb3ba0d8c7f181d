import { collect } from "./collect.ts";
import type { Awaitable } from "./coroutine.ts";
import { ensureFuture } from "./ensure-future.ts";
import { CancelledError } from "./exceptions.ts";
import { Future } from "./future.ts";
import { withHint } from "./repr.ts";
import { getEventLoop, getRunningLoopOrUndefined } from "./running.ts";
import { Task } from "./task.ts";

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

/**
 * Runs several awaitables at once and gives all their results, in the order of the arguments. Coroutines become tasks;
 * an awaitable that is passed twice is run once.
 *
 * The first exception fails the returned future at once; the others run on. Cancelling it cancels all of them. One of
 * them being cancelled is taken as if it had thrown `CancelledError`.
 *
 * @param awaitables - coroutines, futures, tasks
 * @param options - `returnExceptions` gives exceptions as results instead
 * @throws TypeError when one of them cannot be awaited
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
  const args = collect(awaitables, (type) =>
    withHint(`gather() expects an iterable of awaitables, not ${type}`, "gather([a(), b()])"),
  );
  if (args.length === 0) {
    const outer = getEventLoop().createFuture<unknown[]>();
    outer.setResult([]);
    return outer;
  }
  return new GatheringFuture(args, options?.returnExceptions ?? false);
}

class GatheringFuture extends Future<unknown[]> {
  readonly #children: Future<unknown>[];
  readonly #returnExceptions: boolean;
  #pending: number;
  #cancelRequested = false;

  constructor(args: readonly Awaitable<unknown>[], returnExceptions: boolean) {
    let loop = getRunningLoopOrUndefined();
    const futures = new Map<Awaitable<unknown>, Future<unknown>>();
    for (const arg of args) {
      if (futures.has(arg)) continue;
      const future = ensureFuture(arg, { loop });
      loop ??= future.getLoop();
      // The caller never sees a task made here, and so cannot be told off for leaving it pending.
      if (future !== arg && future instanceof Task) future._reportWhenDestroyed = false;
      futures.set(arg, future);
    }
    super({ loop });
    this.#returnExceptions = returnExceptions;
    this.#pending = futures.size;
    this.#children = args.map((arg) => futures.get(arg) as Future<unknown>);
    this.#listen([...futures.values()]);
  }

  /**
   * Cancels the children that are not done. This future then ends with a `CancelledError` once they have ended.
   *
   * @returns whether any child could be cancelled
   */
  override cancel(msg?: unknown): boolean {
    if (this.done()) return false;
    for (const child of this.#children) if (child.cancel(msg)) this.#cancelRequested = true;
    return this.#cancelRequested;
  }

  #listen(futures: readonly Future<unknown>[]): void {
    const onDone = (child: Future<unknown>): void => this.#onDone(child);
    const doneAlready = futures.filter((future) => future.done());
    for (const future of futures) if (!future.done()) future.addDoneCallback(onDone);
    for (const future of doneAlready) this.#onDone(future);
  }

  #onDone(child: Future<unknown>): void {
    this.#pending -= 1;
    if (this.done()) {
      // Nobody will ever ask this child: a failure has been reported already.
      if (!child.cancelled()) child.exception();
    } else if (!this.#returnExceptions && child.cancelled()) {
      this.setException(child._makeCancelledError());
    } else if (!this.#returnExceptions && child.exception() !== undefined) {
      this.setException(child.exception() as Error);
    } else if (this.#pending === 0) {
      const results = this.#children.map(resultOrError);
      if (this.#cancelRequested) this.setException(child._makeCancelledError());
      else this.setResult(results);
    }
  }
}

function resultOrError(child: Future<unknown>): unknown {
  // CPython's children give their message, or an empty text where they have none; never no arguments.
  if (child.cancelled()) return new CancelledError(child._cancelMessage ?? "");
  return child.exception() ?? child.result();
}
