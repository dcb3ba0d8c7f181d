import { currentTaskOrUndefined } from "../context/ambient.ts";
import type { AbstractEventLoop } from "../scheduling/loop.ts";
import { getRunningLoop } from "../scheduling/running-loop.ts";
import type { Task } from "./task.ts";

/**
 * Returns the task whose step is running, or `undefined` in a plain callback.
 *
 * @param loop - the loop asked about; the running one by default
 * @throws RuntimeError outside of a running loop, if none is given
 *
 * Source: asyncio.current_task, CPython 3.14 Lib/asyncio/tasks.py.
 */
export function currentTask(loop: AbstractEventLoop = getRunningLoop()): Task<unknown> | undefined {
  const task = currentTaskOrUndefined();
  return task?._loop === loop ? (task as Task<unknown>) : undefined;
}

/**
 * Returns the loop's tasks that are not done, in the order they were created; an eager one counts from its first step on.
 *
 * @param loop - the loop asked about; the running one by default
 * @throws RuntimeError outside of a running loop, if none is given
 *
 * Source: asyncio.all_tasks, CPython 3.14 Lib/asyncio/tasks.py.
 */
export function allTasks(loop: AbstractEventLoop = getRunningLoop()): Set<Task<unknown>> {
  return new Set([...loop._tasks, ...loop._eagerTasks]);
}
