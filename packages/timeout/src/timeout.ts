import {
  type AsyncContextManager,
  BaseException,
  CancelledError,
  type Coroutine,
  currentTask,
  getRunningLoop,
  type Handle,
  repr,
  RuntimeError,
  type Task,
  TimeoutError,
  ValueError,
} from "@yieldstar/loop";
import { immediate, reprFloat, showAsText } from "@yieldstar/loop/internal";
import { ExceptionGroup } from "@yieldstar/taskgroup";

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

  #state: "created" | "active" | "expiring" | "expired" | "finished" = "created";
  #when: number | null;
  #handle: Handle | undefined;
  #task: Task<unknown> | undefined;
  /** The requests to cancel that the task had when it entered, which are none of this block's business. */
  #cancelling = 0;

  /** @param when - the deadline, in seconds of the loop's clock, or `null` for none */
  constructor(when: number | null) {
    requireDeadline(when, "when");
    this.#when = when;
  }

  /** Returns the deadline, in seconds of the loop's clock, or `null` for none. */
  when(): number | null {
    return this.#when;
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
    if (this.#state === "created") throw new RuntimeError("Timeout has not been entered");
    if (this.#state !== "active") throw new RuntimeError(`Cannot change state of ${this.#state} Timeout`);
    const handle = when === null ? undefined : this.#schedule(when);
    this.#handle?.cancel();
    this.#handle = handle;
    this.#when = when;
  }

  /** Tells whether the deadline passed while the block was running. */
  expired(): boolean {
    return this.#state === "expiring" || this.#state === "expired";
  }

  /**
   * Begins the block.
   *
   * @throws RuntimeError when it was entered before, or the caller runs in no task
   */
  aenter(): Coroutine<this> {
    return immediate(() => this.#enter());
  }

  #enter(): this {
    if (this.#state !== "created") throw new RuntimeError("Timeout has already been entered");
    const task = currentTask();
    if (task === undefined) throw new RuntimeError("Timeout should be used inside a task");
    this.#state = "active";
    this.#task = task;
    this.#cancelling = task.cancelling();
    this.reschedule(this.#when);
    return this;
  }

  /**
   * Ends the block.
   *
   * @throws TimeoutError when the deadline passed and `error` is the `CancelledError` that came of it, its cause
   */
  aexit(error: Error | undefined): Coroutine {
    return immediate(() => this.#exit(error));
  }

  #exit(error: Error | undefined): void {
    this.#handle?.cancel();
    this.#handle = undefined;
    if (this.#state === "active") this.#state = "finished";
    if (this.#state !== "expiring") return;
    this.#state = "expired";
    const requests = (this.#task as Task<unknown>).uncancel();
    // Somebody else wants the task cancelled too.
    if (requests > this.#cancelling) return;
    if (error instanceof CancelledError) throw timedOut(error);
    if (error === undefined) return;
    insertTimeoutError(error);
    if (error instanceof ExceptionGroup) error.exceptions.forEach(insertTimeoutError);
  }

  #schedule(when: number): Handle {
    const loop = (this.#task as Task<unknown>).getLoop();
    return when <= loop.time() ? loop.callSoon(this.#onTimeout) : loop.callAt(when, this.#onTimeout);
  }

  readonly #onTimeout = (): void => {
    (this.#task as Task<unknown>).cancel();
    this.#state = "expiring";
    this.#handle = undefined;
  };

  toString(): string {
    const when = this.#when === null ? "None" : reprFloat(roundToMilliseconds(this.#when));
    return `<Timeout [${this.#state}]${this.#state === "active" ? ` when=${when}` : ""}>`;
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

/** Refuses what is no time, before anything is done with it. */
export function requireDeadline(seconds: unknown, name: string): void {
  if (seconds === null) return;
  if (Number.isNaN(seconds)) throw new ValueError(`Invalid ${name}: NaN (not a number)`);
  if (typeof seconds === "number") return;
  throw new TypeError(`${name} must be a number of seconds, or null for no deadline, got ${repr(seconds)}`);
}

/** To three places, as Python's `round`: to the nearest, and of two that are as near to the even one. */
function roundToMilliseconds(seconds: number): number {
  // Only a multiple of 1/16 can lie in the middle: any other has more binary places than half a thousandth.
  const isMiddle = Number.isInteger(seconds * 16) && Math.abs(seconds * 2000) % 2 === 1;
  if (isMiddle) return (2 * Math.round(seconds * 500)) / 1000;
  return Number.isFinite(seconds) ? Number(seconds.toFixed(3)) : seconds;
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
