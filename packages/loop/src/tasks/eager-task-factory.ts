import type { AbstractEventLoop } from "../scheduling/loop.ts";
import type { Coroutine } from "../coroutines/coroutine.ts";
import { requireCallback } from "../scheduling/callbacks.ts";
import { nameOfType } from "../coroutines/name-of-type.ts";
import { repr } from "../text/repr.ts";
import type { TaskFactory } from "./task-factory.ts";
import type { TaskOptions } from "./task-options.ts";
import { Task } from "./task.ts";

/** What makes a task of one's own: a class that extends `Task`, or a function with the arguments of `new Task`. */
export type TaskConstructor = TaskClass | TaskFunction;

type TaskClass = new <T>(
  coroutine: Coroutine<T>,
  options: TaskOptions & { readonly loop: AbstractEventLoop },
) => Task<T>;

type TaskFunction = <T>(
  coroutine: Coroutine<T>,
  options: TaskOptions & { readonly loop: AbstractEventLoop },
) => Task<T>;

/**
 * Makes a task factory whose tasks run their first step at once, in `createTask`, unless it is told `eagerStart: false`.
 *
 * @param customTaskConstructor - makes the task: a class that extends `Task`, or a function
 * @throws TypeError when it is neither
 *
 * Source: asyncio.create_eager_task_factory, CPython 3.14 Lib/asyncio/tasks.py.
 */
export function createEagerTaskFactory(customTaskConstructor: TaskConstructor): TaskFactory {
  const makeTask = toFunction(customTaskConstructor);
  return (loop, coroutine, options) => makeTask(coroutine, { eagerStart: true, ...options, loop });
}

function toFunction(constructor: TaskConstructor): TaskFunction {
  if (isTaskClass(constructor)) return (coroutine, options) => new constructor(coroutine, options);
  requireCallback(constructor, "createEagerTaskFactory");
  if (nameOfType(constructor) === "type") {
    throw new TypeError(`a class that extends Task was expected, got ${repr(constructor)}`);
  }
  return constructor;
}

function isTaskClass(value: TaskConstructor): value is TaskClass {
  return typeof value === "function" && (value === Task || value.prototype instanceof Task);
}

/**
 * A task factory whose tasks run their first step at once: `loop.setTaskFactory(eagerTaskFactory)`. A coroutine that
 * never waits costs no iteration of the loop then; but what it does comes before the next line of its creator.
 *
 * Source: asyncio.eager_task_factory, CPython 3.14 Lib/asyncio/tasks.py.
 */
export const eagerTaskFactory: TaskFactory = createEagerTaskFactory(Task);
