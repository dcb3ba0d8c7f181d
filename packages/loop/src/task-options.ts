import type { BaseEventLoop } from "./base-event-loop.ts";
import type { Context } from "./contextvars.ts";
import type { Coroutine } from "./coroutine.ts";
import type { Task } from "./task.ts";

/** What a task can be created with. */
export interface TaskOptions {
  /** What the task is called where it is printed; `Task-1`, `Task-2`, … by default. */
  readonly name?: unknown;
  /** The context the coroutine runs in, itself and not a copy; a copy of the current one by default. */
  readonly context?: Context | undefined;
  /** Whether the first step runs at once, if the loop is running; `false` by default. */
  readonly eagerStart?: boolean | undefined;
}

/** Makes the tasks of a loop: `loop.setTaskFactory` takes one. Its options are those that `createTask` was given. */
export type TaskFactory = <T>(loop: BaseEventLoop, coroutine: Coroutine<T>, options?: TaskOptions) => Task<T>;
