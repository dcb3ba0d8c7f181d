/** A lock: a task that waits takes it when it goes on, and until then it is free. */

import { cancelled, CancelledError } from "./future.ts";
import { Wait, WaitingList } from "./waiting-list.ts";

const taken = { done: true, value: true } as const;

class Acquire extends Wait<void> {
  declare private readonly lock: Lock;
  declare private isWaiting: boolean;

  constructor(lock: Lock) {
    super();
    this.lock = lock;
    this.isWaiting = false;
  }

  override next(): IteratorResult<unknown, unknown> {
    const { lock } = this;
    if (this.isWaiting) lock.waits.remove(this);
    else if (lock.isLocked || lock.isWanted()) {
      this.isWaiting = true;
      lock.waits.add(this);
      return { done: false, value: this };
    }
    lock.isLocked = true;
    return taken;
  }

  override throw(error: unknown): never {
    const { lock } = this;
    lock.waits.remove(this);
    if (error instanceof CancelledError && !lock.isLocked) (lock.waits.first as Acquire | undefined)?.setResult();
    throw error;
  }
}

export class Lock {
  declare readonly waits: WaitingList;
  declare isLocked: boolean;

  constructor() {
    this.waits = new WaitingList();
    this.isLocked = false;
  }

  /** Whether a task waits that is not cancelled. */
  isWanted(): boolean {
    let wait = this.waits.first;
    while (wait?.flags === cancelled) wait = wait.nextWait;
    return wait !== undefined;
  }

  acquire(): Acquire {
    return new Acquire(this);
  }

  release(): void {
    this.isLocked = false;
    const { first } = this.waits;
    if (first !== undefined) first.setResult(undefined);
  }
}
