import { type Awaitable, BaseEventLoop, Completion, DeadlockError, ValueError, nameClass, repr } from "@yieldstar/loop";

/**
 * A loop for tests. Its clock starts at 0 and stands still while there is something to do; then it jumps to the next
 * timer. So it runs a program of many hours in no time, synchronously, and always in the same order.
 */
export class VirtualTimeLoop extends BaseEventLoop {
  static {
    nameClass(this, "VirtualTimeLoop");
  }

  protected override readonly clockResolution = 1e-9;
  #now = 0;

  override time(): number {
    return this.#now;
  }

  /**
   * Runs until `stop()` is called.
   *
   * @throws DeadlockError when nothing is ready and no timer is set
   * @throws RuntimeError when the loop is closed, or running, or another loop is running the caller
   */
  runForever(): void {
    this.runForeverSetup();
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
   * @throws its exception; a `DeadlockError` when nothing is ready and no timer is set; a `RuntimeError` when the loop is
   * stopped before, is closed, or running, or another loop is running the caller
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
   * @throws RuntimeError when the loop is closed, or running, or another loop is running the caller
   */
  advance(seconds: number): void {
    if (typeof seconds !== "number" || !(seconds >= 0 && seconds < Infinity)) {
      throw new ValueError(`\`seconds\` must be a finite number >= 0, got ${repr(seconds)}`);
    }
    const end = this.#now + seconds;
    this.runForeverSetup();
    try {
      while (!this.stopping && (this.isReady || this.nextDeadline <= end)) this.#iterate();
      if (!this.stopping) this.#now = end;
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
      if (deadline === Infinity) throw new DeadlockError(this.pendingTasks());
      this.#now = Math.max(this.#now, deadline);
    }
    this.runOnce();
  }
}
