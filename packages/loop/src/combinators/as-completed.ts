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

/** How long `asCompleted` waits. */
export interface AsCompletedOptions {
  /** In seconds; `null`, the default, waits for as long as it takes. */
  readonly timeout?: number | null | undefined;
}

const asCompletedDefaults: { readonly timeout: number | null } = { timeout: null };

/**
 * Runs several awaitables at once and gives them in the order in which they end:
 * - `for (const next of asCompleted(…))`: each `next` is a coroutine, to be awaited for the next result;
 * - `asyncFor(asCompleted(…), …)`: the futures themselves, done, and the very ones that were passed in.
 *
 * @param awaitables - coroutines, which become tasks at once, futures, tasks; one that is passed twice counts once
 * @param options - `timeout` in seconds, for all of them together. When it is over, awaiting the next one throws a
 * `TimeoutError` for each that is not done; none is cancelled
 * @throws TypeError when there is no iterable of awaitables, or an option is wrong
 * @throws ValueError when `timeout` is NaN
 * @throws RuntimeError when there is no loop
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

/** A future or a task as it is; the task that runs anything else. */
type FutureOf<A> = A extends Future<unknown> ? A : Task<Result<A>>;

/** What `asCompleted` returns: an iterator in both styles, which share one count. */
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

  [Symbol.iterator](): this {
    return this;
  }

  /** The next coroutine. */
  next(): IteratorResult<Coroutine<T>, undefined> {
    if (this.#left === 0) return { done: true, value: undefined };
    this.#left -= 1;
    return { done: false, value: this.#nextResult() };
  }

  aiter(): this {
    return this;
  }

  /**
   * Waits for the next future that is done.
   *
   * @throws StopAsyncIteration when there is none left
   * @throws TimeoutError when the time is over
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

/** The futures that are done; `undefined` stands for one that was not when the time was over. */
class DoneQueue {
  readonly #items = new Fifo<Future<unknown> | undefined>();
  /** Those that wait, and those that were cancelled: these are passed over. */
  readonly #getters = new Fifo<Future<void>>();

  /** What those who wait wait for. */
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
        // If it was woken, then for an item that it will not take.
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
