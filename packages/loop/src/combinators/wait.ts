import { requireSeconds } from "../arguments/require-seconds.ts";
import { collect } from "./collect.ts";
import { type Coroutine, iscoroutine } from "../coroutines/coroutine.ts";
import { ValueError } from "../errors/exceptions.ts";
import { Future } from "../tasks/future.ts";
import { readOptions } from "../arguments/options.ts";
import { passing } from "../scheduling/passing.ts";
import { showValue, withHint } from "../text/repr.ts";
import { getRunningLoop } from "../scheduling/running-loop.ts";

/** `wait` returns when a future is done. Source: asyncio.FIRST_COMPLETED, CPython 3.14 Lib/asyncio/tasks.py. */
export const FIRST_COMPLETED = "FIRST_COMPLETED";
/**
 * `wait` returns when a future has failed, or all futures are done. A cancelled future has not failed.
 *
 * Source: asyncio.FIRST_EXCEPTION, CPython 3.14 Lib/asyncio/tasks.py.
 */
export const FIRST_EXCEPTION = "FIRST_EXCEPTION";
/** `wait` returns when all futures are done. Source: asyncio.ALL_COMPLETED, CPython 3.14 Lib/asyncio/tasks.py. */
export const ALL_COMPLETED = "ALL_COMPLETED";

/** When `wait` returns. */
export type ReturnWhen = typeof FIRST_COMPLETED | typeof FIRST_EXCEPTION | typeof ALL_COMPLETED;

/** The options of `wait`. */
export interface WaitOptions {
  /** How long to wait, in seconds; `null`, the default, sets no limit. */
  readonly timeout?: number | null | undefined;
  /** When to return before the time is over; `ALL_COMPLETED` by default. */
  readonly returnWhen?: ReturnWhen | undefined;
}

const waitDefaults: { readonly timeout: number | null; readonly returnWhen: ReturnWhen } = {
  timeout: null,
  returnWhen: ALL_COMPLETED,
};

/**
 * Waits until one or all of several futures and tasks are done, or the time is over. It does not throw their
 * exceptions. It does not retrieve them either, except for the exception with which `FIRST_EXCEPTION` ends the wait
 * early.
 *
 * @param futures - an iterable of futures and tasks, at least one; a future that is passed twice counts once
 * @param options - `timeout` in seconds, and `returnWhen`
 * @returns a coroutine of two sets: the done futures and the pending futures, each in the order of `futures`
 * @throws TypeError when an option has an unknown name; when awaited, if `futures` is no iterable of futures or has a
 * coroutine in it, or `timeout` is no number
 * @throws ValueError, when awaited, if `futures` is empty, `timeout` is NaN, or `returnWhen` is none of the three
 * @throws RuntimeError, when awaited, if no loop is running
 *
 * Cancelling the caller cancels no future, and neither does the timeout.
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
    throw new ValueError(withHint(`Invalid return_when value: ${returnWhen}`, "the option is returnWhen"));
  }
  all.forEach(requireFuture);
  const loop = getRunningLoop();
  const waiter = loop.createFuture<void>();
  const release = (): void => {
    if (!waiter._isDone()) waiter.setResult();
  };
  if (timeout !== null) requireSeconds(timeout, "timeout");
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

/** Tells whether the end of `future` ends the wait, although other futures are pending. */
function isEnough(future: Future<unknown>, returnWhen: ReturnWhen): boolean {
  if (returnWhen !== FIRST_EXCEPTION) return returnWhen === FIRST_COMPLETED;
  future._markRetrieved();
  return future._hasFailed();
}

function requireFuture(value: unknown): void {
  if (iscoroutine(value)) throw new TypeError("Passing coroutines is forbidden, use tasks explicitly.");
  if (!(value instanceof Future)) throw new TypeError(`wait() expects futures and tasks, got ${showValue(value)}`);
}
