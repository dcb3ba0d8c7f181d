import { KeyboardInterrupt } from "../errors/exceptions.ts";
import { isCancelled, leavesLoop } from "../errors/thrown.ts";
import type { EventLoop } from "../loops/event-loop.ts";
import type { Task } from "../tasks/task.ts";

/** A run of one task. Ctrl-C cancels the task, and a second Ctrl-C ends the run. */
export class Interruptible<T> {
  readonly #loop: EventLoop;
  readonly #task: Task<T>;
  #interrupts = 0;

  constructor(loop: EventLoop, task: Task<T>) {
    this.#loop = loop;
    this.#task = task;
  }

  async run(): Promise<T> {
    const stopListening = this.#loop._onInterrupt(() => this.#interrupt());
    let result: T;
    try {
      result = await this.#loop.runUntilComplete(this.#task);
    } catch (error) {
      const isInterrupted = isCancelled(error) && this.#interrupts > 0 && this.#task.uncancel() === 0;
      const leaving = isInterrupted ? new KeyboardInterrupt() : error;
      if (leavesLoop(leaving)) this.#loop._announceExit(leaving);
      try {
        stopListening();
      } catch {
        // The host fails again: the promise rejects with the first error.
      }
      throw leaving;
    }
    stopListening();
    return result;
  }

  #interrupt(): void {
    this.#interrupts += 1;
    if (this.#interrupts === 1 && !this.#task._isDone()) this.#task.cancel();
    else this.#loop._abort(new KeyboardInterrupt());
  }
}
