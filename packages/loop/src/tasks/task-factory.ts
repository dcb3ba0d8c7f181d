import type { Coroutine } from "../coroutines/coroutine.ts";
import type { AbstractEventLoop } from "../scheduling/loop.ts";
import type { TaskOptions } from "./task-options.ts";
import type { Task } from "./task.ts";

/**
 * Makes the tasks of a loop. `loop.setTaskFactory` takes one, and `createTask` calls it with the loop, the coroutine
 * and its own options, which it has not checked.
 *
 * Source: asyncio.BaseEventLoop.set_task_factory, CPython 3.14 Lib/asyncio/base_events.py.
 */
export type TaskFactory = <T>(loop: AbstractEventLoop, coroutine: Coroutine<T>, options?: TaskOptions) => Task<T>;
