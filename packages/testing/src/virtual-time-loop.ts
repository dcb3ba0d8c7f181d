import { type Awaitable, BaseEventLoop, DeadlockError, repr, Task, ValueError } from "@yieldstar/loop";
import { Completion, nameClass, readOptions, VirtualClock } from "@yieldstar/loop/internal";
import { LivelockError } from "./livelock-error.ts";

/** A second or two; a million tasks may begin, wait for each other and end. */
const defaultStepLimit = 5_000_000;
const defaults = { stepLimit: defaultStepLimit };
/** For so many iterations it is looked what a program does that spins. */
const iterationsToLook = 100;

/** What a `VirtualTimeLoop` is made with. */
export interface VirtualTimeLoopOptions {
  /**
   * How many steps and callbacks may run while the clock stands, before the program counts as one that spins; five million by
   * default. `Infinity` lets it.
   */
  readonly stepLimit?: number | undefined;
}

/**
 * A loop for tests. Its clock starts at 0 and stands still while there is something to do; then it jumps to the next
 * timer. So it runs a program of many hours in no time, synchronously, and always in the same order.
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
   * @param options - `stepLimit` is when a program counts as one that spins
   * @throws TypeError or ValueError when that is no such number
   */
  constructor(options?: VirtualTimeLoopOptions) {
    super();
    const { stepLimit } = readOptions(options, defaults, "VirtualTimeLoop");
    requireStepLimit(stepLimit);
    this.#stepLimit = this.#stepsLeft = stepLimit;
  }

  override time(): number {
    return this.#clock.time();
  }

  /**
   * Runs until `stop()` is called.
   *
   * @throws DeadlockError when nothing is ready and no timer is set
   * @throws LivelockError when something is always ready
   * @throws RuntimeError when the loop is closed, or running, or another loop is running the caller
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
   * @throws its exception; a `DeadlockError` when nothing is ready and no timer is set; a `LivelockError` when something is
   * always ready; a `RuntimeError` when the loop is stopped before, is closed, or running, or another loop is running the
   * caller
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
   * Lets `seconds` pass: runs all that is ready, and all that becomes due, at its own time. Ends early when `stop()` is
   * called.
   *
   * @param seconds - by how much the clock moves, zero or more; zero runs only what is ready or due now
   * @throws ValueError when `seconds` is no such number
   * @throws LivelockError when something is always ready
   * @throws RuntimeError when the loop is closed, or running, or another loop is running the caller
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
   * @throws RuntimeError when the loop is closed, or running, or another loop is running the caller
   */
  override requireRunnable(): void {
    super.requireRunnable();
  }

  /** Nothing outside ever wakes this loop: it is only ever driven. */
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

  /** Lets it spin on for a moment, to name what does. */
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
