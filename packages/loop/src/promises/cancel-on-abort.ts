import type { AsyncContextManager } from "../blocks/async-with.ts";
import { CancelScope, type ScopeWords } from "../blocks/cancel-scope.ts";
import { CancelledError } from "../errors/exceptions.ts";
import type { Handle } from "../scheduling/handle.ts";
import { showAsText } from "../text/repr.ts";
import { onAbort } from "./on-abort.ts";
import { requireSignal } from "../arguments/require-signal.ts";
import { fromWebError } from "../errors/web-errors.ts";

const words = { block: "CancelOnAbort", cancelling: "aborting", cancelled: "aborted" };

/**
 * The context manager that `cancelOnAbort` makes: a block that a signal ends. It counts cancellations as `Timeout`
 * does.
 *
 * It has no counterpart in CPython.
 */
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
    super();
    this.#signal = signal;
  }

  protected get _words(): ScopeWords {
    return words;
  }

  /** Tells whether the signal was aborted while the block was running. */
  aborted(): boolean {
    return this._hasCancelled();
  }

  /** @internal */
  _begin(): this {
    this._enter();
    // Like a deadline in the past: the block ends in the next iteration, and so at its first wait.
    if (this.#signal.aborted) this.#handle = this._parent.getLoop().callSoon(this.#onAbort);
    else this.#unlisten = onAbort(this.#signal, this.#onAbort);
    return this;
  }

  /** @internal */
  _end(error: Error | undefined): void {
    this.#handle?.cancel();
    this.#handle = undefined;
    this.#unlisten?.();
    this.#unlisten = undefined;
    if (this._leave() && error instanceof CancelledError) throw fromWebError(this.#signal.reason);
  }

  readonly #onAbort = (): void => {
    // The task of a closed loop never runs again.
    if (!this._parent.getLoop().isClosed()) this._trip(this.#signal.reason);
  };

  override toString(): string {
    return `<CancelOnAbort [${this._state}]>`;
  }
}

/**
 * Ends a block when a signal is aborted: the task is cancelled at its `yield*` inside the block, and the block throws
 * the signal's reason.
 *
 * ```ts
 * yield* asyncWith([cancelOnAbort(signal), new TaskGroup()], function* ([, group]) {
 *   group.createTask(worker());
 * });
 * ```
 *
 * A group or a timeout that is entered inside the block ends with it. The reason is usually an "AbortError", which is
 * an ordinary error here. The "TimeoutError" of `AbortSignal.timeout` becomes a `TimeoutError`.
 *
 * @param signal - an `AbortSignal`; if it is aborted already, the block ends at its first wait
 * @returns a context manager for `asyncWith`, whose body gets the manager itself
 * @throws TypeError when `signal` is no `AbortSignal`
 *
 * Cancellation by other code leaves the block as a `CancelledError`, even if the signal is aborted at the same time.
 *
 * It has no counterpart in CPython.
 */
export function cancelOnAbort(signal: AbortSignal): CancelOnAbort {
  return new CancelOnAbort(signal);
}
