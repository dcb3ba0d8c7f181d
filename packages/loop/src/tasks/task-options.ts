import type { AbstractEventLoop } from "../scheduling/loop.ts";
import { type Context } from "../context/contextvars.ts";
import { requireContext } from "../context/context-options.ts";
import { readOptions, requireBag } from "../arguments/options.ts";
import { requireLoop } from "./require-loop.ts";

/** What a task can be created with. */
export interface TaskOptions {
  /** What the task is called where it is printed; `Task-1`, `Task-2`, … by default. */
  readonly name?: unknown;
  /** The context the coroutine runs in, itself and not a copy; a copy of the current one by default. */
  readonly context?: Context | undefined;
  /** Whether the first step runs at once, if the loop is running; `false` by default. */
  readonly eagerStart?: boolean | undefined;
}

/** Those of `new Task`, where the loop is not known by itself. */
export interface TaskOptionsWithLoop extends TaskOptions {
  readonly loop?: AbstractEventLoop | undefined;
}

const defaults: TaskOptionsWithLoop = { name: undefined, context: undefined, eagerStart: undefined, loop: undefined };

/**
 * The options of a task.
 *
 * @throws TypeError when one is wrong
 */
export function readTaskOptions(options: TaskOptionsWithLoop): TaskOptionsWithLoop {
  const read = readOptions(options, defaults, "Task");
  if (read.context !== undefined) requireContext(read.context);
  if (read.loop !== undefined) requireLoop(read.loop);
  return read;
}

/** @throws TypeError when `options`, which were given to a loop's `createTask`, are none, or name a loop */
export function requireTaskOptions(options: TaskOptions): void {
  requireBag(options, "createTask");
  if (Object.hasOwn(options, "loop")) throw new TypeError("Task() got multiple values for keyword argument 'loop'");
}
