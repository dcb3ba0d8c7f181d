import { type Coroutine } from "@yieldstar/loop";
import { showAsText } from "@yieldstar/loop/internal";
import { describe } from "./describe.ts";
import { defineSteps, MUST_WAIT, WaitQueue } from "./wait-queue.ts";

/**
 * A flag that tasks can wait for. It is not set at first.
 *
 * Source: asyncio.Event, CPython 3.14 Lib/asyncio/locks.py.
 */
export class Event {
  static {
    showAsText(this, "Event");
  }

  static readonly #waiting = defineSteps<Event, void, true>({
    name: "Event.wait",
    attempt: (event) => event.#isSet || MUST_WAIT,
    resume: () => true,
  });

  readonly #waits = new WaitQueue<Event, void, true>(this, Event.#waiting);
  #isSet = false;

  /**
   * Tells whether the flag is set.
   *
   * Source: asyncio.Event.is_set, CPython 3.14 Lib/asyncio/locks.py.
   */
  isSet(): boolean {
    return this.#isSet;
  }

  /**
   * Sets the flag and wakes all tasks that wait for it.
   *
   * @throws RuntimeError when the loop of a task that it wakes is closed; the flag is then set
   *
   * Source: asyncio.Event.set, CPython 3.14 Lib/asyncio/locks.py.
   */
  set(): void {
    if (this.#isSet) return;
    this.#isSet = true;
    this.#waits.wakeAll();
  }

  /**
   * Resets the flag. Tasks that `set` has woken go on all the same.
   *
   * Source: asyncio.Event.clear, CPython 3.14 Lib/asyncio/locks.py.
   */
  clear(): void {
    this.#isSet = false;
  }

  /**
   * Waits until the flag is set. If it is set already, it returns without a wait.
   *
   * @returns `true`
   * @throws RuntimeError when it has to wait and the event was waited for on another loop before
   *
   * A cancelled task leaves the queue. The other tasks and the flag are not touched.
   *
   * Source: asyncio.Event.wait, CPython 3.14 Lib/asyncio/locks.py.
   */
  wait(): Coroutine<true> {
    return this.#waits.wait();
  }

  toString(): string {
    return describe(this, this.#isSet ? "set" : "unset", this.#waits.size);
  }
}
