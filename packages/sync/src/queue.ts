import { type Coroutine, repr, showAsText, ValueError } from "@yieldstar/loop";
import { Event } from "./event.ts";
import { Fifo } from "./fifo.ts";
import { QueueEmpty, QueueFull, QueueShutDown } from "./queue-exceptions.ts";
import { requireNumber } from "./size.ts";
import { LoopBinding, Waiters } from "./waiters.ts";

/**
 * A queue between tasks: first in, first out. With a `maxsize`, whoever puts an item into a full one waits.
 *
 * A subclass with another order overrides `_put`, `_get`, `_items` and `qsize`.
 *
 * Source: asyncio.Queue, CPython 3.14 Lib/asyncio/queues.py.
 */
export class Queue<T> {
  static {
    showAsText(this);
  }

  readonly #maxsize: number;
  readonly #binding = new LoopBinding();
  readonly #getters = new Waiters();
  readonly #putters = new Waiters();
  readonly #fifo = new Fifo<T>();
  /** Set while there is no unfinished item. */
  readonly #finished = new Event();
  #unfinished = 0;
  #isShutdown = false;

  /** @param maxsize - how many items it holds at most; zero, the default, or less means any number */
  constructor(maxsize = 0) {
    requireNumber(maxsize, "maxsize");
    if (Number.isNaN(maxsize)) throw new TypeError("maxsize must be a number, got nan");
    this.#maxsize = maxsize;
    this.#finished.set();
  }

  /** How many items it holds at most; zero or less means any number. */
  get maxsize(): number {
    return this.#maxsize;
  }

  /** Returns how many items it holds. */
  qsize(): number {
    return this.#fifo.length;
  }

  /** Tells whether it holds no item. */
  empty(): boolean {
    return this.qsize() === 0;
  }

  /** Tells whether it holds `maxsize` items. */
  full(): boolean {
    return this.#maxsize > 0 && this.qsize() >= this.#maxsize;
  }

  /**
   * Puts an item in, once there is room.
   *
   * @throws QueueShutDown when the queue is shut down, also while this waits
   *
   * Cancellation leaves the item out, and passes a wake-up on.
   */
  *put(item: T): Coroutine {
    while (this.full()) {
      if (this.#isShutdown) throw new QueueShutDown();
      yield* this.#waitIn(this.#putters, () => !this.full());
    }
    this.putNowait(item);
  }

  /**
   * Puts an item in.
   *
   * @throws QueueFull when there is no room
   * @throws QueueShutDown when the queue is shut down
   */
  putNowait(item: T): void {
    if (this.#isShutdown) throw new QueueShutDown();
    if (this.full()) throw new QueueFull();
    this._put(item);
    this.#unfinished += 1;
    this.#finished.clear();
    this.#getters.takeAndWake();
  }

  /**
   * Takes the next item, once there is one. `taskDone` is to be called when it is done with.
   *
   * @throws QueueShutDown when the queue is shut down and empty, also while this waits
   *
   * Cancellation leaves the item where it is, and passes a wake-up on.
   */
  *get(): Coroutine<T> {
    while (this.empty()) {
      if (this.#isShutdown) throw new QueueShutDown();
      yield* this.#waitIn(this.#getters, () => !this.empty());
    }
    return this.getNowait();
  }

  /**
   * Takes the next item.
   *
   * @throws QueueEmpty when there is none
   * @throws QueueShutDown when there is none and the queue is shut down
   */
  getNowait(): T {
    if (this.empty()) throw this.#isShutdown ? new QueueShutDown() : new QueueEmpty();
    const item = this._get();
    this.#putters.takeAndWake();
    return item;
  }

  /**
   * Says that an item that was taken is done with.
   *
   * @throws ValueError when it is called more often than items were put in
   */
  taskDone(): void {
    if (this.#unfinished <= 0) throw new ValueError("task_done() called too many times");
    this.#unfinished -= 1;
    if (this.#unfinished === 0) this.#finished.set();
  }

  /** Waits until every item that was put in is done with. */
  *join(): Coroutine {
    if (this.#unfinished > 0) yield* this.#finished.wait();
  }

  /**
   * Closes the queue: nothing can be put in any more, and once it is empty nothing be taken. All who wait are woken.
   *
   * @param immediate - whether to throw away what it holds, as if it was done with
   */
  shutdown(immediate = false): void {
    this.#isShutdown = true;
    if (immediate) this.#discard();
    while (this.#getters.size > 0) this.#getters.takeAndWake();
    while (this.#putters.size > 0) this.#putters.takeAndWake();
  }

  /** Takes the item whose turn it is. There is one. */
  protected _get(): T {
    return this.#fifo.shift();
  }

  /** Puts an item where it belongs. */
  protected _put(item: T): void {
    this.#fifo.push(item);
  }

  /** The items as they are shown. */
  protected _items(): readonly T[] {
    return this.#fifo.toArray();
  }

  /**
   * Waits in a queue until woken.
   *
   * @param isPossible - whether what was waited for can be done: then a wake-up that comes to nothing goes to the next
   */
  *#waitIn(waiters: Waiters, isPossible: () => boolean): Coroutine {
    const turn = this.#binding.getLoop(this).createFuture<void>();
    try {
      yield* waiters.wait(turn);
    } catch (error) {
      turn.cancel();
      if (!turn.cancelled() && isPossible()) waiters.takeAndWake();
      throw error;
    }
  }

  #discard(): void {
    while (!this.empty()) {
      this._get();
      if (this.#unfinished > 0) this.#unfinished -= 1;
    }
    if (this.#unfinished === 0) this.#finished.set();
  }

  toString(): string {
    const parts = [`maxsize=${repr(this.#maxsize)}`];
    if (!this.empty()) parts.push(`_queue=${repr(this._items())}`);
    if (this.#getters.size > 0) parts.push(`_getters[${this.#getters.size}]`);
    if (this.#putters.size > 0) parts.push(`_putters[${this.#putters.size}]`);
    if (this.#unfinished > 0) parts.push(`tasks=${this.#unfinished}`);
    if (this.#isShutdown) parts.push("shutdown");
    return `<${this.constructor.name} ${parts.join(" ")}>`;
  }
}
