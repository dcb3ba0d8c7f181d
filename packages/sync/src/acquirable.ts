import { type AsyncContextManager, type Coroutine } from "@yieldstar/loop";
import { immediate } from "@yieldstar/loop/internal";

/**
 * A primitive that a task can hold during a block: `asyncWith(lock, function* () { … })`.
 *
 * Source: asyncio.locks._ContextManagerMixin, CPython 3.14 Lib/asyncio/locks.py.
 */
export abstract class Acquirable implements AsyncContextManager<void, void> {
  /**
   * Waits until the caller can hold the primitive.
   *
   * @returns `true`
   * @throws RuntimeError when it has to wait and the primitive was waited for on another loop before
   *
   * A cancelled task does not hold the primitive.
   */
  abstract acquire(): Coroutine<true>;

  /**
   * Releases the primitive, and never waits.
   *
   * @throws RuntimeError when the caller cannot release it, or when the loop of the task that it wakes is closed
   */
  abstract release(): void;

  /**
   * Waits as `acquire` does, with the same errors and cancellation.
   *
   * Source: asyncio.locks._ContextManagerMixin.__aenter__, CPython 3.14 Lib/asyncio/locks.py.
   */
  *aenter(): Coroutine {
    yield* this.acquire();
  }

  /**
   * Calls `release`, and throws what it throws. It never waits.
   *
   * Source: asyncio.locks._ContextManagerMixin.__aexit__, CPython 3.14 Lib/asyncio/locks.py.
   */
  aexit(_error: Error | undefined): Coroutine {
    return immediate(() => this.release());
  }
}
