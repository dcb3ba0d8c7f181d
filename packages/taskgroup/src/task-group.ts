import {
  type AsyncContextManager,
  type BaseEventLoop,
  CancelledError,
  closeCoroutine,
  type Coroutine,
  currentTask,
  type Future,
  getRunningLoop,
  iscoroutine,
  repr,
  RuntimeError,
  type Task,
  type TaskOptions,
} from "@yieldstar/loop";
import { leavesLoop, passing, showAsText } from "@yieldstar/loop/internal";
import { asMember, BaseExceptionGroup } from "./exception-group.ts";

/** So many tasks are kept, whether they have ended or not, before the group first looks. */
const fewTasks = 64;

/**
 * Tasks that end together: leaving the block waits for all of them. When one fails the others, and the block itself,
 * are cancelled, and the block ends with a group of the errors.
 *
 * ```ts
 * yield* asyncWith(new TaskGroup(), function* (group) {
 *   group.createTask(worker("alpha"));
 *   group.createTask(worker("beta"));
 * });
 * ```
 *
 * A task that is cancelled is no failure. Cancelling the task that the block runs in cancels the group's tasks, waits
 * for them, and goes on.
 *
 * Source: asyncio.TaskGroup, CPython 3.14 Lib/asyncio/taskgroups.py.
 */
export class TaskGroup implements AsyncContextManager<TaskGroup, void> {
  static {
    showAsText(this, "TaskGroup");
  }

  #entered = false;
  #exiting = false;
  #aborting = false;
  #loop: BaseEventLoop | undefined;
  #parent: Task<unknown> | undefined;
  /** The group cancelled its parent to get out of the block, and owes it an `uncancel`. */
  #parentCancelRequested = false;
  /** The tasks in the order they were created, those included that have ended since it was last gone through. */
  #tasks: Task<unknown>[] = [];
  /** How many of them there may be until it is gone through again. */
  #manyTasks = fewTasks;
  /** How many of them have not ended, as far as the group was told. */
  #unfinished = 0;
  #errors: Error[] = [];
  #baseError: Error | undefined;
  #allDone: Future<void> | undefined;

