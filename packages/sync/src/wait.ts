import { type BaseEventLoop, CancelledError, type Coroutine, type Future, type Suspension } from "@yieldstar/loop";
import { showAsText } from "@yieldstar/loop/internal";
import { Waiter, type Waiters } from "./waiters.ts";

type Step<T> = IteratorResult<Suspension, T>;

/** What the coroutines of one method do, `lock.acquire()` or its like. A primitive has one, which serves all calls. */
export interface Operation<T> {
  /** What its coroutines are called where they are printed. */
  readonly name: string;
  /** Where they wait. */
  readonly waiters: Waiters;

  /** The loop that they wait on. */
  getLoop(): BaseEventLoop;

  /**
   * Does what they are for.
   *
   * @param wait - the coroutine; its `value` is what it was given, and what awaiting it is to give
   * @param isWoken - whether it has waited and its turn has come
   * @returns whether it could; else it waits
   */
  attempt(wait: Wait<T>, isWoken: boolean): boolean;

  /**
   * Told that a wait has ended without its turn, as by a cancellation.
   *
   * @param isWoken - whether the turn had come meanwhile, so that it has to be passed on
   */
  abandon(error: unknown, isWoken: boolean): void;
}

/**
 * A coroutine that waits in a queue until it can do what it is for. It is written by hand, since as a generator it would
 * cost several times as much; it is its own place in the queue; and it is of one class for all primitives, so that V8
 * knows the queue's members. Awaiting it first tries; then it waits and tries again.
 */
export class Wait<T> extends Waiter {
  static {
    showAsText(this, "coroutine");
  }

  declare value: T;
  declare private readonly _operation: Operation<T>;
  declare private _state: "created" | "waiting" | "closed";

  constructor(operation: Operation<T>, value: T) {
    super(undefined);
    this.value = value;
    this._operation = operation;
    this._state = "created";
  }

  /** This, as what it is to whoever awaits it. */
  asCoroutine<R = T>(): Coroutine<R> {
    return this as unknown as Coroutine<R>;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): Step<T> {
    const isWoken = this._state === "waiting";
    if (isWoken) {
      const turn = this.turn as Future<void>;
      if (!turn.done()) return turn[Symbol.iterator]().next() as Step<T>;
      if (turn.cancelled()) return this.throw(new CancelledError());
      this._operation.waiters.delete(this);
    } else if (this._state === "closed") {
      return { done: true, value: undefined as T };
    }
    this._state = "closed";
    if (this._operation.attempt(this, isWoken)) return { done: true, value: this.value };
    return this._wait();
  }

  throw(error: unknown): never {
    this._end(error);
    throw error;
  }

  return<R>(value: R): IteratorResult<never, R> {
    this._end(undefined);
    return { done: true, value };
  }

  private _wait(): Step<T> {
    const turn = this._operation.getLoop().createFuture<void>();
    this.turn = turn;
    this._operation.waiters.add(this);
    this._state = "waiting";
    return turn[Symbol.iterator]().next() as Step<T>;
  }

  private _end(error: unknown): void {
    const isWaiting = this._state === "waiting";
    this._state = "closed";
    if (!isWaiting) return;
    const turn = this.turn as Future<void>;
    this._operation.waiters.delete(this);
    this._operation.abandon(error, turn.done() && !turn.cancelled());
  }

  override toString(): string {
    return `<coroutine object ${this._operation.name}>`;
  }
}
