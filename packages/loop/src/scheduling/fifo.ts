/** The array is cut only after more than this many items were taken. */
const compactionThreshold = 64;

/** A first-in-first-out queue: an array with a moving head. It is cut when more than half of its items were taken. */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /**
   * Removes and returns the oldest item. An empty queue would return `undefined`, and have a wrong length afterwards.
   */
  shift(): T {
    const item = this.#items[this.#head] as T;
    this.#items[this.#head] = undefined;
    this.#head += 1;
    if (this.#head > compactionThreshold && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  toArray(): T[] {
    return this.#items.slice(this.#head) as T[];
  }
}