  /**
   * Makes a task in this group.
   *
   * @param options - those of the loop's `createTask`
   * @throws RuntimeError before the group is entered, once it is shutting down, and after it ended; the coroutine is
   * closed
   */
  createTask<T>(coroutine: Coroutine<T>, options?: TaskOptions): Task<T> {
    if (!this.#entered || this.#aborting || this.#exiting) this.#requireOpen(coroutine);
    const task = (this.#loop as BaseEventLoop).createTask(coroutine, options);
    // First, since it throws for what is no task, which a task factory may have made.
    task.addDoneCallback(this.#onTaskDone);
    const tasks = this.#tasks;
    // Of an array that began empty V8 does not inline `push`.
    tasks[tasks.length] = task;
    if (tasks.length > this.#manyTasks) this.#tidy();
    this.#unfinished += 1;
    return task;
  }

  /**
   * Begins the block.
   *
   * @throws RuntimeError when the group was entered before, or the caller runs in no task
   */
  *aenter(): Coroutine<this> {
    if (this.#entered) throw new RuntimeError(`TaskGroup ${repr(this)} has already been entered`);
    this.#loop ??= getRunningLoop();
    this.#parent = currentTask(this.#loop);
    if (this.#parent === undefined) throw new RuntimeError(`TaskGroup ${repr(this)} cannot determine the parent task`);
    this.#entered = true;
    return this;
  }

  /**
   * Ends the block: waits for the tasks, cancelled first if the block failed.
   *
   * @throws BaseExceptionGroup of what the tasks and the block threw
   * @throws CancelledError when the block was cancelled and nothing else failed
   * @throws KeyboardInterrupt, SystemExit bare
   */
  *aexit(error: Error | undefined): Coroutine {
    try {
      yield* this.#exit(error);
    } finally {
      this.#parent = undefined;
      this.#tasks = [];
      this.#errors = [];
      this.#baseError = undefined;
    }
  }

  *#exit(error: Error | undefined): Coroutine {
    const parent = this.#parent as Task<unknown>;
    this.#exiting = true;
    if (error !== undefined && leavesLoop(error)) this.#baseError ??= error;
    let cancellation = error instanceof CancelledError ? error : undefined;
    if (error !== undefined && !this.#aborting) this.#abort();

    // The wait can be cancelled again and again, as its task can be.
    while (this.#unfinished > 0) {
      this.#allDone ??= (this.#loop as BaseEventLoop).createFuture<void>();
      this.#onTaskDone._ends = this.#allDone;
      try {
        yield* this.#allDone;
      } catch (thrown) {
        if (!(thrown instanceof CancelledError)) throw thrown;
        if (!this.#aborting) {
          // The parent was cancelled while it waited here, and not by this group.
          cancellation = thrown;
          this.#abort();
        }
      }
      this.#allDone = undefined;
    }

    if (this.#baseError !== undefined) throw this.#baseError;
    if (this.#parentCancelRequested && parent.uncancel() === 0) {
      // Nobody but this group wanted the parent cancelled.
      cancellation = undefined;
    }
    if (cancellation !== undefined && this.#errors.length === 0) throw cancellation;
    if (error !== undefined && !(error instanceof CancelledError)) this.#errors.push(asMember(error));
    if (this.#errors.length === 0) return;
    if (parent.cancelling() > 0) {
      // The errors win over a cancellation from outside, which is asked for once more so that it is not lost.
      parent.uncancel();
      parent.cancel();
    }
    throw new BaseExceptionGroup("unhandled errors in a TaskGroup", this.#errors);
  }

  /** While the block waits for its tasks, these may still make others. */
  #requireOpen(coroutine: Coroutine<unknown>): void {
    const isFinished = this.#exiting && this.#unfinished === 0;
    if (this.#entered && !this.#aborting && !isFinished) return;
    if (iscoroutine(coroutine)) closeCoroutine(coroutine);
    const reason = this.#entered ? (isFinished ? "is finished" : "is shutting down") : "has not been entered";
    throw new RuntimeError(`TaskGroup ${repr(this)} ${reason}`);
  }

  /** Forgets the tasks that have ended. A `Set` that each leaves at once would cost more than the rest of the group. */
  #tidy(): void {
    if (this.#tasks.length > 2 * this.#unfinished) this.#tasks = this.#tasks.filter((task) => !task.done());
    this.#manyTasks = Math.max(fewTasks, 2 * this.#tasks.length);
  }

  #abort(): void {
    this.#aborting = true;
    for (const task of this.#tasks) if (!task.done()) task.cancel();
  }

  readonly #onTaskDone = passing("TaskGroup._on_task_done", (task: Task<unknown>): void => {
    this.#unfinished -= 1;
    if (this.#unfinished === 0 && this.#allDone?.done() === false) this.#allDone.setResult();
    if (task.cancelled()) return;
    const exception = task.exception();
    if (exception !== undefined) this.#onTaskFailed(task, exception);
  });

  #onTaskFailed(task: Task<unknown>, exception: Error): void {
    this.#errors.push(asMember(exception));
    if (leavesLoop(exception)) this.#baseError ??= exception;
    const parent = this.#parent as Task<unknown>;
    if (parent.done()) {
      // Only if the block was entered by hand and never left.
      const message = `Task ${repr(task)} has errored out but its parent task ${repr(parent)} is already completed`;
      (this.#loop as BaseEventLoop).callExceptionHandler({ message, exception, task });
    } else if (!this.#aborting && !this.#parentCancelRequested) {
      // async with TaskGroup() as group:
      //     group.create_task(crash_soon())
      //     await something   <- has to be interrupted, and #exit takes the cancel back
      this.#abort();
      this.#parentCancelRequested = true;
      parent.cancel();
    }
  }

  toString(): string {
    const parts = ["<TaskGroup"];
    if (this.#unfinished > 0) parts.push(`tasks=${this.#unfinished}`);
    if (this.#errors.length > 0) parts.push(`errors=${this.#errors.length}`);
    if (this.#aborting) parts.push("cancelling");
    else if (this.#entered) parts.push("entered");
    return `${parts.join(" ")}>`;
  }
}
