import { type AsyncContextManager, type Coroutine } from "@yieldstar/loop";
import { immediate } from "@yieldstar/loop/internal";

/** What can be held during a block: `asyncWith(lock, function* () { … })`. */
export abstract class Acquirable implements AsyncContextManager<void, void> {
  abstract acquire(): Coroutine<true>;
  abstract release(): void;

  /** Acquires it. */
  *aenter(): Coroutine {
    yield* this.acquire();
  }

  /** Releases it. */
  aexit(_error: Error | undefined): Coroutine {
    return immediate(() => this.release());
  }
}
