/** A pause of an iteration, or of some time. */

import { Future } from "./future.ts";
import { timers } from "./loop.ts";
import type { Runnable } from "./ready-queue.ts";
import { notSet, type Timer } from "./timer-heap.ts";

const suspended = { done: false, value: undefined } as const;
const ended = { done: true, value: undefined } as const;

class Pause {
  declare private hasSuspended: boolean;

  constructor() {
    this.hasSuspended = false;
  }

  [Symbol.iterator](): Iterator<undefined, void> {
    return this;
  }

  next(): typeof suspended | typeof ended {
    if (this.hasSuspended) return ended;
    this.hasSuspended = true;
    return suspended;
  }

  throw(error: unknown): never {
    throw error;
  }
}

/** The future of a sleep, and its timer. */
class Sleep extends Future<void> implements Timer {
  declare link: Runnable | undefined;
  declare sequence: number;
  declare private readonly delay: number;

  constructor(delay: number) {
    super();
    this.link = undefined;
    this.sequence = notSet;
    this.delay = delay;
  }

  override next(): IteratorResult<unknown, unknown> {
    if (this.content === undefined && this.flags === 0) timers.push(this, performance.now() + this.delay);
    return super.next();
  }

  override cancel(): boolean {
    if (this.sequence !== notSet) timers.cancel(this);
    return super.cancel();
  }

  run(): void {
    this.setResult();
  }
}

/** Sleeps for some seconds. */
export function sleep(delay: number): Iterable<undefined, void> {
  return delay > 0 ? (new Sleep(delay * 1000) as unknown as Iterable<undefined, void>) : new Pause();
}
