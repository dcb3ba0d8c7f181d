import { type Coroutine, showAsText } from "@yieldstar/loop";
import { LoopBinding, Waiters } from "./waiters.ts";

/**
 * A flag that tasks can wait for.
 *
 * Source: asyncio.Event, CPython 3.14 Lib/asyncio/locks.py.
 */
export class Event {
  static {
    showAsText(this);
  }

  readonly #binding = new LoopBinding();
  readonly #waiters = new Waiters();
  #isSet = false;

  /** Tells whether the flag is set. */
  isSet(): boolean {
    return this.#isSet;
  }

  /** Sets the flag and wakes all who wait for it. */
  set(): void {
    if (this.#isSet) return;
    this.#isSet = true;
    this.#waiters.wake(Infinity);
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
  *wait(): Coroutine<true> {
    if (!this.#isSet) yield* this.#waiters.wait(this.#binding.getLoop(this).createFuture<void>());
    return true;
  }

  toString(): string {
    const { size } = this.#waiters;
    return `<${this.constructor.name} [${this.#isSet ? "set" : "unset"}${size > 0 ? `, waiters:${size}` : ""}]>`;
  }
}
