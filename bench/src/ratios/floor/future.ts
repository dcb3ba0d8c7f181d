/** A result that comes later. Its waiters are woken through the loop, in the order in which they came. */

import { enqueue, type Runnable } from "./ready-queue.ts";

/** Something that waits for a future. */
export interface Waiter {
  wake(future: Future<unknown>): void;
}

/** Something that counts futures, and hears of each in an entry of the ready queue, as a done-callback does. */
export interface Owner extends Waiter {
  childDone(future: Future<unknown>): void;
}

// The lowest two bits of `flags`. A task has more.
export const succeeded = 1;
export const failed = 2;
export const cancelled = 3;
export const stateMask = 3;

/** Has no stack: V8 collects none where the limit is undefined. */
export class CancelledError extends Error {}
export class TimeoutError extends Error {}

const errors = Error as { stackTraceLimit?: number | undefined };

/** Makes an error without a stack. */
export function withoutStack<E extends Error>(errorClass: new () => E): E {
  const { stackTraceLimit } = errors;
  errors.stackTraceLimit = undefined;
  const error = new errorClass();
  errors.stackTraceLimit = stackTraceLimit;
  return error;
}

export class Future<T> {
  declare flags: number;
  /** The waiters, and then the result or the error. */
  declare content: unknown;

  constructor() {
    this.flags = 0;
    this.content = undefined;
  }

  [Symbol.iterator](): Iterator<Future<T>, T> {
    return this as unknown as Iterator<Future<T>, T>;
  }

  next(): IteratorResult<unknown, unknown> {
    const { flags } = this;
    if (flags === 0) return { done: false, value: this };
    if (flags === succeeded) return { done: true, value: this.content };
    throw this.error();
  }

  throw(error: unknown): IteratorResult<unknown, unknown> {
    throw error;
  }

  /** Returns the error of a future that has failed or is cancelled. */
  error(): unknown {
    return (this.flags & stateMask) === cancelled ? withoutStack(CancelledError) : this.content;
  }

  setResult(result: T): void {
    if ((this.flags & stateMask) === 0) this.settle(succeeded, result);
  }

  cancel(): boolean {
    if ((this.flags & stateMask) !== 0) return false;
    this.settle(cancelled, undefined);
    return true;
  }

  addWaiter(waiter: Waiter): void {
    if ((this.flags & stateMask) !== 0) waiter.wake(this);
    else if (this.content === undefined) this.content = waiter;
    else this.content = new Both(this.content as Waiter, waiter);
  }

  /** Tells an owner, in an entry of its own, that this is done. */
  tell(owner: Owner): void {
    enqueue(new Handle(owner, this));
  }

  settle(state: number, content: unknown): void {
    const waiter = this.content as Waiter | undefined;
    this.flags = state;
    this.content = content;
    if (waiter !== undefined) waiter.wake(this);
  }
}

/** Two waiters of a future, the first of which may be two itself. */
class Both implements Waiter {
  declare private readonly first: Waiter;
  declare private readonly second: Waiter;

  constructor(first: Waiter, second: Waiter) {
    this.first = first;
    this.second = second;
  }

  wake(future: Future<unknown>): void {
    this.first.wake(future);
    this.second.wake(future);
  }
}

class Handle implements Runnable {
  declare link: Runnable | undefined;
  declare private readonly owner: Owner;
  declare private readonly future: Future<unknown>;

  constructor(owner: Owner, future: Future<unknown>) {
    this.link = undefined;
    this.owner = owner;
    this.future = future;
  }

  run(): void {
    this.owner.childDone(this.future);
  }
}
