import type { Coroutine } from "../coroutines/coroutine.ts";
import type { AbstractEventLoop } from "../scheduling/loop.ts";
import type { TaskOptions } from "./task-options.ts";
import type { Task } from "./task.ts";

/**
 * Makes the tasks of a loop: `loop.setTaskFactory` takes one. Its options are those that `createTask` was given, which
 * has not looked at them.
 */
export type TaskFactory = <T>(loop: AbstractEventLoop, coroutine: Coroutine<T>, options?: TaskOptions) => Task<T>;
