import { type BaseEventLoop, type Coroutine } from "@yieldstar/loop";
import { showAsText, className } from "@yieldstar/loop/internal";
import { type Operation, Wait } from "./wait.ts";
import { LoopBinding, Waiters } from "./waiters.ts";

/**
 * A flag that tasks can wait for.
 *
 * Source: asyncio.Event, CPython 3.14 Lib/asyncio/locks.py.
 */
export class Event {
  static {
    showAsText(this, "Event");
  }

  readonly #binding = new LoopBinding();
  /** @internal */
  readonly _waiters: Waiters = new Waiters();
  readonly #waiting: Operation<true> = new Waiting(this);
  #isSet = false;

  /** Tells whether the flag is set. */
  isSet(): boolean {
    return this.#isSet;
  }

  /** Sets the flag and wakes all who wait for it. */
  set(): void {
    if (this.#isSet) return;
    this.#isSet = true;
    this._waiters.wake(Infinity);
  }

  /** Takes the flag back. Those who were woken go on all the same. */
  clear(): void {
    this.#isSet = false;
  }

  /**
   * Waits until the flag is set, if it is not.
   *
   * @returns `true`
   * @throws RuntimeError when the event was waited for on another loop before
   */
  wait(): Coroutine<true> {
    return new Wait(this.#waiting, true).asCoroutine();
  }

  /** @internal */
  _getLoop(): BaseEventLoop {
    return this.#binding.getLoop(this);
  }

  toString(): string {
    const { size } = this._waiters;
    return `<${className(this)} [${this.#isSet ? "set" : "unset"}${size > 0 ? `, waiters:${size}` : ""}]>`;
  }
}

class Waiting implements Operation<true> {
  readonly name = "Event.wait";
  readonly waiters: Waiters;
  readonly #event: Event;

  constructor(event: Event) {
    this.waiters = event._waiters;
    this.#event = event;
  }

  getLoop(): BaseEventLoop {
    return this.#event._getLoop();
  }

  attempt(_wait: Wait<true>, isWoken: boolean): boolean {
    return isWoken || this.#event.isSet();
  }

  abandon(): void {}
}
