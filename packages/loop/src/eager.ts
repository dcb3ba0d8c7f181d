import type { BaseEventLoop } from "./base-event-loop.ts";
import type { Coroutine } from "./coroutine.ts";
import type { TaskFactory, TaskOptions } from "./task-options.ts";
import { Task } from "./task.ts";

/** What makes a task of one's own: the arguments of `new Task`. */
export type TaskConstructor = <T>(
  coroutine: Coroutine<T>,
  options: TaskOptions & { readonly loop: BaseEventLoop },
) => Task<T>;

/**
 * Makes a task factory whose tasks run their first step at once, in `createTask`, unless it is told `eagerStart: false`.
 *
 * @param customTaskConstructor - makes the task
 *
 * Source: asyncio.create_eager_task_factory, CPython 3.14 Lib/asyncio/tasks.py.
 */
export function createEagerTaskFactory(customTaskConstructor: TaskConstructor): TaskFactory {
  return (loop, coroutine, options) => customTaskConstructor(coroutine, { eagerStart: true, ...options, loop });
}

/**
 * A task factory whose tasks run their first step at once: `loop.setTaskFactory(eagerTaskFactory)`. A coroutine that
 * never waits costs no iteration of the loop then; but what it does comes before the next line of its creator.
 *
 * Source: asyncio.eager_task_factory, CPython 3.14 Lib/asyncio/tasks.py.
 */
export const eagerTaskFactory: TaskFactory = createEagerTaskFactory(
  (coroutine, options) => new Task(coroutine, options),
);
