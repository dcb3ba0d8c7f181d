/** A bounded queue. A woken task looks anew, since another one may have been quicker. */

import { succeeded } from "./future.ts";
import { Wait, WaitingList } from "./waiting-list.ts";

class Get<T> extends Wait<T> {
  declare private readonly queue: Queue<T>;

  constructor(queue: Queue<T>) {
    super();
    this.queue = queue;
  }

  override next(): IteratorResult<unknown, unknown> {
    const { queue } = this;
    if (queue.size > 0) return { done: true, value: queue.take() };
    this.flags = 0;
    this.content = undefined;
    queue.getters.add(this);
    return { done: false, value: this };
  }

  override cancel(): boolean {
    if (this.flags === 0) this.queue.getters.remove(this);
    return super.cancel();
  }

  override throw(error: unknown): never {
    if (this.flags === succeeded && this.queue.size > 0) wakeNext(this.queue.getters);
    throw error;
  }
}

const isPut = { done: true, value: undefined } as const;

class Put<T> extends Wait<void> {
  declare private readonly queue: Queue<T>;
  declare private readonly item: T;

  constructor(queue: Queue<T>, item: T) {
    super();
    this.queue = queue;
    this.item = item;
  }

  override next(): IteratorResult<unknown, unknown> {
    const { queue } = this;
    if (queue.size < queue.maxsize) {
      queue.add(this.item);
      return isPut;
    }
    this.flags = 0;
    this.content = undefined;
    queue.putters.add(this);
    return { done: false, value: this };
  }

  override cancel(): boolean {
    if (this.flags === 0) this.queue.putters.remove(this);
    return super.cancel();
  }

  override throw(error: unknown): never {
    if (this.flags === succeeded && this.queue.size < this.queue.maxsize) wakeNext(this.queue.putters);
    throw error;
  }
}

function wakeNext(waits: WaitingList): void {
  const { first } = waits;
  if (first === undefined) return;
  waits.remove(first);
  first.setResult(undefined);
}

export class Queue<T> {
  declare readonly maxsize: number;
  declare readonly getters: WaitingList;
  declare readonly putters: WaitingList;
  declare size: number;
  declare private readonly items: T[];
  declare private head: number;

  constructor(maxsize: number) {
    this.maxsize = maxsize;
    this.getters = new WaitingList();
    this.putters = new WaitingList();
    this.size = 0;
    this.items = [];
    this.head = 0;
  }

  get(): Get<T> {
    return new Get(this);
  }

  put(item: T): Put<T> {
    return new Put(this, item);
  }

  add(item: T): void {
    const end = this.head + this.size;
    this.items[end < this.maxsize ? end : end - this.maxsize] = item;
    this.size += 1;
    if (this.getters.first !== undefined) wakeNext(this.getters);
  }

  take(): T {
    const item = this.items[this.head] as T;
    this.head = this.head + 1 === this.maxsize ? 0 : this.head + 1;
    this.size -= 1;
    if (this.putters.first !== undefined) wakeNext(this.putters);
    return item;
  }
}
