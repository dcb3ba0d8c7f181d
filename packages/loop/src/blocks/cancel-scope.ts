import { RuntimeError } from "../errors/exceptions.ts";
import { currentTask } from "../tasks/current-task.ts";
import type { Task } from "../tasks/task.ts";

/** The words of texts for a block: its name, and its states while it cancels its task and after that. */
export interface ScopeWords {
  readonly block: string;
  readonly cancelling: string;
  readonly cancelled: string;
}

/**
 * The state of a block that can cancel the task that runs it, and that turns this cancel into an error of its own.
 * `Timeout` and `CancelOnAbort` have one.
 */
export class CancelScope {
  declare private readonly _words: ScopeWords;
  declare private _state: "created" | "active" | "cancelling" | "cancelled" | "finished";
  declare private _task: Task<unknown> | undefined;
  /** The requests to cancel that the task had when it entered the block. They come from other code. */
  declare private _requestsAtEntry: number;

  constructor(words: ScopeWords) {
    this._words = words;
    this._state = "created";
    this._task = undefined;
    this._requestsAtEntry = 0;
  }

  /** The word of texts for the state. */
  get state(): string {
    const state = this._state;
    return state === "cancelling" || state === "cancelled" ? this._words[state] : state;
  }

  /** The task that runs the block. Only a block that was entered has one. */
  get task(): Task<unknown> {
    return this._task as Task<unknown>;
  }

  /** Tells whether the block is running and has not cancelled its task. */
  isActive(): boolean {
    return this._state === "active";
  }

  /** Tells whether the block has cancelled its task. */
  hasCancelled(): boolean {
    return this._state === "cancelling" || this._state === "cancelled";
  }

  /**
   * Begins the block in the current task.
   *
   * @throws RuntimeError when the block was entered before, or no task runs the caller
   */
  enter(): void {
    if (this._state !== "created") throw new RuntimeError(`${this._words.block} has already been entered`);
    const task = currentTask();
    if (task === undefined) throw new RuntimeError(`${this._words.block} should be used inside a task`);
    this._state = "active";
    this._task = task;
    this._requestsAtEntry = task.cancelling();
  }

  /** Cancels the task. The state changes after that, as in CPython. */
  trip(msg?: unknown): void {
    this.task.cancel(msg);
    this._state = "cancelling";
  }

  /**
   * Ends the block, and removes its own request to cancel.
   *
   * @returns whether the block has cancelled the task and no other code has: a `CancelledError` that leaves the block
   * then comes from the block itself
   */
  leave(): boolean {
    if (this._state === "active") this._state = "finished";
    if (this._state !== "cancelling") return false;
    this._state = "cancelled";
    return this.task.uncancel() <= this._requestsAtEntry;
  }
}
