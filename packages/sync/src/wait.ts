import { type BaseEventLoop, CancelledError, type Coroutine, type Suspension } from "@yieldstar/loop";
import { Waiter, type Waiters } from "./waiters.ts";

type Step<T> = IteratorResult<Suspension, T>;

/**
 * A coroutine that waits in a queue until it can do what it is for: `lock.acquire()` and its like. It is written by hand,
 * since as a generator it would cost several times as much. Awaiting it first tries; then it waits and tries again.
 */
export abstract class Wait<T> {
  readonly #name: string;
  readonly #waiters: Waiters;
  #state: "created" | "waiting" | "closed" = "created";
  #waiter: Waiter | undefined = undefined;

  /** @param name - what it is called where it is printed */
  protected constructor(name: string, waiters: Waiters) {
    this.#name = name;
    this.#waiters = waiters;
  }

  /** The loop that it waits on. */
  protected abstract getLoop(): BaseEventLoop;

  /**
   * Does what this is for.
   *
   * @param isWoken - whether it has waited and its turn has come
   * @returns whether it could; else it waits
   */
  protected abstract attempt(isWoken: boolean): boolean;

  /** What awaiting it gives. */
  protected abstract result(): T;

  /**
   * Told that the wait has ended without its turn, as by a cancellation.
   *
   * @param isWoken - whether the turn had come meanwhile, so that it has to be passed on
   */
  protected abstract abandon(error: unknown, isWoken: boolean): void;

  /** This, as what it is to whoever awaits it. */
  asCoroutine(): Coroutine<T> {
    return this as unknown as Coroutine<T>;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): Step<T> {
    const isWoken = this.#state === "waiting";
    if (isWoken) {
      const { turn } = this.#waiter as Waiter;
      if (!turn.done()) return turn[Symbol.iterator]().next() as Step<T>;
      if (turn.cancelled()) return this.throw(new CancelledError());
      this.#waiters.delete(this.#waiter as Waiter);
    } else if (this.#state === "closed") {
      return { done: true, value: undefined as T };
    }
    this.#state = "closed";
    if (this.attempt(isWoken)) return { done: true, value: this.result() };
    return this.#wait();
  }

  throw(error: unknown): never {
    this.#end(error);
    throw error;
  }

  return<R>(value: R): IteratorResult<never, R> {
    this.#end(undefined);
    return { done: true, value };
  }

  #wait(): Step<T> {
    const turn = this.getLoop().createFuture<void>();
    this.#waiter = new Waiter(turn);
    this.#waiters.add(this.#waiter);
    this.#state = "waiting";
    return turn[Symbol.iterator]().next() as Step<T>;
  }

  #end(error: unknown): void {
    const isWaiting = this.#state === "waiting";
    this.#state = "closed";
    if (!isWaiting) return;
    const waiter = this.#waiter as Waiter;
    this.#waiters.delete(waiter);
    this.abandon(error, waiter.turn.done() && !waiter.turn.cancelled());
  }

  toString(): string {
    return `<coroutine object ${this.#name}>`;
  }
}
