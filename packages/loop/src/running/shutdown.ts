import type { AbstractEventLoop } from "../scheduling/loop.ts";
import type { Awaitable } from "../coroutines/coroutine.ts";
import { leavesLoop, toException } from "../errors/thrown.ts";
import { gather } from "../combinators/gather.ts";
import { allTasks } from "../tasks/current-task.ts";
import { Task } from "../tasks/task.ts";

/**
 * Ends the work on a loop before it is closed: cancels every task, waits for them, reports their errors, and closes the
 * async generators.
 *
 * @returns awaitables; run each to its end before you take the next
 *
 * Source: asyncio.Runner.close, CPython 3.14 Lib/asyncio/runners.py.
 */
export function* shutdown(loop: AbstractEventLoop): Generator<Awaitable<unknown>, void, unknown> {
  const tasks = allTasks(loop);
  if (tasks.size > 0) {
    for (const task of tasks) cancel(task);
    yield gather(tasks, { returnExceptions: true });
    for (const task of tasks) {
      if (!task._hasFailed()) continue;
      const exception = task._takeError();
      loop.callExceptionHandler({
        message: "unhandled exception during asyncio.run() shutdown",
        exception,
        task,
      });
    }
  }
  yield loop.shutdownAsyncgens();
  yield loop.shutdownDefaultExecutor();
}

/**
 * Calls `task.cancel()`. If a `cancel` of the program's class throws, reports that, and cancels the task all the same.
 */
function cancel(task: Task<unknown>): void {
  try {
    task.cancel();
  } catch (thrown) {
    if (leavesLoop(thrown)) throw thrown;
    const message = "Exception in cancel() during asyncio.run() shutdown";
    task._loop.callExceptionHandler({ message, exception: toException(thrown), task });
    Task.prototype.cancel.call(task);
  }
}
