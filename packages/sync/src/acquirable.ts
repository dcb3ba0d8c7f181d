import { type AsyncContextManager, type Coroutine } from "@yieldstar/loop";
import { immediate } from "@yieldstar/loop/internal";

/**
 * A primitive that a task can hold during a block: `asyncWith(lock, function* () { … })`.
 *
 * Source: asyncio.locks._ContextManagerMixin, CPython 3.14 Lib/asyncio/locks.py.
 */
export abstract class Acquirable implements AsyncContextManager<void, void> {
  /** Waits until the caller can hold the primitive. Returns `true`. */
  abstract acquire(): Coroutine<true>;

  /** Lets go of the primitive. */
  abstract release(): void;

  /** Calls `acquire`: it waits, throws, and is cancelled likewise. */
  *aenter(): Coroutine {
    yield* this.acquire();
  }

  /** Calls `release`, and throws what it throws. It never waits. */
  aexit(_error: Error | undefined): Coroutine {
    return immediate(() => this.release());
  }
}
