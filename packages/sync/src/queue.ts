import { type BaseEventLoop, type Coroutine, repr, ValueError } from "@yieldstar/loop";
import { className, Fifo, printOnce, showAsText } from "@yieldstar/loop/internal";
import { Event } from "./event.ts";
import { QueueEmpty, QueueFull, QueueShutDown } from "./queue-exceptions.ts";
import { requireNumber } from "./size.ts";
import { type Operation, Wait } from "./wait.ts";
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
    showAsText(this, "Queue");
  }

  readonly #maxsize: number;
  readonly #binding = new LoopBinding();
  /** @internal */
  readonly _getters: Waiters = new Waiters();
  /** @internal */
  readonly _putters: Waiters = new Waiters();
  readonly #putting: Operation<T | undefined> = new Putting(this);
  readonly #getting: Operation<T | undefined> = new Getting(this);
  readonly #fifo = new Fifo<T>();
  /** Set while there is no unfinished item. */
  readonly #finished = new Event();
  #unfinished = 0;
  /** @internal */
  _isShutdown = false;

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
  put(item: T): Coroutine {
    return new Wait<T | undefined>(this.#putting, item).asCoroutine<void>();
  }

  /**
   * Puts an item in.
   *
   * @throws QueueFull when there is no room
   * @throws QueueShutDown when the queue is shut down
   */
  putNowait(item: T): void {
    if (this._isShutdown) throw new QueueShutDown();
    if (this.full()) throw new QueueFull();
    this._put(item);
    this.#unfinished += 1;
    this.#finished.clear();
    this._getters.takeAndWake();
  }

  /**
   * Takes the next item, once there is one. `taskDone` is to be called when it is done with.
   *
   * @throws QueueShutDown when the queue is shut down and empty, also while this waits
   *
   * Cancellation leaves the item where it is, and passes a wake-up on.
   */
  get(): Coroutine<T> {
    return new Wait<T | undefined>(this.#getting, undefined).asCoroutine<T>();
  }

  /**
   * Takes the next item.
   *
   * @throws QueueEmpty when there is none
   * @throws QueueShutDown when there is none and the queue is shut down
   */
  getNowait(): T {
    if (this.empty()) throw this._isShutdown ? new QueueShutDown() : new QueueEmpty();
    const item = this._get();
    this._putters.takeAndWake();
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
    this._isShutdown = true;
    if (immediate) this.#discard();
    while (this._getters.size > 0) this._getters.takeAndWake();
    while (this._putters.size > 0) this._putters.takeAndWake();
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

  #discard(): void {
    while (!this.empty()) {
      this._get();
      if (this.#unfinished > 0) this.#unfinished -= 1;
    }
    if (this.#unfinished === 0) this.#finished.set();
  }

  /** @internal */
  _getLoop(): BaseEventLoop {
    return this.#binding.getLoop(this);
  }

  toString(): string {
    return printOnce(this, () => {
      const parts = [`maxsize=${repr(this.#maxsize)}`];
      if (!this.empty()) parts.push(`_queue=${repr(this._items())}`);
      if (this._getters.size > 0) parts.push(`_getters[${this._getters.size}]`);
      if (this._putters.size > 0) parts.push(`_putters[${this._putters.size}]`);
      if (this.#unfinished > 0) parts.push(`tasks=${this.#unfinished}`);
      if (this._isShutdown) parts.push("shutdown");
      return `<${className(this)} ${parts.join(" ")}>`;
    });
  }
}

/** Its coroutines are given the item, and give nothing. */
class Putting<T> implements Operation<T | undefined> {
  readonly name = "Queue.put";
  readonly waiters: Waiters;
  readonly #queue: Queue<T>;

  constructor(queue: Queue<T>) {
    this.waiters = queue._putters;
    this.#queue = queue;
  }

  getLoop(): BaseEventLoop {
    return this.#queue._getLoop();
  }

  attempt(wait: Wait<T | undefined>): boolean {
    const queue = this.#queue;
    if (queue.full()) {
      if (queue._isShutdown) throw new QueueShutDown();
      return false;
    }
    queue.putNowait(wait.value as T);
    wait.value = undefined;
    return true;
  }

  abandon(_error: unknown, isWoken: boolean): void {
    if (isWoken && !this.#queue.full()) this.#queue._putters.takeAndWake();
  }
}

class Getting<T> implements Operation<T | undefined> {
  readonly name = "Queue.get";
  readonly waiters: Waiters;
  readonly #queue: Queue<T>;

  constructor(queue: Queue<T>) {
    this.waiters = queue._getters;
    this.#queue = queue;
  }

  getLoop(): BaseEventLoop {
    return this.#queue._getLoop();
  }

  attempt(wait: Wait<T | undefined>): boolean {
    const queue = this.#queue;
    if (queue.empty()) {
      if (queue._isShutdown) throw new QueueShutDown();
      return false;
    }
    wait.value = queue.getNowait();
    return true;
  }

  abandon(_error: unknown, isWoken: boolean): void {
    if (isWoken && !this.#queue.empty()) this.#queue._getters.takeAndWake();
  }
}
