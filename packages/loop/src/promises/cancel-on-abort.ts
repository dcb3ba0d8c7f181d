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

/** A block that a signal ends. `cancelOnAbort` makes it. It counts cancellations as `Timeout` does. */
export class CancelOnAbort implements AsyncContextManager<CancelOnAbort, void> {
  static {
    showAsText(this, "CancelOnAbort");
  }

  readonly #signal: AbortSignal;
  readonly #scope = new CancelScope(words);
  #handle: Handle | undefined;
  #unlisten: (() => void) | undefined;

  /**
   * @param signal - what ends the block
   * @throws TypeError when it is no `AbortSignal`
   */
  constructor(signal: AbortSignal) {
    requireSignal(signal);
    this.#signal = signal;
  }

  /** Tells whether the signal was aborted while the block was running. */
  aborted(): boolean {
    return this.#scope.hasCancelled();
  }

  /**
   * Begins the block.
   *
   * @throws RuntimeError when it was entered before, or the caller runs in no task
   */
  *aenter(): Coroutine<this> {
    this.#scope.enter();
    // As a deadline that is past it ends the block in the next iteration, and so where the block first waits.
    if (this.#signal.aborted) this.#handle = this.#scope.task.getLoop().callSoon(this.#onAbort);
    else this.#unlisten = onAbort(this.#signal, this.#onAbort);
    return this;
  }

  /**
   * Ends the block.
   *
   * @throws the signal's reason when it was aborted and `error` is the `CancelledError` that came of it
   */
  *aexit(error: Error | undefined): Coroutine {
    this.#handle?.cancel();
    this.#handle = undefined;
    this.#unlisten?.();
    this.#unlisten = undefined;
    if (this.#scope.leave() && error instanceof CancelledError) throw fromWebError(this.#signal.reason);
  }

  readonly #onAbort = (): void => {
    // On a closed loop the task can never go on.
    if (!this.#scope.task.getLoop().isClosed()) this.#scope.trip(this.#signal.reason);
  };

  toString(): string {
    return `<CancelOnAbort [${this.#scope.state}]>`;
  }
}

/**
 * Binds a block to a signal from outside: when it is aborted, the task is cancelled where it waits inside the block, and
 * the block ends with the signal's reason. A group or a timeout is bound by being entered inside it.
 *
 * ```ts
 * yield* asyncWith([cancelOnAbort(signal), new TaskGroup()], function* ([, group]) {
 *   group.createTask(worker());
 * });
 * ```
 *
 * The reason is thrown as it is: mostly an "AbortError", an ordinary error. The "TimeoutError" of `AbortSignal.timeout`
 * becomes a `TimeoutError`.
 *
 * @param signal - one that is aborted already ends the block where it first waits
 * @throws TypeError when `signal` is no `AbortSignal`
 *
 * Cancellation of the task for another cause passes, also when the signal is aborted at the same time.
 */
export function cancelOnAbort(signal: AbortSignal): CancelOnAbort {
  return new CancelOnAbort(signal);
}
