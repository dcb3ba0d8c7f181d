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

/** The group keeps this number of tasks, ended or not, before it first removes those that have ended. */
const fewTasks = 64;

/**
 * Runs tasks and waits for all of them at the end of its block. When a task fails, the other tasks and the
 * block itself are cancelled, and the block ends with a group of the errors.
 *
 * ```ts
 * yield* asyncWith(new TaskGroup(), function* (group) {
 *   group.createTask(worker("alpha"));
 *   group.createTask(worker("beta"));
 * });
 * ```
 *
 * A cancelled task does not count as failed. When the task that runs the block is cancelled, the group cancels its
 * tasks, waits for them, and lets the `CancelledError` leave the block. Errors of the tasks replace it.
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
  /** Whether the group has cancelled its parent to end the block. It removes this request by `uncancel`. */
  #parentCancelRequested = false;
  /** The tasks in the order of their creation, with those that have ended since the last `#tidy`. */
  #tasks: Task<unknown>[] = [];
  /** The length of `#tasks` that leads to the next `#tidy`. */
  #manyTasks = fewTasks;
  /** How many tasks have not called `#onTaskDone` yet. */
  #unfinished = 0;
  #errors: Error[] = [];
  #baseError: Error | undefined;
  #allDone: Future<void> | undefined;

  /**
   * Makes a task in this group. While the block waits for its tasks, these can still make others.
   *
   * @param coroutine - the coroutine that the task runs
   * @param options - those of the loop's `createTask`
   * @returns the task, which has not started yet
   * @throws TypeError when `coroutine` is no coroutine, or an option is wrong
   * @throws RuntimeError before the group is entered, while it shuts down, and after it has ended; the coroutine is
   * then closed
   *
   * Cancellation of the task leaves the group and its other tasks as they are.
   *
   * Source: TaskGroup.create_task, CPython 3.14 Lib/asyncio/taskgroups.py.
   */
  createTask<T>(coroutine: Coroutine<T>, options?: TaskOptions): Task<T> {
    if (!this.#entered || this.#aborting || this.#exiting) this.#requireOpen(coroutine);
    const task = (this.#loop as BaseEventLoop).createTask(coroutine, options);
    // Before the task is counted: a task factory may have made an object that is no task, and this throws for it.
    task.addDoneCallback(this.#onTaskDone);
    const tasks = this.#tasks;
    // V8 does not inline `push` for an array that began empty.
    tasks[tasks.length] = task;
    if (tasks.length > this.#manyTasks) this.#tidy();
    this.#unfinished += 1;
    return task;
  }

  /**
   * Begins the block, without waiting.
   *
   * @returns this group
   * @throws RuntimeError when the group was entered before, or the caller runs in no task
   *
   * Source: TaskGroup.__aenter__, CPython 3.14 Lib/asyncio/taskgroups.py.
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
   * Ends the block: waits for the tasks. It cancels them first when the block has failed.
   *
   * @param error - the error that leaves the block
   * @throws BaseExceptionGroup that holds the errors of the tasks and of the block
   * @throws CancelledError when the block was cancelled and nothing failed
   * @throws KeyboardInterrupt, SystemExit as they are, without a group
   *
   * Cancellation cancels the tasks, and the wait goes on until they have ended.
   *
   * Source: TaskGroup.__aexit__, CPython 3.14 Lib/asyncio/taskgroups.py.
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

    // Each cancel of the parent ends one wait.
    while (this.#unfinished > 0) {
      this.#allDone ??= parent.getLoop().createFuture<void>();
      this.#onTaskDone._ends = this.#allDone;
      try {
        yield* this.#allDone;
      } catch (thrown) {
        if (!(thrown instanceof CancelledError)) throw thrown;
        if (!this.#aborting) {
          // Other code has cancelled the parent while it waited here.
          cancellation = thrown;
          this.#abort();
        }
      }
      this.#allDone = undefined;
    }

    if (this.#baseError !== undefined) throw this.#baseError;
    if (this.#parentCancelRequested && parent.uncancel() === 0) {
      // Only this group has cancelled the parent.
      cancellation = undefined;
    }
    if (cancellation !== undefined && this.#errors.length === 0) throw cancellation;
    if (error !== undefined && !(error instanceof CancelledError)) this.#errors.push(asMember(error));
    if (this.#errors.length === 0) return;
    if (parent.cancelling() > 0) {
      // The group of errors replaces the CancelledError of other code: a new cancel keeps that request alive.
      parent.uncancel();
      parent.cancel();
    }
    throw new BaseExceptionGroup("unhandled errors in a TaskGroup", this.#errors);
  }

  /** The group is open until it aborts, or its last task has ended at the end of the block. */
  #requireOpen(coroutine: Coroutine<unknown>): void {
    const isFinished = this.#exiting && this.#unfinished === 0;
    if (this.#entered && !this.#aborting && !isFinished) return;
    if (iscoroutine(coroutine)) closeCoroutine(coroutine);
    const reason = this.#entered ? (isFinished ? "is finished" : "is shutting down") : "has not been entered";
    throw new RuntimeError(`TaskGroup ${repr(this)} ${reason}`);
  }

  /**
   * Removes the tasks that have ended. A `Set` that each task leaves at its end would cost more than the whole group.
   */
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
      // The program has called `aenter` by hand, and never `aexit`.
      const message = `Task ${repr(task)} has errored out but its parent task ${repr(parent)} is already completed`;
      parent.getLoop().callExceptionHandler({ message, exception, task });
    } else if (!this.#aborting && !this.#parentCancelRequested) {
      // async with TaskGroup() as group:
      //     group.create_task(crash_soon())
      //     await something   <- must be interrupted; #exit then removes this request by uncancel
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
