/** What stands in the ready queue: a handle's callback, or a task's next step. */
export interface Runnable {
  /** @internal Runs it. Throws only what must leave the loop. */
  _run(): void;
}

const initialCapacity = 64;

/** First in, first out, in a ring that doubles when it is full: the loop pushes and shifts at every step of a task. */
export class ReadyQueue {
  /** There is always one empty place at least. */
  private _items: (Runnable | undefined)[] = new Array<Runnable | undefined>(initialCapacity);
  /** Its length, a power of two, less one. */
  private _mask = initialCapacity - 1;
  private _head = 0;
  private _tail = 0;

  get length(): number {
    return (this._tail - this._head) & this._mask;
  }

  push(item: Runnable): void {
    const tail = this._tail;
    this._items[tail] = item;
    this._tail = (tail + 1) & this._mask;
    if (this._tail === this._head) this._grow();
  }

  /** Takes the oldest item. The queue must not be empty. */
  shift(): Runnable {
    const head = this._head;
    const item = this._items[head] as Runnable;
    this._items[head] = undefined;
    this._head = (head + 1) & this._mask;
    return item;
  }

  clear(): void {
    this._items = new Array<Runnable | undefined>(initialCapacity);
    this._mask = initialCapacity - 1;
    this._head = this._tail = 0;
  }

  /** Makes twice the room. What had wrapped around to the begin goes on where the old end was. */
  private _grow(): void {
    const items = this._items;
    const { length } = items;
    items.length = 2 * length;
    for (let index = 0; index < this._tail; index += 1) {
      items[length + index] = items[index];
      items[index] = undefined;
    }
    this._tail += length;
    this._mask = 2 * length - 1;
  }
}
