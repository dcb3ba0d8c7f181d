import { nameClass } from "@yieldstar/loop/internal";
import { Queue } from "./queue.ts";

/**
 * A queue whose `get` returns the newest item first.
 *
 * Source: asyncio.LifoQueue, CPython 3.14 Lib/asyncio/queues.py.
 */
export class LifoQueue<T> extends Queue<T> {
  static {
    nameClass(this, "LifoQueue");
  }

  readonly #stack: T[] = [];

  /**
   * Returns the number of items in the queue.
   *
   * Source: asyncio.Queue.qsize, CPython 3.14 Lib/asyncio/queues.py.
   */
  override qsize(): number {
    return this.#stack.length;
  }

  protected override _get(): T {
    return this.#stack.pop() as T;
  }

  protected override _put(item: T): void {
    this.#stack.push(item);
  }

  protected override _items(): readonly T[] {
    return this.#stack;
  }
}
