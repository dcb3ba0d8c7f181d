/** The wait for a promise, whose callback runs the iteration that it has woken. */

import { leave } from "./context.ts";
import { failed, Future, succeeded } from "./future.ts";
import { serve } from "./loop.ts";

class PromiseWait<T> extends Future<T> {
  declare private promise: Promise<T> | undefined;

  constructor(promise: Promise<T>) {
    super();
    this.promise = promise;
  }

  override next(): IteratorResult<unknown, unknown> {
    if (this.promise !== undefined) this.subscribe(this.promise);
    return super.next();
  }

  private subscribe(promise: Promise<T>): void {
    this.promise = undefined;
    promise.then(
      (value) => this.end(succeeded, value),
      (error: unknown) => this.end(failed, error),
    );
  }

  private end(state: number, content: unknown): void {
    leave();
    if (this.flags === 0) this.settle(state, content);
    serve();
  }
}

/** Waits for a promise. */
export function fromPromise<T>(promise: Promise<T>): Future<T> {
  return new PromiseWait(promise);
}
