/** The waits of a primitive, in their order. Each is its coroutine, its future and its place in the list in one object. */

import { Future } from "./future.ts";

export abstract class Wait<T> extends Future<T> {
  declare previousWait: Wait<unknown> | undefined;
  declare nextWait: Wait<unknown> | undefined;

  constructor() {
    super();
    this.previousWait = undefined;
    this.nextWait = undefined;
  }
}

export class WaitingList {
  declare first: Wait<unknown> | undefined;
  declare private last: Wait<unknown> | undefined;

  constructor() {
    this.first = undefined;
    this.last = undefined;
  }

  add(wait: Wait<unknown>): void {
    const { last } = this;
    if (last === undefined) this.first = wait;
    else last.nextWait = wait;
    wait.previousWait = last;
    this.last = wait;
  }

  remove(wait: Wait<unknown>): void {
    const { previousWait, nextWait } = wait;
    if (previousWait === undefined) this.first = nextWait;
    else previousWait.nextWait = nextWait;
    if (nextWait === undefined) this.last = previousWait;
    else nextWait.previousWait = previousWait;
    wait.previousWait = wait.nextWait = undefined;
  }
}
