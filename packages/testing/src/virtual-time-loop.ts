import { type Awaitable, BaseEventLoop, DeadlockError, repr, Task, ValueError } from "@yieldstar/loop";
import { Completion, nameClass, readOptions, VirtualClock } from "@yieldstar/loop/internal";
import { LivelockError } from "./livelock-error.ts";

/** It lasts a second or two. A million tasks can begin, wait for each other and end in it. */
const defaultStepLimit = 5_000_000;
const defaults = { stepLimit: defaultStepLimit };
/** A program that spins runs on for this number of iterations, so that the error can name its tasks. */
const iterationsToLook = 100;

/** The options of a `VirtualTimeLoop`. */
export interface VirtualTimeLoopOptions {
  /**
   * How many steps and callbacks may run while the clock shows the same time; five million by default. After that the
   * run ends with a `LivelockError`. `Infinity` means no limit.
   */
  readonly stepLimit?: number | undefined;
}

/**
 * A loop for tests. Its clock starts at 0, and shows the same time while any task or callback is ready. Then it jumps
 * to the next timer. So the loop runs a program of many hours in milliseconds, synchronously, and always in the same
 * order.
 *
 * It has no counterpart in CPython.
 */
export class VirtualTimeLoop extends BaseEventLoop {
  static {
    nameClass(this, "VirtualTimeLoop");
  }

  readonly #clock = new VirtualClock();
  protected override readonly clockResolution: number = this.#clock.resolution;
  readonly #stepLimit: number;
  #stepsLeft: number;

  /**
   * @param options - `stepLimit` is the number of steps and callbacks that may run before the clock moves
   * @throws TypeError when an option is unknown, or `stepLimit` is no number
   * @throws ValueError when `stepLimit` is not above zero
   */
  constructor(options?: VirtualTimeLoopOptions) {
    super();
    const { stepLimit } = readOptions(options, defaults, "VirtualTimeLoop");
    requireStepLimit(stepLimit);
    this.#stepLimit = this.#stepsLeft = stepLimit;
  }

  /** Returns the virtual time, in seconds. */
  override time(): number {
    return this.#clock.time();
  }

  /**
   * Runs until `stop()` is called.
   *
   * @throws DeadlockError when nothing is ready and no timer is set
   * @throws LivelockError when some task or callback is always ready
   * @throws RuntimeError when the loop is closed or running, or another loop is running the caller
   *
   * Source: loop.run_forever, CPython 3.14 Lib/asyncio/base_events.py.
   */
  runForever(): void {
    this.runForeverSetup();
    this.#stepsLeft = this.#stepLimit;
    try {
      do this.#iterate();
      while (!this.stopping);
    } finally {
      this.#endRun();
    }
  }

  /**
   * Runs until `awaitable` is done.
   *
   * @param awaitable - a future of this loop, or a coroutine, which becomes a task
   * @returns its result
   * @throws its exception
   * @throws DeadlockError when nothing is ready and no timer is set
   * @throws LivelockError when some task or callback is always ready
   * @throws RuntimeError when the loop stops before `awaitable` is done, the loop is closed or running, or another loop
   * is running the caller
   *
   * Source: loop.run_until_complete, CPython 3.14 Lib/asyncio/base_events.py.
   */
  runUntilComplete<T>(awaitable: Awaitable<T>): T {
    this.requireRunnable();
    const completion = new Completion(this, awaitable);
    try {
      this.runForever();
    } catch (error) {
      completion.abandon();
      throw error;
    }
    return completion.result();
  }

  /**
   * Moves the clock forward by `seconds`. It runs the tasks and callbacks that are ready, and each timer that becomes
   * due at the timer's own time. It ends early when `stop()` is called.
   *
   * @param seconds - zero or more, and finite; with zero it runs only what is ready or due now
   * @throws ValueError when `seconds` is no such number
   * @throws LivelockError when some task or callback is always ready
   * @throws RuntimeError when the loop is closed or running, or another loop is running the caller
   *
   * It has no counterpart in CPython.
   */
  advance(seconds: number): void {
    if (typeof seconds !== "number" || !(seconds >= 0 && seconds < Infinity)) {
      throw new ValueError(`\`seconds\` must be a finite number >= 0, got ${repr(seconds)}`);
    }
    const end = this.time() + seconds;
    this.runForeverSetup();
    this.#stepsLeft = this.#stepLimit;
    try {
      while (!this.stopping && (this.isReady || this.nextDeadline <= end)) this.#iterate();
      if (!this.stopping) this.#clock.jumpTo(end);
    } finally {
      this.#endRun();
    }
  }

  /**
   * Checks that the loop may run here.
   *
   * @throws RuntimeError when the loop is closed or running, or another loop is running the caller
   */
  override requireRunnable(): void {
    super.requireRunnable();
  }

  /** This loop needs no wake-up: it runs only inside its own methods. */
  protected override wakeUp(): void {}

  #endRun(): void {
    try {
      this.beforeIdle();
    } finally {
      this.runForeverCleanup();
    }
  }

  /** One iteration, after a jump to the next timer if nothing is ready. */
  #iterate(): void {
    if (!this.isReady && !this.stopping) {
      const deadline = this.nextDeadline;
      if (deadline === Infinity) throw new DeadlockError(this.pendingTasks(), "runVirtual");
      if (this.#clock.jumpTo(deadline)) this.#stepsLeft = this.#stepLimit;
    }
    this.runIterations(this.#count);
    if (this.#stepsLeft < 0) this.#refuseToSpin();
  }

  readonly #count = (ran: number): boolean => {
    this.#stepsLeft -= ran;
    return false;
  };

  /** Runs a few more iterations, to see which tasks and callbacks spin. */
  #refuseToSpin(): void {
    const spinning = new Set<unknown>();
    for (let count = 0; count < iterationsToLook; count += 1) {
      for (const item of this.readyItems()) spinning.add(item);
      this.runOnce();
      if (this.stopping || !this.isReady) return;
    }
    const tasks = [...spinning].filter((item) => item instanceof Task);
    throw new LivelockError(this.time(), this.#stepLimit, tasks.length > 0 ? tasks : [...spinning]);
  }
}

function requireStepLimit(stepLimit: unknown): void {
  if (typeof stepLimit !== "number") throw new TypeError(`stepLimit must be a number of steps, got ${repr(stepLimit)}`);
  if (!(stepLimit > 0)) throw new ValueError(`stepLimit must be > 0, got ${repr(stepLimit)}`);
}
