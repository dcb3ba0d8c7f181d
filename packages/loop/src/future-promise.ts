import type { Future } from "./future.ts";
import { toWebError } from "./web-errors.ts";

/** A promise of a future's outcome, for `Future.toPromise`. */
export function promiseOf<T>(future: Future<T>): Promise<T> {
  if (!future.done()) future.getLoop()._requireOpen();
  return new Promise((resolve, reject) => {
    if (future.done()) settle(future, resolve, reject);
    else future.addDoneCallback(() => settle(future, resolve, reject));
  });
}

/** Settles a promise as a future is done, with the errors that promise code knows. */
export function settle<T>(future: Future<T>, resolve: (result: T) => void, reject: (reason: unknown) => void): void {
  try {
    resolve(future.result());
  } catch (error) {
    reject(toWebError(error as Error));
  }
}
