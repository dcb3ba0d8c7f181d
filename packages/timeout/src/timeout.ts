import {
  type AsyncContextManager,
  BaseException,
  CancelledError,
  type Coroutine,
  getRunningLoop,
  type Handle,
  RuntimeError,
  TimeoutError,
} from "@yieldstar/loop";
import { CancelScope, immediate, reprFloat, requireDeadline, showAsText } from "@yieldstar/loop/internal";
import { ExceptionGroup } from "@yieldstar/taskgroup";
import { roundToMilliseconds } from "./round-to-milliseconds.ts";

const words = { block: "Timeout", cancelling: "expiring", cancelled: "expired" };

/**
 * A block with a deadline: when it passes, the task is cancelled where it waits inside the block, and the block ends with
 * a `TimeoutError`. `timeout` and `timeoutAt` make it.
 *
 * Source: asyncio.Timeout, CPython 3.14 Lib/asyncio/timeouts.py.
 */
export class Timeout implements AsyncContextManager<Timeout, void> {
  static {
    showAsText(this, "Timeout");
  }

  declare private readonly _scope: CancelScope;
  declare private _when: number | null;
  declare private _handle: Handle | undefined;
  declare private readonly _onTimeout: () => void;

  /** @param when - the deadline, in seconds of the loop's clock, or `null` for none */
  constructor(when: number | null) {
    requireDeadline(when, "when");
    this._scope = new CancelScope(words);
    this._when = when;
    this._handle = undefined;
    // Texts call the handle by this name.
    const onTimeout = (): void => {
      this._scope.trip();
      this._handle = undefined;
    };
    this._onTimeout = onTimeout;
  }

  /** Returns the deadline, in seconds of the loop's clock, or `null` for none. */
  when(): number | null {
    return this._when;
  }

  /**
   * Moves the deadline. One that is past ends the block in the next iteration of the loop.
   *
   * @param when - the new deadline, in seconds of the loop's clock, or `null` for none
   * @throws TypeError or ValueError when it is no number
   * @throws RuntimeError before the block is entered, once the deadline has passed, and after the block ended; when the loop
   * is closed
   *
   * It can be called from outside the loop, as by a socket's listener. When it throws, the deadline is what it was.
   */
  reschedule(when: number | null): void {
    requireDeadline(when, "when");
    const { state } = this._scope;
    if (state === "created") throw new RuntimeError("Timeout has not been entered");
    if (state !== "active") throw new RuntimeError(`Cannot change state of ${state} Timeout`);
    const handle = when === null ? undefined : this._schedule(when);
    this._handle?.cancel();
    this._handle = handle;
    this._when = when;
  }

  /** Tells whether the deadline passed while the block was running. */
  expired(): boolean {
    return this._scope.hasCancelled();
  }

  /**
   * Begins the block.
   *
   * @throws RuntimeError when it was entered before, or the caller runs in no task
   */
  aenter(): Coroutine<this> {
    return immediate(() => this._enter());
  }

  private _enter(): this {
    this._scope.enter();
    this.reschedule(this._when);
    return this;
  }

  /**
   * Ends the block.
   *
   * @throws TimeoutError when the deadline passed and `error` is the `CancelledError` that came of it, its cause
   */
  aexit(error: Error | undefined): Coroutine {
    return immediate(() => this._exit(error));
  }

  private _exit(error: Error | undefined): void {
    this._handle?.cancel();
    this._handle = undefined;
    if (!this._scope.leave()) return;
    if (error instanceof CancelledError) throw timedOut(error);
    if (error === undefined) return;
    insertTimeoutError(error);
    if (error instanceof ExceptionGroup) error.exceptions.forEach(insertTimeoutError);
  }

  private _schedule(when: number): Handle {
    const loop = this._scope.task.getLoop();
    return when <= loop.time() ? loop.callSoon(this._onTimeout) : loop.callAt(when, this._onTimeout);
  }

  toString(): string {
    const when = this._when === null ? "None" : reprFloat(roundToMilliseconds(this._when));
    const { state } = this._scope;
    return `<Timeout [${state}]${state === "active" ? ` when=${when}` : ""}>`;
  }
}

/**
 * Gives a block a deadline `delay` seconds from now.
 *
 * ```ts
 * yield* asyncWith(timeout(0.6), function* () {
 *   yield* longRunning();
 * });
 * ```
 *
 * @param delay - in seconds; `null` for no deadline, which `reschedule` can set later
 * @throws RuntimeError when no loop is running
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
 * @param when - in seconds of the loop's clock; `null` for no deadline
 *
 * Source: asyncio.timeout_at, CPython 3.14 Lib/asyncio/timeouts.py.
 */
export function timeoutAt(when: number | null): Timeout {
  return new Timeout(when);
}

/** In debug mode the cause names where the task waited when the time was over, and so does the error. */
function timedOut(cause: CancelledError): TimeoutError {
  const error = new TimeoutError(undefined, { cause });
  if (!getRunningLoop().getDebug()) return error;
  try {
    const places = cause.stack?.split("\n").filter((line) => line.startsWith("    at async ")) ?? [];
    if (typeof error.stack === "string") Reflect.set(error, "stack", [error.stack, ...places].join("\n"));
  } catch {
    // A hook of the program's for stacks throws, or makes no text.
  }
  return error;
}

/** Puts a `TimeoutError` between the `CancelledError` that the deadline threw and the first error it led to. */
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
    // A getter has thrown. An error that cannot be read, or changed, leaves as it is.
  }
}
