import {
  type AsyncContextManager,
  BaseException,
  CancelledError,
  getRunningLoop,
  RuntimeError,
  TimeoutError,
} from "@yieldstar/loop";
import { reprFloat, requireDeadline, type ScopeWords, showAsText, TimedScope } from "@yieldstar/loop/internal";
import { ExceptionGroup } from "@yieldstar/taskgroup";
import { roundToMilliseconds } from "./round-to-milliseconds.ts";

const words = { block: "Timeout", cancelling: "expiring", cancelled: "expired" };

/**
 * A block with a deadline, for `asyncWith`. When the deadline passes, the task is cancelled where it waits inside the
 * block, and the block ends with a `TimeoutError`. `timeout` and `timeoutAt` make it.
 *
 * A cancellation of the task by other code leaves the block as a `CancelledError`, also when the deadline passes at the
 * same time.
 *
 * Source: asyncio.Timeout, CPython 3.14 Lib/asyncio/timeouts.py.
 */
export class Timeout extends TimedScope implements AsyncContextManager<Timeout, void> {
  static {
    showAsText(this, "Timeout");
  }

  /**
   * @param when - the deadline, in seconds of the loop's clock, or `null` for none
   * @throws TypeError when `when` is neither a number nor `null`
   * @throws ValueError when it is NaN
   */
  constructor(when: number | null) {
    requireDeadline(when, "when");
    super(when);
  }

  protected get _words(): ScopeWords {
    return words;
  }

  /**
   * Returns the deadline, in seconds of the loop's clock, or `null` for none.
   *
   * Source: Timeout.when, CPython 3.14 Lib/asyncio/timeouts.py.
   */
  when(): number | null {
    return this._when;
  }

  /**
   * Moves the deadline. A deadline in the past ends the block in the next iteration of the loop.
   *
   * A callback outside the loop, such as a socket's listener, can call it too. When it throws, the old deadline holds.
   *
   * @param when - the new deadline, in seconds of the loop's clock, or `null` for none
   * @throws TypeError when `when` is neither a number nor `null`
   * @throws ValueError when it is NaN
   * @throws RuntimeError before the block is entered, after the deadline has passed, after the block has ended, or when
   * the loop is closed
   *
   * Source: Timeout.reschedule, CPython 3.14 Lib/asyncio/timeouts.py.
   */
  reschedule(when: number | null): void {
    requireDeadline(when, "when");
    if (!this._isActive()) throw this._explainState();
    this._moveDeadline(when);
  }

  /**
   * Tells whether the deadline passed while the block was running.
   *
   * Source: Timeout.expired, CPython 3.14 Lib/asyncio/timeouts.py.
   */
  expired(): boolean {
    return this._hasCancelled();
  }

  /** @internal */
  _begin(): this {
    this._enter();
    if (this.reschedule === ownReschedule) this._startTimer();
    // As in CPython, a subclass may override it.
    else this.reschedule(this._when);
    return this;
  }

  /** @internal */
  _end(error: Error | undefined): void {
    this._dropTimer();
    if (!this._leave()) return;
    if (error instanceof CancelledError) throw timedOut(error);
    if (error === undefined) return;
    insertTimeoutError(error);
    if (error instanceof ExceptionGroup) error.exceptions.forEach(insertTimeoutError);
  }

  /** Why the deadline cannot be moved. */
  private _explainState(): RuntimeError {
    const state = this._state;
    if (state === "created") return new RuntimeError("Timeout has not been entered");
    return new RuntimeError(`Cannot change state of ${state} Timeout`);
  }

  override toString(): string {
    const when = this._when === null ? "None" : reprFloat(roundToMilliseconds(this._when));
    const state = this._state;
    return `<Timeout [${state}]${state === "active" ? ` when=${when}` : ""}>`;
  }
}

const { reschedule: ownReschedule } = Timeout.prototype as { readonly reschedule: unknown };

/**
 * Gives a block a deadline `delay` seconds from now.
 *
 * ```ts
 * yield* asyncWith(timeout(0.6), function* () {
 *   yield* longRunning();
 * });
 * ```
 *
 * @param delay - in seconds; `null` means no deadline until `reschedule` sets one. With zero or less the block ends
 * where it first waits
 * @returns the block's manager, for `asyncWith`. The block ends with a `TimeoutError` when the time is over
 * @throws TypeError when `delay` is neither a number nor `null`
 * @throws ValueError when it is NaN
 * @throws RuntimeError when no loop is running
 *
 * When other code cancels the task, the `CancelledError` leaves the block as it is.
 *
 * Source: asyncio.timeout, CPython 3.14 Lib/asyncio/timeouts.py.
 */
export function timeout(delay: number | null): Timeout {
  requireDeadline(delay, "delay");
  const loop = getRunningLoop();
  return new Timeout(delay === null ? null : loop.time() + delay);
}

/**
 * Gives a block a deadline at a time of the loop's clock, `loop.time()`.
 *
 * ```ts
 * yield* asyncWith(timeoutAt(getRunningLoop().time() + 0.6), function* () {
 *   yield* longRunning();
 * });
 * ```
 *
 * @param when - in seconds of the loop's clock; `null` means no deadline until `reschedule` sets one. With a time in
 * the past the block ends where it first waits
 * @returns the block's manager, for `asyncWith`. The block ends with a `TimeoutError` when the deadline passes
 * @throws TypeError when `when` is neither a number nor `null`
 * @throws ValueError when it is NaN
 *
 * When other code cancels the task, the `CancelledError` leaves the block as it is.
 *
 * Source: asyncio.timeout_at, CPython 3.14 Lib/asyncio/timeouts.py.
 */
export function timeoutAt(when: number | null): Timeout {
  return new Timeout(when);
}

/** In debug mode the stack of the cause names where the task waited. The error gets these lines too. */
function timedOut(cause: CancelledError): TimeoutError {
  const error = new TimeoutError(undefined, { cause });
  if (!getRunningLoop().getDebug()) return error;
  try {
    const places = cause.stack?.split("\n").filter((line) => line.startsWith("    at async ")) ?? [];
    if (typeof error.stack === "string") Reflect.set(error, "stack", [error.stack, ...places].join("\n"));
  } catch {
    // The program has a hook for stacks, which throws or returns no text.
  }
  return error;
}

/** Puts a `TimeoutError` between the `CancelledError` of the deadline and the first error that it caused. */
function insertTimeoutError(error: Error): void {
  const seen = new Set<unknown>();
  try {
    for (let current = error; current.cause instanceof BaseException && !seen.has(current); current = current.cause) {
      seen.add(current);
      if (!(current.cause instanceof CancelledError)) continue;
      Reflect.set(current, "cause", new TimeoutError(undefined, { cause: current.cause }));
      return;
    }
  } catch {
    // A getter has thrown. An error that cannot be read or changed leaves the block as it is.
  }
}
