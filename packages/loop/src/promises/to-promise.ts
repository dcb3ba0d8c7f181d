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

/** The options of `toPromise`. */
export interface ToPromiseOptions {
  /** When it is aborted, the task is cancelled at its `yield*`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The loop to run on; by default all calls share one. `toPromise` runs the loop until the task is done, except while
   * other code runs it.
   */
  readonly loop?: AbstractEventLoop | undefined;
}

const toPromiseDefaults: ToPromiseOptions = { signal: undefined, loop: undefined };

/** Reads the options of `method`, which runs coroutines for promise code. @throws TypeError when an option is wrong */
export function readToPromiseOptions(options: ToPromiseOptions | undefined, method: string): ToPromiseOptions {
  const read = readOptions(options, toPromiseDefaults, method);
  if (read.signal !== undefined) requireSignal(read.signal);
  if (read.loop !== undefined) requireLoop(read.loop);
  return read;
}

/**
 * Runs a coroutine from promise code, such as an HTTP handler, an effect of a component, or a test.
 *
 * ```ts
 * app.get("/report", (request) => toPromise(report(request.url), { signal: request.signal }));
 * ```
 *
 * @param awaitable - a coroutine, which becomes a task, or a task or future, which stays on its own loop
 * @param options - `signal` cancels the task when it is aborted; `loop` is the loop to run on
 * @returns a promise of the result, which settles when the task has ended, after its cleanup. It rejects
 * - with the task's exception; a `TimeoutError` becomes the web's "TimeoutError", a `DOMException` whose `cause` it is;
 * - with the signal's reason, if the signal has cancelled the task;
 * - with an "AbortError", a `DOMException` whose `cause` is the `CancelledError`, if other code has cancelled the task;
 * - with a `DeadlockError`, after the cleanup, when nothing can wake the task any more;
 * - with a `RuntimeError` when the loop is stopped or closed before the task has ended
 * @throws TypeError when `awaitable` cannot be awaited, `signal` is no `AbortSignal`, or `loop` is no loop of this copy
 * of the package
 * @throws RuntimeError when the loop is closed, or the coroutine was given to a task before
 * @throws ValueError when `awaitable` is a future of another loop than `loop`
 *
 * Cancellation goes one way: aborting the signal cancels the task, and the promise itself cannot be cancelled.
 *
 * It has no counterpart in CPython.
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
        // A method of the program's own class of futures has thrown: the promise settles all the same.
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
    // The loop is closed: no cleanup can run any more.
    const unwatch = watchClose(loop, () => fail(isAborted ? signal?.reason : new RuntimeError("Event loop is closed")));
    future.addDoneCallback(passing("toPromise", finish));
    if (signal?.aborted === true) abort();
    else if (signal !== undefined) unlisten = onAbort(signal, abort);
    run?.enter(call);
  });
}
