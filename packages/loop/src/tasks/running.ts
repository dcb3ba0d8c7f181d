import type { BaseEventLoop } from "../loops/base-event-loop.ts";
import { currentTaskOrUndefined } from "../context/contextvars.ts";
import { explainOtherLoop, registerCopy } from "../copies/copies.ts";
import { RuntimeError } from "../errors/exceptions.ts";
import { withHint } from "../text/repr.ts";
import type { Task } from "./task.ts";

let runningLoop: BaseEventLoop | undefined;
let eventLoop: BaseEventLoop | undefined;

registerCopy(() => runningLoop !== undefined);

/** @internal The loop that runs a callback or a step right now. */
export function getRunningLoopOrUndefined(): BaseEventLoop | undefined {
  return runningLoop;
}

/** @internal */
export function setRunningLoop(loop: BaseEventLoop | undefined): void {
  runningLoop = loop;
}

/**
 * Returns the loop that runs the caller.
 *
 * @throws RuntimeError outside of coroutines and callbacks
 *
 * Source: asyncio.get_running_loop, CPython 3.14 Lib/asyncio/events.py.
 */
export function getRunningLoop(): BaseEventLoop {
  if (runningLoop === undefined) throw noLoop("no running event loop");
  return runningLoop;
}

/**
 * Returns the running loop, or else the one given to `setEventLoop`. Never makes one.
 *
 * @throws RuntimeError when there is neither
 *
 * Source: asyncio.get_event_loop, CPython 3.14 Lib/asyncio/events.py.
 */
export function getEventLoop(): BaseEventLoop {
  return runningLoop ?? requireEventLoop();
}

function requireEventLoop(): BaseEventLoop {
  if (eventLoop === undefined) throw noLoop("There is no current event loop in thread 'MainThread'.");
  return eventLoop;
}

function noLoop(text: string): RuntimeError {
  const other = explainOtherLoop();
  return new RuntimeError(other === undefined ? text : withHint(text, other));
}

/**
 * Sets the loop that `getEventLoop` returns where none is running; `undefined` unsets it.
 *
 * Source: asyncio.set_event_loop, CPython 3.14 Lib/asyncio/events.py.
 */
export function setEventLoop(loop: BaseEventLoop | undefined): void {
  eventLoop = loop;
}

/** @internal Unsets `loop`, if it is the one that is set. */
export function unsetEventLoop(loop: BaseEventLoop): void {
  if (eventLoop === loop) eventLoop = undefined;
}

/**
 * Returns the task whose step is running, or `undefined` in a plain callback.
 *
 * @param loop - the loop asked about; the running one by default
 * @throws RuntimeError outside of a running loop, if none is given
 *
 * Source: asyncio.current_task, CPython 3.14 Lib/asyncio/tasks.py.
 */
export function currentTask(loop: BaseEventLoop = getRunningLoop()): Task<unknown> | undefined {
  const task = currentTaskOrUndefined();
  return task?._loop === loop ? task : undefined;
}

/**
 * Returns the loop's tasks that are not done, in the order they were created; an eager one counts from its first step on.
 *
 * @param loop - the loop asked about; the running one by default
 * @throws RuntimeError outside of a running loop, if none is given
 *
 * Source: asyncio.all_tasks, CPython 3.14 Lib/asyncio/tasks.py.
 */
export function allTasks(loop: BaseEventLoop = getRunningLoop()): Set<Task<unknown>> {
  return new Set([...loop._tasks, ...loop._eagerTasks]);
}
