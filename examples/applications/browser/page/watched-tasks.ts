import * as asyncio from "yieldstar";
import { now, type TaskEvent, type TaskState } from "./task-events.ts";

/** Makes the tasks of a loop. The first `limit` of them report every step to `report`. */
export function watchedTasks(limit: number, report: (event: TaskEvent) => void): asyncio.TaskFactory {
  let made = 0;
  return (loop, coroutine, options) => {
    const number = made++;
    if (number >= limit) return new asyncio.Task(coroutine, { ...options, loop });
    const name = String(options?.name ?? `task ${number}`);
    function tell(state: TaskState, isEnd = false): void {
      report({ task: number, name, state, isEnd, at: now() });
    }
    tell("waiting");
    const task = new asyncio.Task(watched(coroutine, tell), { ...options, loop });
    task.addDoneCallback(() => tell(ending(task), true));
    return task;
  };
}

/** Wraps a coroutine, and passes on each value that the task sends and each answer of the coroutine. */
function* watched<T>(coroutine: asyncio.Coroutine<T>, tell: (state: TaskState) => void): asyncio.Coroutine<T> {
  tell("running");
  let step = coroutine.next();
  while (step.done !== true) {
    // A timeout that has expired uncancels its own request: from then on the task is not cancelled any more.
    const isCancelled = (asyncio.currentTask()?.cancelling() ?? 0) > 0;
    tell(isCancelled ? "cleaning up" : "waiting");
    let value: unknown;
    try {
      value = yield step.value;
    } catch (error) {
      tell(error instanceof asyncio.CancelledError ? "cancelled" : "running");
      step = coroutine.throw(error);
      continue;
    }
    tell("running");
    step = coroutine.next(value);
  }
  return step.value;
}

function ending(task: asyncio.Task<unknown>): TaskState {
  if (task.cancelled()) return "cancelled";
  return task.exception() === undefined ? "done" : "failed";
}
