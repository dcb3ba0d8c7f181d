import { collect } from "./collect.ts";
import type { Awaitable, Coroutine } from "../coroutines/coroutine.ts";
import { ensureFutureOn } from "../tasks/ensure-future.ts";
import { StopAsyncIteration, TimeoutError } from "../errors/exceptions.ts";
import { Fifo } from "../scheduling/fifo.ts";
import type { Future } from "../tasks/future.ts";
import type { Result } from "./gather.ts";
import type { TimerHandle } from "../scheduling/handle.ts";
import { readOptions } from "../arguments/options.ts";
import { requireSeconds } from "../arguments/require-seconds.ts";
import { showAsText, withHint } from "../text/repr.ts";
import { getEventLoop, getRunningLoop } from "../scheduling/running-loop.ts";
import { Ending, passing } from "../scheduling/passing.ts";
import type { Task } from "../tasks/task.ts";

/** The options of `asCompleted`. */
export interface AsCompletedOptions {
  /** How long to wait for all awaitables together, in seconds; `null`, the default, sets no limit. */
  readonly timeout?: number | null | undefined;
}

const asCompletedDefaults: { readonly timeout: number | null } = { timeout: null };

/**
 * Runs several awaitables at once and gives their results in the order in which they end:
 * - `for (const next of asCompleted(…))`: each `next` is a coroutine; await it for the next result;
 * - `asyncFor(asCompleted(…), …)`: the body gets each future when it is done. A future or task that you passed in is
 *   that same object.
 *
 * @param awaitables - an iterable of coroutines, which become tasks at once, futures and tasks; an awaitable that is
 * passed twice counts once
 * @param options - `timeout` in seconds, for all awaitables together. When it is over, awaiting the next result throws
 * a `TimeoutError`, once for each awaitable that is not done
 * @returns an iterator of coroutines, which is an async iterator of futures too
 * @throws TypeError when `awaitables` is no iterable of awaitables, or an option is wrong
 * @throws ValueError when `timeout` is NaN, or a future belongs to another loop
 * @throws RuntimeError when no loop is running or set, or a coroutine was given to a task before
 *
 * Cancelling the caller cancels no awaitable, and neither does the timeout.
 *
 * Source: asyncio.as_completed, CPython 3.14 Lib/asyncio/tasks.py.
 */
export function asCompleted<A extends Awaitable<unknown>>(
  awaitables: Iterable<A>,
  options?: AsCompletedOptions,
): AsCompleted<Result<A>, FutureOf<A>> {
  const { timeout } = readOptions(options, asCompletedDefaults, "asCompleted");
  if (timeout !== null) requireSeconds(timeout, "timeout");
  const all = collect(awaitables, (type) =>
    withHint(`expects an iterable of awaitables, not ${type}`, "asCompleted([a(), b()])"),
  );
  return new AsCompleted<Result<A>, FutureOf<A>>(all, timeout);
}

/** The type of the future that runs an `A`: a future's or a task's own type; for any other awaitable, a task. */
type FutureOf<A> = A extends Future<unknown> ? A : Task<Result<A>>;

/**
 * What `asCompleted` returns: an iterator of coroutines, and an async iterator of futures. Both take from one queue.
 *
 * Source: asyncio.tasks._AsCompletedIterator, CPython 3.14 Lib/asyncio/tasks.py.
 */
export class AsCompleted<T, F = Future<T>> implements Iterator<Coroutine<T>, undefined>, Iterable<Coroutine<T>> {
  static {
    showAsText(this, "AsCompleted");
  }

  readonly #todo: Set<Future<unknown>>;
  readonly #timer: TimerHandle | undefined;
  readonly #done = new DoneQueue();
  #left: number;

  /** @internal */
  constructor(awaitables: readonly Awaitable<unknown>[], timeout: number | null) {
    const loop = getEventLoop();
    this.#todo = new Set(Array.from(new Set(awaitables), (awaitable) => ensureFutureOn(loop, awaitable)));
    this.#left = this.#todo.size;
    for (const future of this.#todo) future.addDoneCallback(this.#onDone);
    if (this.#left > 0 && timeout !== null) this.#timer = loop.callLater(timeout, () => this.#onTimeout());
  }

  /** Returns this iterator: what `for…of` iterates over. */
  [Symbol.iterator](): this {
    return this;
  }

  /**
   * Makes the next coroutine. It waits for the next future that is done and returns its result.
   *
   * @returns the coroutine, or `done: true` when there was one for each awaitable. The coroutine throws the future's
   * exception, or a `TimeoutError` when the time is over
   */
  next(): IteratorResult<Coroutine<T>, undefined> {
    if (this.#left === 0) return { done: true, value: undefined };
    this.#left -= 1;
    return { done: false, value: this.#nextResult() };
  }

  /** Returns this iterator: what `asyncFor` iterates over. */
  aiter(): this {
    return this;
  }

  /**
   * Waits for the next future that is done.
   *
   * @returns a coroutine of that future
   * @throws StopAsyncIteration, when awaited, if every future was given already
   * @throws TimeoutError, when awaited, if the time is over
   *
   * Cancelling the caller cancels no awaitable.
   */
  *anext(): Coroutine<F> {
    if (this.#left === 0) throw new StopAsyncIteration();
    this.#left -= 1;
    return (yield* this.#nextFuture()) as F;
  }

  *#nextResult(): Coroutine<T> {
    return (yield* this.#nextFuture()).result() as T;
  }

  *#nextFuture(): Coroutine<Future<unknown>> {
    const future = yield* this.#done.get();
    if (future === undefined) throw new TimeoutError();
    return future;
  }

  readonly #onDone = passing(
    "_AsCompletedIterator._handle_completion",
    (future: Future<unknown>): void => {
      if (this.#todo.size === 0) return;
      this.#todo.delete(future);
      this.#done.put(future);
      if (this.#todo.size === 0) this.#timer?.cancel();
    },
    new Ending(() => this.#done.waiting()),
  );

  #onTimeout(): void {
    for (const future of this.#todo) {
      future.removeDoneCallback(this.#onDone);
      this.#done.put(undefined);
    }
    this.#todo.clear();
  }
}

/** A queue of done futures. It has one `undefined` for each future that was pending when the time was over. */
class DoneQueue {
  readonly #items = new Fifo<Future<unknown> | undefined>();
  /** The waits of `get`. A cancelled wait stays in the queue until a wake-up skips it. */
  readonly #getters = new Fifo<Future<void>>();

  /** Returns the futures that calls of `get` await. */
  waiting(): Future<unknown>[] {
    return this.#getters.toArray();
  }

  put(item: Future<unknown> | undefined): void {
    this.#items.push(item);
    this.#wakeNext();
  }

  *get(): Coroutine<Future<unknown> | undefined> {
    while (this.#items.length === 0) {
      const getter = getRunningLoop().createFuture<void>();
      this.#getters.push(getter);
      try {
        yield* getter;
      } catch (error) {
        // This wait was woken for an item, and does not take it any more.
        if (!getter.cancel() && this.#items.length > 0 && !getter.cancelled()) this.#wakeNext();
        throw error;
      }
    }
    return this.#items.shift();
  }

  #wakeNext(): void {
    while (this.#getters.length > 0) {
      const getter = this.#getters.shift();
      if (getter.done()) continue;
      getter.setResult();
      return;
    }
  }
}
