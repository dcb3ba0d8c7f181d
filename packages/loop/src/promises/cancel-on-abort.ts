import type { AsyncContextManager } from "../blocks/async-with.ts";
import { CancelScope } from "../blocks/cancel-scope.ts";
import type { Coroutine } from "../coroutines/coroutine.ts";
import { CancelledError } from "../errors/exceptions.ts";
import type { Handle } from "../scheduling/handle.ts";
import { showAsText } from "../text/repr.ts";
import { onAbort } from "./on-abort.ts";
import { requireSignal } from "../arguments/require-signal.ts";
import { fromWebError } from "../errors/web-errors.ts";

const words = { block: "CancelOnAbort", cancelling: "aborting", cancelled: "aborted" };

/** A block that ends when a signal is aborted, for `asyncWith`. `cancelOnAbort` makes it. */
export class CancelOnAbort extends CancelScope implements AsyncContextManager<CancelOnAbort, void> {
  static {
    showAsText(this, "CancelOnAbort");
  }

  readonly #signal: AbortSignal;
  #handle: Handle | undefined;
  #unlisten: (() => void) | undefined;

  /**
   * @param signal - ends the block when it is aborted
   * @throws TypeError when `signal` is no `AbortSignal`
   */
  constructor(signal: AbortSignal) {
    requireSignal(signal);
    super(words);
    this.#signal = signal;
  }

  /** Tells whether the signal was aborted while the block was running. */
  aborted(): boolean {
    return this._hasCancelled();
  }

  /**
   * Begins the block, without waiting.
   *
   * @returns this object
   * @throws RuntimeError when the block was entered before, or the caller runs in no task
   */
  *aenter(): Coroutine<this> {
    this._enter();
    // As a deadline in the past does, it ends the block in the next iteration: where the block first waits.
    if (this.#signal.aborted) this.#handle = this._task.getLoop().callSoon(this.#onAbort);
    else this.#unlisten = onAbort(this.#signal, this.#onAbort);
    return this;
  }

  /**
   * Ends the block, without waiting.
   *
   * @param error - the error that leaves the block
   * @throws the signal's reason, when the signal was aborted and `error` is the `CancelledError` that it caused
   */
  *aexit(error: Error | undefined): Coroutine {
    this.#handle?.cancel();
    this.#handle = undefined;
    this.#unlisten?.();
    this.#unlisten = undefined;
    if (this._leave() && error instanceof CancelledError) throw fromWebError(this.#signal.reason);
  }

  readonly #onAbort = (): void => {
    // On a closed loop the task can never go on.
    if (!this._task.getLoop().isClosed()) this._trip(this.#signal.reason);
  };

  override toString(): string {
    return `<CancelOnAbort [${this._state}]>`;
  }
}

/**
 * Binds a block to a signal. When the signal is aborted, the task is cancelled where it waits inside the block, and the block
 * ends with the signal's reason. A group or a timeout inside the block is bound too.
 *
 * ```ts
 * yield* asyncWith([cancelOnAbort(signal), new TaskGroup()], function* ([, group]) {
 *   group.createTask(worker());
 * });
 * ```
 *
 * The reason is thrown as it is: mostly an "AbortError", which is an ordinary error. The "TimeoutError" of
 * `AbortSignal.timeout` becomes a `TimeoutError`.
 *
 * @param signal - ends the block. When it is aborted already, the block ends where it first waits
 * @returns the block's manager, for `asyncWith`
 * @throws TypeError when `signal` is no `AbortSignal`
 *
 * When other code cancels the task, the `CancelledError` leaves the block, also when the signal is aborted at the same time.
 *
 * It has no counterpart in CPython.
 */
export function cancelOnAbort(signal: AbortSignal): CancelOnAbort {
  return new CancelOnAbort(signal);
}
