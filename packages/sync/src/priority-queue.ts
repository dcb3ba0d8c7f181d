import { nameClass, readOptions, requireCallback } from "@yieldstar/loop/internal";
import { isLess } from "./compare.ts";
import { heapPop, heapPush } from "./heap.ts";
import { Queue } from "./queue.ts";

/** How a `PriorityQueue` orders its items. */
export interface PriorityQueueOptions<T> {
  /**
   * Returns a negative number if `get` has to return `a` before `b`. By default the queue compares items as Python
   * does: numbers and strings by value, arrays element by element.
   */
  readonly compare?: ((a: T, b: T) => number) | undefined;
}

const priorityQueueDefaults = { compare: undefined };

/**
 * A queue whose `get` returns the smallest item first. Items of equal rank come in no particular order; if the order
 * matters, put `[rank, count, item]` in.
 *
 * Source: asyncio.PriorityQueue, CPython 3.14 Lib/asyncio/queues.py.
 */
export class PriorityQueue<T> extends Queue<T> {
  static {
    nameClass(this, "PriorityQueue");
  }

  readonly #heap: T[] = [];
  readonly #before: (a: T, b: T) => boolean;

  /**
   * @param maxsize - the number of items that it holds at most; zero, the default, or less means no limit
   * @param options - `compare` orders the items
   * @throws TypeError when `maxsize` is no number, or `compare` no plain function
   */
  constructor(maxsize = 0, options?: PriorityQueueOptions<T>) {
    const { compare } = readOptions<PriorityQueueOptions<T>>(options, priorityQueueDefaults, "PriorityQueue");
    if (compare !== undefined) requireCallback(compare, "PriorityQueue");
    super(maxsize);
    this.#before = compare === undefined ? isLess : (a, b) => compare(a, b) < 0;
  }

  /**
   * Returns the number of items in the queue.
   *
   * Source: asyncio.Queue.qsize, CPython 3.14 Lib/asyncio/queues.py.
   */
  override qsize(): number {
    return this.#heap.length;
  }

  protected override _get(): T {
    return heapPop(this.#heap, this.#before);
  }

  protected override _put(item: T): void {
    heapPush(this.#heap, item, this.#before);
  }

  protected override _items(): readonly T[] {
    return this.#heap;
  }
}
