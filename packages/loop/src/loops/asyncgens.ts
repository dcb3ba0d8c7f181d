import type { AbstractEventLoop } from "../scheduling/loop.ts";
import type { Coroutine } from "../coroutines/coroutine.ts";
import { Exception } from "../errors/exceptions.ts";
import { gather } from "../combinators/gather.ts";

/** An async generator as a loop sees it: the loop can close it. */
export interface ClosableAsyncgen {
  /** Closes the generator. */
  aclose(): Coroutine;
  /** Returns the object that reports name instead of this one. */
  owner?(): object;
}

/**
 * The async generators of a loop that have begun and have not ended.
 *
 * Source: the asyncgen hooks of asyncio.BaseEventLoop, CPython 3.14 Lib/asyncio/base_events.py.
 */
export class Asyncgens {
  readonly #open = new Set<ClosableAsyncgen>();
  #isShutdown = false;

  add(asyncgen: ClosableAsyncgen): void {
    if (this.#isShutdown) {
      console.warn(`asynchronous generator ${asyncgen} was scheduled after loop.shutdown_asyncgens() call`);
    }
    this.#open.add(asyncgen);
  }

  delete(asyncgen: ClosableAsyncgen): void {
    this.#open.delete(asyncgen);
  }

  *shutdown(loop: AbstractEventLoop): Coroutine {
    this.#isShutdown = true;
    const closing = [...this.#open];
    this.#open.clear();
    if (closing.length === 0) return;
    const results = yield* gather(
      closing.map((asyncgen) => asyncgen.aclose()),
      { returnExceptions: true },
    );
    closing.forEach((asyncgen, index) => {
      const exception: unknown = results[index];
      if (!(exception instanceof Exception)) return;
      const message = `an error occurred during closing of asynchronous generator ${asyncgen}`;
      loop.callExceptionHandler({ message, exception, asyncgen: asyncgen.owner?.() ?? asyncgen });
    });
  }
}
