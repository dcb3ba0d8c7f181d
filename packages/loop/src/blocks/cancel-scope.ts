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
 * A block that can cancel the task that runs it, and that turns this cancel into an error of its own: `Timeout` and
 * `CancelOnAbort`. It is a base class, since an object beside each timeout costs 6 per cent of it.
 */
export abstract class CancelScope {
  declare private readonly _words: ScopeWords;
  declare private _phase: "created" | "active" | "cancelling" | "cancelled" | "finished";
  declare private _runner: Task<unknown> | undefined;
  /** The requests to cancel that the task had when it entered the block. They come from other code. */
  declare private _requestsAtEntry: number;

  protected constructor(words: ScopeWords) {
    this._words = words;
    this._phase = "created";
    this._runner = undefined;
    this._requestsAtEntry = 0;
  }

  /** The state's word, for texts. */
  protected get _state(): string {
    const phase = this._phase;
    return phase === "cancelling" || phase === "cancelled" ? this._words[phase] : phase;
  }

  /** The task that runs the block. Only for a block that was entered. */
  protected get _task(): Task<unknown> {
    return this._runner as Task<unknown>;
  }

  /** Tells whether the block is running and has not cancelled its task. */
  protected _isActive(): boolean {
    return this._phase === "active";
  }

  /** Tells whether the block has cancelled its task. */
  protected _hasCancelled(): boolean {
    return this._phase === "cancelling" || this._phase === "cancelled";
  }

  /**
   * Begins the block in the current task.
   *
   * @throws RuntimeError when the block was entered before, or no task runs the caller
   */
  protected _enter(): void {
    if (this._phase !== "created") throw new RuntimeError(`${this._words.block} has already been entered`);
    const task = currentTask();
    if (task === undefined) throw new RuntimeError(`${this._words.block} should be used inside a task`);
    this._phase = "active";
    this._runner = task;
    this._requestsAtEntry = task.cancelling();
  }

  /** Cancels the task. The state changes after that, as in CPython. */
  protected _trip(...msg: [msg?: unknown]): void {
    this._task.cancel(...msg);
    this._phase = "cancelling";
  }

  /**
   * Ends the block, and removes its own request to cancel.
   *
   * @returns whether the block has cancelled the task and no other code has: a `CancelledError` that leaves the block
   * then comes from the block itself
   */
  protected _leave(): boolean {
    if (this._phase === "active") this._phase = "finished";
    if (this._phase !== "cancelling") return false;
    this._phase = "cancelled";
    return this._task.uncancel() <= this._requestsAtEntry;
  }
}
