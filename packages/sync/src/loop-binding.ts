import { type BaseEventLoop, getRunningLoop, repr, RuntimeError } from "@yieldstar/loop";

/**
 * Ties a primitive to the loop on which a task first waits for it. A primitive without waits so far works on any loop.
 *
 * Source: asyncio.mixins._LoopBoundMixin, CPython 3.14 Lib/asyncio/mixins.py.
 */
export class LoopBinding {
  readonly #primitive: object;
  #loop: BaseEventLoop | undefined;

  /** @param primitive - the error's text names it */
  constructor(primitive: object) {
    this.#primitive = primitive;
  }

  /**
   * Returns the running loop.
   *
   * @throws RuntimeError when no loop runs, or another one than at the first call
   */
  getLoop(): BaseEventLoop {
    const loop = getRunningLoop();
    this.#loop ??= loop;
    if (this.#loop !== loop) throw new RuntimeError(`${repr(this.#primitive)} is bound to a different event loop`);
    return loop;
  }
}
