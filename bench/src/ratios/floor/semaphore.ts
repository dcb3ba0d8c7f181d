/** A semaphore: a release gives its unit to the first task that waits. */

import { CancelledError, succeeded } from "./future.ts";
import { Wait, WaitingList } from "./waiting-list.ts";

const taken = { done: true, value: true } as const;

class Acquire extends Wait<void> {
  declare private readonly semaphore: Semaphore;
  declare private isWaiting: boolean;

  constructor(semaphore: Semaphore) {
    super();
    this.semaphore = semaphore;
    this.isWaiting = false;
  }

  override next(): IteratorResult<unknown, unknown> {
    const { semaphore } = this;
    if (this.isWaiting) {
      while (semaphore.units > 0 && semaphore.wakeNext());
      return taken;
    }
    if (semaphore.units === 0 || semaphore.waits.first !== undefined) {
      this.isWaiting = true;
      semaphore.waits.add(this);
      return { done: false, value: this };
    }
    semaphore.units -= 1;
    return taken;
  }

  override cancel(): boolean {
    if (this.flags === 0) this.semaphore.waits.remove(this);
    return super.cancel();
  }

  override throw(error: unknown): never {
    const { semaphore } = this;
    if (this.flags === succeeded && error instanceof CancelledError) semaphore.units += 1;
    while (semaphore.units > 0 && semaphore.wakeNext());
    throw error;
  }
}

export class Semaphore {
  declare readonly waits: WaitingList;
  declare units: number;

  constructor(units: number) {
    this.waits = new WaitingList();
    this.units = units;
  }

  acquire(): Acquire {
    return new Acquire(this);
  }

  release(): void {
    this.units += 1;
    this.wakeNext();
  }

  /** Takes a unit for the first task that waits; returns whether one waits. */
  wakeNext(): boolean {
    const { first } = this.waits;
    if (first === undefined) return false;
    this.waits.remove(first);
    this.units -= 1;
    first.setResult(undefined);
    return true;
  }
}
