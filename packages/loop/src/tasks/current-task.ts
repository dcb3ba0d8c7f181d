import { currentTaskOrUndefined } from "../context/ambient.ts";
import type { AbstractEventLoop } from "../scheduling/loop.ts";
import { getRunningLoop } from "../scheduling/running-loop.ts";
import type { Task } from "./task.ts";

/**
 * Returns the task whose step is running.
 *
 * @param loop - the loop of the task; by default the running loop
 * @returns the task; `undefined` in a plain callback, and when `loop` is not the loop of the running task
 * @throws RuntimeError when `loop` is left out and no loop is running
 *
 * Source: asyncio.current_task, CPython 3.14 Lib/asyncio/tasks.py.
 */
export function currentTask(loop: AbstractEventLoop = getRunningLoop()): Task<unknown> | undefined {
  const task = currentTaskOrUndefined();
  return task?._loop === loop ? (task as Task<unknown>) : undefined;
}

/**
 * Returns the tasks of a loop that are not done.
 *
 * @param loop - the loop of the tasks; by default the running loop
 * @returns a new set, in the order in which the tasks were created; an eager task comes after the tasks that its first
 * step creates
 * @throws RuntimeError when `loop` is left out and no loop is running
 *
 * Source: asyncio.all_tasks, CPython 3.14 Lib/asyncio/tasks.py.
 */
export function allTasks(loop: AbstractEventLoop = getRunningLoop()): Set<Task<unknown>> {
  return new Set([...loop._tasks, ...loop._eagerTasks]);
}
