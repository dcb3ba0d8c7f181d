import { type BaseEventLoop, type Coroutine, type Future, getRunningLoop, RuntimeError } from "@yieldstar/loop";

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
    if (this.#loop !== loop) throw new RuntimeError(`${String(owner)} is bound to a different event loop`);
    return loop;
  }
}

/**
 * Those who wait for something, first in, first out: the one queue that all primitives share.
 *
 * A waiter that is woken stays in the queue until its task has gone on, unless it is taken out to be woken. So whoever
 * comes meanwhile can see that it is not his turn. A cancelled waiter is passed over, and leaves the queue likewise.
 */
export class Waiters {
  readonly #futures = new Set<Future<void>>();

  /** How many are in the queue, those included that are woken or cancelled and have not gone on. */
  get size(): number {
    return this.#futures.size;
  }

  /** Whether somebody is in the queue who was not cancelled. */
  get hasLive(): boolean {
    for (const future of this.#futures) if (!future.cancelled()) return true;
    return false;
  }

  /**
   * Waits at the end of the queue.
   *
   * @param future - what to wait on
   * @throws CancelledError when the waiting task is cancelled. `future.cancelled()` then tells whether that came before a
   * wake-up, or after one, which the caller has to pass on
   */
  *wait(future: Future<void>): Coroutine {
    this.#futures.add(future);
    try {
      yield* future;
    } finally {
      this.#futures.delete(future);
    }
  }

  /** Wakes the one at the head, if it was not woken or cancelled already. */
  wakeHead(): void {
    const [head] = this.#futures;
    if (head?.done() === false) head.setResult();
  }

  /**
   * Wakes up to `count` who were not woken or cancelled yet.
   *
   * @returns how many it has woken
   */
  wake(count: number): number {
    let woken = 0;
    for (const future of this.#futures) {
      if (woken >= count) break;
      if (future.done()) continue;
      future.setResult();
      woken += 1;
    }
    return woken;
  }

  /** Takes out those up to and with the first who was not woken or cancelled yet, and wakes that one. */
  takeAndWake(): void {
    for (const future of this.#futures) {
      this.#futures.delete(future);
      if (future.done()) continue;
      future.setResult();
      return;
    }
  }
}
