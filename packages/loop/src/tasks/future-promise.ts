import { RuntimeError } from "../errors/exceptions.ts";
import { watchClose } from "../scheduling/loop-ends.ts";
import { passing } from "../scheduling/passing.ts";
import { restoreCallers } from "../coroutines/lost-callers.ts";
import { toWebError } from "../errors/web-errors.ts";

/** The members of a future that its promise needs. */
interface PromisedFuture<T> {
  /** @internal */
  readonly _loop: { _requireOpen(): void };
  /** @internal */
  _isDone(): boolean;
  result(): T;
  addDoneCallback(callback: (future: PromisedFuture<T>) => void): void;
}

/** Makes the promise that `Future.toPromise` returns. */
export function promiseOf<T>(future: PromisedFuture<T>): Promise<T> {
  if (!future._isDone()) future._loop._requireOpen();
  return new Promise((resolve, reject) => {
    const finish = (): void => settle(future, resolve, reject);
    if (future._isDone()) {
      finish();
      return;
    }
    const leave = watchClose(future._loop, () => {
      if (future._isDone()) finish();
      else reject(new RuntimeError("Event loop is closed"));
    });
    future.addDoneCallback(
      passing("Future.toPromise", () => {
        leave();
        finish();
      }),
    );
  });
}

/**
 * Settles a promise with the outcome of a future that is done, and turns its error into the one that promise code
 * knows.
 */
export function settle<T>(
  future: PromisedFuture<T>,
  resolve: (result: T) => void,
  reject: (reason: unknown) => void,
): void {
  try {
    resolve(future.result());
  } catch (error) {
    restoreCallers(error);
    reject(toWebError(error as Error));
  }
}
