/** Several tasks as one future, and the wait for several. */

import { createTask } from "./frames.ts";
import { Future, type Owner, succeeded } from "./future.ts";
import type { Coroutine } from "./generators.ts";
import { Task } from "./task.ts";

class Gathering<T> extends Future<T[]> implements Owner {
  declare private readonly children: Task<T>[];
  declare private pending: number;
  declare private isCancelRequested: boolean;

  constructor() {
    super();
    this.children = [];
    this.pending = 0;
    this.isCancelRequested = false;
  }

  add(child: Task<T>): void {
    this.children[this.pending] = child;
    this.pending += 1;
    child.addWaiter(this);
  }

  wake(child: Future<unknown>): void {
    child.tell(this);
  }

  childDone(child: Future<unknown>): void {
    this.pending -= 1;
    if (this.flags !== 0) return;
    if (child.flags !== succeeded && !this.isCancelRequested) this.settle(child.flags, child.content);
    else if (this.pending === 0) this.finish();
  }

  override cancel(): boolean {
    if (this.flags !== 0) return false;
    for (const child of this.children) if (child.cancel()) this.isCancelRequested = true;
    return this.isCancelRequested;
  }

  private finish(): void {
    if (this.isCancelRequested) {
      super.cancel();
      return;
    }
    const results: T[] = [];
    for (const child of this.children) results[results.length] = child.content as T;
    this.setResult(results);
  }
}

/** Runs coroutines, or waits for tasks, at the same time; the results are in their order. */
export function gather<T>(awaitables: readonly (Coroutine<T> | Task<T>)[]): Future<T[]> {
  const gathering = new Gathering<T>();
  for (const awaitable of awaitables) {
    gathering.add(awaitable instanceof Task ? awaitable : createTask(awaitable));
  }
  return gathering;
}

class WaitForAll extends Future<void> implements Owner {
  declare private pending: number;

  constructor(futures: readonly Future<unknown>[]) {
    super();
    this.pending = futures.length;
    for (const future of futures) future.addWaiter(this);
  }

  wake(future: Future<unknown>): void {
    future.tell(this);
  }

  childDone(): void {
    this.pending -= 1;
    if (this.pending === 0) this.setResult();
  }
}

/** Waits until all are done. */
export function wait(futures: readonly Future<unknown>[]): Future<void> {
  return new WaitForAll(futures);
}
