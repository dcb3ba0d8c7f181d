/** A block with a deadline. */

import type { Manager } from "./block.ts";
import { CancelledError, TimeoutError, withoutStack } from "./future.ts";
import { timers } from "./loop.ts";
import type { Runnable } from "./ready-queue.ts";
import { currentTask, type Task } from "./task.ts";
import { notSet, type Timer } from "./timer-heap.ts";

class Timeout implements Manager, Timer {
  declare link: Runnable | undefined;
  declare sequence: number;
  declare private readonly delay: number;
  declare private task: Task<unknown> | undefined;
  declare private cancelling: number;
  declare private hasExpired: boolean;

  constructor(delay: number) {
    this.link = undefined;
    this.sequence = notSet;
    this.delay = delay;
    this.task = undefined;
    this.cancelling = 0;
    this.hasExpired = false;
  }

  enter(): void {
    const task = currentTask();
    this.task = task;
    this.cancelling = task.cancelling();
    timers.push(this, performance.now() + this.delay);
  }

  run(): void {
    if (this.task === undefined) return;
    this.hasExpired = true;
    this.task.cancel();
  }

  exit(error: unknown): undefined {
    const task = this.task as Task<unknown>;
    this.task = undefined;
    if (this.sequence !== notSet) timers.cancel(this);
    if (this.hasExpired && task.uncancel() <= this.cancelling && error instanceof CancelledError) {
      throw withoutStack(TimeoutError);
    }
    if (error !== undefined) throw error;
  }
}

/** Cancels the body of its block after some seconds. */
export function timeout(delay: number): Timeout {
  return new Timeout(delay * 1000);
}
