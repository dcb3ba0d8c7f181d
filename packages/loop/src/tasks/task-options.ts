import type { AbstractEventLoop } from "../scheduling/loop.ts";
import { type Context } from "../context/contextvars.ts";
import { requireContext } from "../context/context-options.ts";
import { readOptions, requireBag } from "../arguments/options.ts";
import { requireLoop } from "../scheduling/require-loop.ts";

/**
 * The options of a new task.
 *
 * Source: asyncio.Task, CPython 3.14 Lib/asyncio/tasks.py.
 */
export interface TaskOptions {
  /** The task's name in texts; of another value than a string, its text. By default `Task-1`, `Task-2`, … */
  readonly name?: unknown;
  /** The context that the coroutine runs in, not a copy of it; by default a copy of the current one. */
  readonly context?: Context | undefined;
  /**
   * Whether the first step runs at once, inside the call that makes the task, if the loop is running; by default
   * `false`.
   */
  readonly eagerStart?: boolean | undefined;
}

/** The options of `new Task`. */
export interface TaskOptionsWithLoop extends TaskOptions {
  /** The task's loop; by default the running loop, or else the loop that was set with `setEventLoop`. */
  readonly loop?: AbstractEventLoop | undefined;
}

const defaults: TaskOptionsWithLoop = { name: undefined, context: undefined, eagerStart: undefined, loop: undefined };

/**
 * Reads the options of `new Task`.
 *
 * @throws TypeError when one is wrong
 */
export function readTaskOptions(options: TaskOptionsWithLoop): TaskOptionsWithLoop {
  const read = readOptions(options, defaults, "Task");
  if (read.context !== undefined) requireContext(read.context);
  if (read.loop !== undefined) requireLoop(read.loop);
  return read;
}

/** Checks the options of a loop's `createTask`. @throws TypeError when they are no object, or have a loop */
export function requireTaskOptions(options: TaskOptions): void {
  requireBag(options, "createTask");
  if (Object.hasOwn(options, "loop")) throw new TypeError("Task() got multiple values for keyword argument 'loop'");
}
