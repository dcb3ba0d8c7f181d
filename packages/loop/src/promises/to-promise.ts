import { backgroundLoop } from "./background-loop.ts";
import type { AbstractEventLoop } from "../scheduling/loop.ts";
import type { Awaitable } from "../coroutines/coroutine.ts";
import { onDemandRunOf, type PendingCall } from "./on-demand-run.ts";
import { ensureFutureOn } from "../tasks/ensure-future.ts";
import type { DeadlockError } from "../reports/deadlock.ts";
import { RuntimeError } from "../errors/exceptions.ts";
import { Future } from "../tasks/future.ts";
import { settle } from "../tasks/future-promise.ts";
import { watchClose } from "../scheduling/loop-ends.ts";
import { onAbort } from "./on-abort.ts";
import { readOptions } from "../arguments/options.ts";
import { passing } from "../scheduling/passing.ts";
import { requireLoop } from "../scheduling/require-loop.ts";
import { requireSignal } from "../arguments/require-signal.ts";

/** How promise code runs a coroutine. */
export interface ToPromiseOptions {
  /** Cancels the task, at the `yield*` where it waits, when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The loop to run on. One that is idle is run until the task is done, and so is one that whoever runs it leaves before; by
   * default it is one that all calls share.
   */
  readonly loop?: AbstractEventLoop | undefined;
}

const toPromiseDefaults: ToPromiseOptions = { signal: undefined, loop: undefined };

/** The options of `method`, which runs coroutines for promise code. @throws TypeError when one is wrong */
export function readToPromiseOptions(options: ToPromiseOptions | undefined, method: string): ToPromiseOptions {
  const read = readOptions(options, toPromiseDefaults, method);
  if (read.signal !== undefined) requireSignal(read.signal);
  if (read.loop !== undefined) requireLoop(read.loop);
  return read;
}

/**
 * Runs a coroutine from ordinary async code: an HTTP handler, an effect of a component, a test.
 *
 * ```ts
 * app.get("/report", (request) => toPromise(report(request.url), { signal: request.signal }));
 * ```
 *
 * @param awaitable - a coroutine, which becomes a task; a task or a future, on its own loop
 * @param options - `signal` cancels the task; `loop` is where it runs
 * @returns a promise of its result, which settles when the task has ended, its cleanup included. It rejects with the
 * task's exception; with the signal's reason if the task was cancelled for it; with an "AbortError" if it was cancelled
 * otherwise; with an "AbortError" or "TimeoutError" of the web, a `DOMException`, whose `cause` is ours; with a
 * `DeadlockError`, after its cleanup, when nothing can wake the task any more; with a `RuntimeError` when the loop is closed
 * before
 * @throws TypeError when `awaitable` cannot be awaited, `signal` is no `AbortSignal`, or `loop` no loop of this copy of the
 * package
 * @throws RuntimeError when the loop is closed, or when the coroutine was given to a task before
 * @throws ValueError when `awaitable` is a future of another loop than the one given
 */
export function toPromise<T>(awaitable: Awaitable<T>, options?: ToPromiseOptions): Promise<T> {
  const { signal, loop: given } = readToPromiseOptions(options, "toPromise");
  const loop = given ?? (awaitable instanceof Future ? awaitable.getLoop() : backgroundLoop());
  loop._requireOpen();
  const future = ensureFutureOn(loop, awaitable);
  const run = onDemandRunOf(loop);
  return new Promise((resolve, reject) => {
    let isAborted = false;
    let unlisten: (() => void) | undefined;
    let deadlock: DeadlockError | undefined;
    const abort = (): void => {
      if (future.cancel(signal?.reason)) isAborted = true;
    };
    const leave = (): void => {
      unlisten?.();
      unwatch();
      run?.leave(call);
    };
    const finish = (): void => {
      try {
        leave();
        if (deadlock !== undefined) reject(deadlock);
        else if (isAborted && future._isCancelled()) reject(signal?.reason);
        else settle(future, resolve, reject);
      } catch (thrown) {
        // By a future of the user's class: the promise settles all the same.
        reject(deadlock ?? thrown);
      }
    };
    const fail = (reason: unknown): void => {
      if (future._isDone()) {
        finish();
        return;
      }
      leave();
      reject(deadlock ?? reason);
    };
    const cancel = (error: DeadlockError): boolean => {
      try {
        if (deadlock !== undefined || !future.cancel()) return false;
      } catch {
        return false;
      }
      deadlock = error;
      return true;
    };
    const call: PendingCall = { cancel, fail };
    // Nothing can clean up any more.
    const unwatch = watchClose(loop, () => fail(isAborted ? signal?.reason : new RuntimeError("Event loop is closed")));
    future.addDoneCallback(passing("toPromise", finish));
    if (signal?.aborted === true) abort();
    else if (signal !== undefined) unlisten = onAbort(signal, abort);
    run?.enter(call);
  });
}
