/** Runs a coroutine, and what it spawns, until it has ended. */

import { leave } from "./context.ts";
import { createTask } from "./frames.ts";
import { Future, type Owner, succeeded } from "./future.ts";
import type { Coroutine } from "./generators.ts";
import { start, stop } from "./loop.ts";

class Completion<T> implements Owner {
  declare private readonly resolve: (result: T) => void;
  declare private readonly reject: (error: unknown) => void;

  constructor(resolve: (result: T) => void, reject: (error: unknown) => void) {
    this.resolve = resolve;
    this.reject = reject;
  }

  wake(task: Future<unknown>): void {
    task.tell(this);
  }

  childDone(task: Future<unknown>): void {
    stop();
    if (task.flags === succeeded) this.resolve(task.content as T);
    else this.reject(task.error());
  }
}

function runSharing<T>(coroutine: Coroutine<T>, isShared: boolean): Promise<T> {
  return new Promise((resolve, reject) => {
    leave();
    createTask(coroutine).addWaiter(new Completion(resolve, reject));
    start(isShared);
  });
}

/** Runs a coroutine. The host waits for its turn until nothing is ready. */
export function run<T>(coroutine: Coroutine<T>): Promise<T> {
  return runSharing(coroutine, false);
}

/** Runs a coroutine. The host has its turn after each iteration. */
export function runBesideHost<T>(coroutine: Coroutine<T>): Promise<T> {
  return runSharing(coroutine, true);
}

const loop = { createFuture: <T>(): Future<T> => new Future<T>() };

export function getRunningLoop(): typeof loop {
  return loop;
}
