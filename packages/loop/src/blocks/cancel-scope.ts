import type { Coroutine } from "../coroutines/coroutine.ts";
import { immediate } from "../coroutines/immediate.ts";
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
 * `CancelOnAbort`. It is a base class: as an object beside each timeout it made a timeout block 6 per cent slower.
 */
export abstract class CancelScope {
  declare private _phase: "created" | "active" | "cancelling" | "cancelled" | "finished";
  declare private _runner: Task<unknown> | undefined;
  /** The requests to cancel that the task had when it entered the block. They come from other code. */
  declare private _requestsAtEntry: number;

  protected constructor() {
    this._phase = "created";
    this._runner = undefined;
    this._requestsAtEntry = 0;
  }

  protected abstract get _words(): ScopeWords;

  /** @internal What `aenter` does. */
  abstract _begin(): this;

  /** @internal What `aexit` does. */
  abstract _end(error: Error | undefined): void;

  /**
   * Begins the block, without waiting.
   *
   * @returns a coroutine of this object
   * @throws RuntimeError, when awaited, if the block was entered before, or the caller runs in no task
   *
   * Source: Timeout.__aenter__, CPython 3.14 Lib/asyncio/timeouts.py.
   */
  aenter(): Coroutine<this> {
    return immediate(() => this._begin());
  }

  /**
   * Ends the block, without waiting.
   *
   * @param error - the error that leaves the block
   * @returns a coroutine
   * @throws the block's own error, when awaited, if `error` is the `CancelledError` that the block caused: a
   * `TimeoutError` whose `cause` is `error`, or the reason of the signal
   *
   * Source: Timeout.__aexit__, CPython 3.14 Lib/asyncio/timeouts.py.
   */
  aexit(error: Error | undefined): Coroutine {
    return immediate(() => this._end(error));
  }

  /** @internal Whether no subclass overrides `aenter` or `aexit`, so that `_begin` and `_end` do what they do. */
  get _isOrdinary(): boolean {
    return this.aenter === ownAenter && this.aexit === ownAexit;
  }

  /** The state's word, for texts. */
  protected get _state(): string {
    const phase = this._phase;
    return phase === "cancelling" || phase === "cancelled" ? this._words[phase] : phase;
  }

  /** The task that runs the block. Only for a block that was entered and has not ended. */
  protected get _parent(): Task<unknown> {
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
    this._parent.cancel(...msg);
    this._phase = "cancelling";
  }

  /**
   * Ends the block, and removes its own request to cancel.
   *
   * @returns whether the block has cancelled the task and no other code has: a `CancelledError` that leaves the block
   * then comes from the block itself
   */
  protected _leave(): boolean {
    const task = this._parent;
    // A block that has ended may be kept for long, by the program or as a dropped timer.
    this._runner = undefined;
    if (this._phase === "active") this._phase = "finished";
    if (this._phase !== "cancelling") return false;
    this._phase = "cancelled";
    return task.uncancel() <= this._requestsAtEntry;
  }
}

const { aenter: ownAenter, aexit: ownAexit } = CancelScope.prototype as {
  readonly aenter: unknown;
  readonly aexit: unknown;
};
