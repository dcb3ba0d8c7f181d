import { type BaseEventLoop, type Coroutine, type Future, getRunningLoop, repr, RuntimeError } from "@yieldstar/loop";

/**
 * Ties a primitive to the first loop on which it has to wait. One that never had to can be used on any.
 *
 * Source: asyncio.mixins._LoopBoundMixin, CPython 3.14 Lib/asyncio/mixins.py.
 */
export class LoopBinding {
  #loop: BaseEventLoop | undefined;

  /**
   * @param owner - what the error's text names
   * @throws RuntimeError when the running loop is another than before, or there is none
   */
  getLoop(owner: object): BaseEventLoop {
    const loop = getRunningLoop();
    this.#loop ??= loop;
    if (this.#loop !== loop) throw new RuntimeError(`${repr(owner)} is bound to a different event loop`);
    return loop;
  }
}

/** A place in a queue of `Waiters`. */
export class Waiter {
  /** What is waited on: done once its turn has come, or the waiting task was cancelled. It has one before it queues. */
  declare turn: Future<void> | undefined;
  /** @internal */
  declare _previous: Waiter | undefined;
  /** @internal */
  declare _next: Waiter | undefined;
  /** @internal */
  declare _isQueued: boolean;

  constructor(turn: Future<void> | undefined) {
    this.turn = turn;
    this._previous = undefined;
    this._next = undefined;
    this._isQueued = false;
  }
}

/**
 * Those who wait for something, first in, first out: the one queue that all primitives share.
 *
 * A waiter that is woken stays in the queue until its task has gone on, unless it is taken out to be woken. So whoever
 * comes meanwhile can see that it is not his turn. A cancelled waiter is passed over, and leaves the queue likewise.
 */
export class Waiters {
  #first: Waiter | undefined;
  #last: Waiter | undefined;
  /** All before this one are woken or cancelled: without it a thousand wake-ups at once would each begin at the first. */
  #cursor: Waiter | undefined;
  #size = 0;

  /** How many are in the queue, those included that are woken or cancelled and have not gone on. */
  get size(): number {
    return this.#size;
  }

  /** Whether somebody is in the queue who was not cancelled. */
  get hasLive(): boolean {
    for (let waiter = this.#first; waiter !== undefined; waiter = waiter._next) {
      if (!isCancelled(waiter)) return true;
    }
    return false;
  }

  /** Puts a waiter at the end. */
  add(waiter: Waiter): void {
    const last = this.#last;
    if (last === undefined) this.#first = waiter;
    else last._next = waiter;
    waiter._previous = last;
    waiter._isQueued = true;
    this.#last = waiter;
    this.#cursor ??= waiter;
    this.#size += 1;
  }

  /** Takes a waiter out, if it is in the queue. */
  delete(waiter: Waiter): void {
    if (!waiter._isQueued) return;
    const { _previous: previous, _next: next } = waiter;
    if (previous === undefined) this.#first = next;
    else previous._next = next;
    if (next === undefined) this.#last = previous;
    else next._previous = previous;
    if (this.#cursor === waiter) this.#cursor = next;
    waiter._previous = waiter._next = undefined;
    waiter._isQueued = false;
    this.#size -= 1;
  }

  /**
   * Waits at the end of the queue.
   *
   * @param turn - what to wait on
   * @throws CancelledError when the waiting task is cancelled. `turn.cancelled()` then tells whether that came before a
   * wake-up, or after one, which the caller has to pass on
   */
  *wait(turn: Future<void>): Coroutine {
    const waiter = new Waiter(turn);
    this.add(waiter);
    try {
      yield* turn;
    } finally {
      this.delete(waiter);
    }
  }

  /** Wakes the one at the head, if it was not woken or cancelled already. */
  wakeHead(): void {
    if (this.#first !== undefined) wake(this.#first);
  }

  /**
   * Wakes up to `count` who were not woken or cancelled yet.
   *
   * @returns how many it has woken
   */
  wake(count: number): number {
    let woken = 0;
    let waiter = this.#cursor;
    for (; waiter !== undefined && woken < count; waiter = waiter._next) {
      if (wake(waiter)) woken += 1;
    }
    this.#cursor = waiter;
    return woken;
  }

  /** Takes out those up to and with the first who was not woken or cancelled yet, and wakes that one. */
  takeAndWake(): void {
    for (let waiter = this.#first; waiter !== undefined; waiter = this.#first) {
      this.delete(waiter);
      if (wake(waiter)) return;
    }
  }
}

function isCancelled({ turn }: Waiter): boolean {
  return turn?.cancelled() === true;
}

/** Returns whether it was neither woken nor cancelled before. */
function wake({ turn }: Waiter): boolean {
  if (turn?.done() !== false) return false;
  turn.setResult();
  return true;
}
