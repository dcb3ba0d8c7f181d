/** What stands in the ready queue: a handle's callback, or a task's next step. */
export interface Runnable {
  /** @internal Runs it. Throws only what must leave the loop. */
  _run(): void;
}

const initialCapacity = 64;

/** First in, first out, in a ring that doubles when it is full: the loop pushes and shifts at every step of a task. */
export class ReadyQueue {
  #items: (Runnable | undefined)[] = new Array<Runnable | undefined>(initialCapacity);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(item: Runnable): void {
    if (this.#length === this.#items.length) this.#grow();
    this.#items[(this.#head + this.#length) & (this.#items.length - 1)] = item;
    this.#length += 1;
  }

  /** Takes the oldest item. The queue must not be empty. */
  shift(): Runnable {
    const items = this.#items;
    const item = items[this.#head] as Runnable;
    items[this.#head] = undefined;
    this.#head = (this.#head + 1) & (items.length - 1);
    this.#length -= 1;
    return item;
  }

  clear(): void {
    this.#items = new Array<Runnable | undefined>(initialCapacity);
    this.#head = this.#length = 0;
  }

  #grow(): void {
    // Pushed one by one: an array that is made with a great length is a hash table inside.
    const items: (Runnable | undefined)[] = [];
    for (let index = 0; index < this.#length; index += 1) {
      items.push(this.#items[(this.#head + index) & (this.#length - 1)]);
    }
    for (let index = 0; index < this.#length; index += 1) items.push(undefined);
    this.#items = items;
    this.#head = 0;
  }
}
