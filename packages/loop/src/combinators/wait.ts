import { collect } from "./collect.ts";
import { type Coroutine, iscoroutine } from "../coroutines/coroutine.ts";
import { ValueError } from "../errors/exceptions.ts";
import { Future } from "../tasks/future.ts";
import { readOptions } from "../arguments/options.ts";
import { passing } from "../scheduling/passing.ts";
import { repr } from "../text/repr.ts";
import { getRunningLoop } from "../scheduling/running-loop.ts";

/** `wait` returns when one is done. Source: asyncio.FIRST_COMPLETED, CPython 3.14 Lib/asyncio/tasks.py. */
export const FIRST_COMPLETED = "FIRST_COMPLETED";
/** `wait` returns when one has failed, or all are done. Source: asyncio.FIRST_EXCEPTION, CPython 3.14. */
export const FIRST_EXCEPTION = "FIRST_EXCEPTION";
/** `wait` returns when all are done. Source: asyncio.ALL_COMPLETED, CPython 3.14 Lib/asyncio/tasks.py. */
export const ALL_COMPLETED = "ALL_COMPLETED";

/** When `wait` returns. */
export type ReturnWhen = typeof FIRST_COMPLETED | typeof FIRST_EXCEPTION | typeof ALL_COMPLETED;

/** How long, and for what, `wait` waits. */
export interface WaitOptions {
  /** In seconds; `null`, the default, waits for as long as it takes. */
  readonly timeout?: number | null | undefined;
  /** `ALL_COMPLETED` by default. */
  readonly returnWhen?: ReturnWhen | undefined;
}

const waitDefaults: { readonly timeout: number | null; readonly returnWhen: ReturnWhen } = {
  timeout: null,
  returnWhen: ALL_COMPLETED,
};

/**
 * Waits until one, or all, of several futures and tasks are done, or the time is over. It throws nothing of theirs,
 * cancels none of them, and does not count as retrieving their exceptions.
 *
 * @param futures - futures and tasks, at least one
 * @param options - `timeout` in seconds, and `returnWhen`
 * @returns those that are done, and those that are not
 * @throws TypeError when there is no iterable of futures, or a coroutine among them; at the call when an option is wrong
 * @throws ValueError when there is none, or `returnWhen` is none of the three
 *
 * Cancellation of the caller cancels none of them.
 *
 * Source: asyncio.wait, CPython 3.14 Lib/asyncio/tasks.py.
 */
export function wait<F extends Future<unknown>>(
  futures: Iterable<F>,
  options?: WaitOptions,
): Coroutine<[done: Set<F>, pending: Set<F>]> {
  const { timeout, returnWhen } = readOptions(options, waitDefaults, "wait");
  return waitWith(futures, timeout, returnWhen);
}

function* waitWith<F extends Future<unknown>>(
  futures: Iterable<F>,
  timeout: number | null,
  returnWhen: ReturnWhen,
): Coroutine<[done: Set<F>, pending: Set<F>]> {
  const all = new Set(collect(futures, (type) => `expect a list of futures, not ${type}`));
  if (all.size === 0) throw new ValueError("Set of Tasks/Futures is empty.");
  if (![FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED].includes(returnWhen)) {
    throw new ValueError(`Invalid return_when value: ${returnWhen}`);
  }
  all.forEach(requireFuture);
  const loop = getRunningLoop();
  const waiter = loop.createFuture<void>();
  const release = (): void => {
    if (!waiter._isDone()) waiter.setResult();
  };
  const timer = timeout === null ? undefined : loop.callLater(timeout, release);
  let left = all.size;
  const onDone = passing(
    "_wait.<locals>._on_completion",
    (future: Future<unknown>): void => {
      left -= 1;
      if (left > 0 && !isEnough(future, returnWhen)) return;
      timer?.cancel();
      release();
    },
    waiter,
  );
  for (const future of all) future.addDoneCallback(onDone);
  try {
    yield* waiter;
  } finally {
    timer?.cancel();
    for (const future of all) future.removeDoneCallback(onDone);
  }
  const done = new Set<F>();
  const pending = new Set<F>();
  for (const future of all) (future._isDone() ? done : pending).add(future);
  return [done, pending];
}

/** Whether this one's end ends the wait, although others are not done. */
function isEnough(future: Future<unknown>, returnWhen: ReturnWhen): boolean {
  if (returnWhen !== FIRST_EXCEPTION) return returnWhen === FIRST_COMPLETED;
  future._markRetrieved();
  return future._hasFailed();
}

function requireFuture(value: unknown): void {
  if (iscoroutine(value)) throw new TypeError("Passing coroutines is forbidden, use tasks explicitly.");
  if (!(value instanceof Future)) throw new TypeError(`expect a list of futures, not one with ${repr(value)}`);
}
