import { type Coroutine, repr, ValueError } from "@yieldstar/loop";
import { className, Fifo, printOnce, requireNumber, showAsText } from "@yieldstar/loop/internal";
import { Event } from "./event.ts";
import { LoopBinding } from "./loop-binding.ts";
import { QueueEmpty, QueueFull, QueueShutDown } from "./queue-exceptions.ts";
import { defineSteps, MUST_WAIT, WaitQueue } from "./wait-queue.ts";

/**
 * A queue between tasks: first in, first out. `get` waits while it is empty; with a `maxsize`, `put` waits while it is
 * full.
 *
 * A subclass with another order overrides `_put`, `_get`, `_items` and `qsize`.
 *
 * Source: asyncio.Queue, CPython 3.14 Lib/asyncio/queues.py.
 */
export class Queue<T> {
  static {
    showAsText(this, "Queue");
  }

  static readonly #putting = defineSteps<Queue<unknown>, unknown, void>({
    name: "Queue.put",
    attempt(queue, item) {
      if (!queue.full()) return queue.putNowait(item);
      if (queue.#isShutdown) throw new QueueShutDown();
      return MUST_WAIT;
    },
    abandon(queue, _error, wasWoken) {
      if (wasWoken && !queue.full()) queue.#putters.popAndWake();
    },
  });

  static readonly #getting = defineSteps<Queue<unknown>, void, unknown>({
    name: "Queue.get",
    attempt(queue) {
      if (!queue.empty()) return queue.getNowait();
      if (queue.#isShutdown) throw new QueueShutDown();
      return MUST_WAIT;
    },
    abandon(queue, _error, wasWoken) {
      if (wasWoken && !queue.empty()) queue.#getters.popAndWake();
    },
  });

  readonly #binding = new LoopBinding(this);
  readonly #putters = new WaitQueue<Queue<unknown>, unknown, void>(this, Queue.#putting, this.#binding);
  readonly #getters = new WaitQueue<Queue<unknown>, void, unknown>(this, Queue.#getting, this.#binding);
  readonly #maxsize: number;
  readonly #fifo = new Fifo<T>();
  /** The number of items that were put and for which `taskDone` was not called. */
  #unfinished = 0;
  /** Set while there are no unfinished items. */
  readonly #finished = new Event();
  #isShutdown = false;

  /**
   * @param maxsize - the number of items that it holds at most; zero, the default, or less means no limit
   * @throws TypeError when it is no number
   */
  constructor(maxsize = 0) {
    requireNumber(maxsize, "maxsize");
    if (Number.isNaN(maxsize)) throw new TypeError("maxsize must be a number, got nan");
    this.#maxsize = maxsize;
    this.#finished.set();
  }

  /**
   * The number of items that the queue holds at most; zero or less means no limit.
   *
   * Source: asyncio.Queue.maxsize, CPython 3.14 Lib/asyncio/queues.py.
   */
  get maxsize(): number {
    return this.#maxsize;
  }

  /**
   * Returns the number of items in the queue.
   *
   * Source: asyncio.Queue.qsize, CPython 3.14 Lib/asyncio/queues.py.
   */
  qsize(): number {
    return this.#fifo.length;
  }

  /**
   * Tells whether the queue holds no items.
   *
   * Source: asyncio.Queue.empty, CPython 3.14 Lib/asyncio/queues.py.
   */
  empty(): boolean {
    return this.qsize() === 0;
  }

  /**
   * Tells whether the queue holds `maxsize` items. Without a limit it is never full.
   *
   * Source: asyncio.Queue.full, CPython 3.14 Lib/asyncio/queues.py.
   */
  full(): boolean {
    return this.#maxsize > 0 && this.qsize() >= this.#maxsize;
  }

  /**
   * Puts an item in. While the queue is full, it waits for room.
   *
   * @param item - any value
   * @throws QueueShutDown when the queue is shut down, before the call or while it waits
   * @throws RuntimeError when it has to wait and the queue was waited for on another loop before
   *
   * A cancelled task does not put its item in. If it was woken already and there is room, it wakes the next task.
   *
   * Source: asyncio.Queue.put, CPython 3.14 Lib/asyncio/queues.py.
   */
  put(item: T): Coroutine {
    return this.#putters.wait(item);
  }

  /**
   * Puts an item in, and wakes the first task that waits in `get`. It never waits.
   *
   * @param item - any value
   * @throws QueueFull when the queue holds `maxsize` items
   * @throws QueueShutDown when the queue is shut down
   * @throws RuntimeError when the loop of the task that it wakes is closed; the item is then in the queue
   *
   * Source: asyncio.Queue.put_nowait, CPython 3.14 Lib/asyncio/queues.py.
   */
  putNowait(item: T): void {
    if (this.#isShutdown) throw new QueueShutDown();
    if (this.full()) throw new QueueFull();
    this._put(item);
    this.#unfinished += 1;
    this.#finished.clear();
    this.#getters.popAndWake();
  }

  /**
   * Takes the next item. While the queue is empty, it waits for one. When the item has been processed, call
   * `taskDone`.
   *
   * @returns the item
   * @throws QueueShutDown when the queue is empty and shut down, before the call or while it waits
   * @throws RuntimeError when it has to wait and the queue was waited for on another loop before
   *
   * A cancelled task takes no item. If it was woken already and an item is there, it wakes the next task.
   *
   * Source: asyncio.Queue.get, CPython 3.14 Lib/asyncio/queues.py.
   */
  get(): Coroutine<T> {
    return this.#getters.wait() as Coroutine<T>;
  }

  /**
   * Takes the next item, and wakes the first task that waits in `put`. It never waits.
   *
   * @returns the item
   * @throws QueueEmpty when the queue is empty
   * @throws QueueShutDown when the queue is empty and shut down
   * @throws RuntimeError when the loop of the task that it wakes is closed; the item is then lost
   *
   * Source: asyncio.Queue.get_nowait, CPython 3.14 Lib/asyncio/queues.py.
   */
  getNowait(): T {
    if (this.empty()) throw this.#isShutdown ? new QueueShutDown() : new QueueEmpty();
    const item = this._get();
    this.#putters.popAndWake();
    return item;
  }

  /**
   * Says that an item that was taken has been processed. The last one wakes the tasks that wait in `join`.
   *
   * @throws ValueError when it is called more often than items were put in
   * @throws RuntimeError when the loop of a task that it wakes is closed; the item counts as processed
   *
   * Source: asyncio.Queue.task_done, CPython 3.14 Lib/asyncio/queues.py.
   */
  taskDone(): void {
    if (this.#unfinished <= 0) throw new ValueError("task_done() called too many times");
    this.#unfinished -= 1;
    if (this.#unfinished === 0) this.#finished.set();
  }

  /**
   * Waits until `taskDone` was called for every item that was put in.
   *
   * @throws RuntimeError when it has to wait and `join` was awaited on another loop before
   *
   * A cancelled task stops waiting. The queue and the other tasks are not touched.
   *
   * Source: asyncio.Queue.join, CPython 3.14 Lib/asyncio/queues.py.
   */
  *join(): Coroutine {
    if (this.#unfinished > 0) yield* this.#finished.wait();
  }

  /**
   * Shuts the queue down: `put` throws from now on, and so does `get` once the queue is empty. It wakes the tasks that
   * wait in either.
   *
   * @param immediate - whether to discard the items in the queue, and to count each as done
   * @throws RuntimeError when the loop of a task that it wakes is closed; the queue is then shut down
   *
   * Source: asyncio.Queue.shutdown, CPython 3.14 Lib/asyncio/queues.py.
   */
  shutdown(immediate = false): void {
    this.#isShutdown = true;
    if (immediate) this.#discard();
    this.#getters.popAndWakeAll();
    this.#putters.popAndWakeAll();
  }

  /** Removes the next item and returns it. The queue is not empty. */
  protected _get(): T {
    return this.#fifo.shift();
  }

  /** Inserts an item. The queue is not full. */
  protected _put(item: T): void {
    this.#fifo.push(item);
  }

  /** Returns the items for `toString`. */
  protected _items(): readonly T[] {
    return this.#fifo.toArray();
  }

  #discard(): void {
    while (!this.empty()) {
      this._get();
      if (this.#unfinished > 0) this.#unfinished -= 1;
    }
    if (this.#unfinished === 0) this.#finished.set();
  }

  toString(): string {
    return printOnce(this, () => {
      const parts = [`maxsize=${repr(this.#maxsize)}`];
      if (!this.empty()) parts.push(`_queue=${repr(this._items())}`);
      if (this.#getters.size > 0) parts.push(`_getters[${this.#getters.size}]`);
      if (this.#putters.size > 0) parts.push(`_putters[${this.#putters.size}]`);
      if (this.#unfinished > 0) parts.push(`tasks=${this.#unfinished}`);
      if (this.#isShutdown) parts.push("shutdown");
      return `<${className(this)} ${parts.join(" ")}>`;
    });
  }
}
