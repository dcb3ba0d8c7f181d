import type { AbstractEventLoop } from "../scheduling/loop.ts";
import type { Coroutine } from "../coroutines/coroutine.ts";
import { requireCallback } from "../scheduling/callbacks.ts";
import { nameOfType } from "../coroutines/name-of-type.ts";
import { repr } from "../text/repr.ts";
import type { TaskFactory } from "./task-factory.ts";
import type { TaskOptions } from "./task-options.ts";
import { Task } from "./task.ts";

/** Makes a task of your own: a class that extends `Task`, or a function that takes the arguments of `new Task`. */
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
 * Makes a task factory whose tasks run their first step at once, inside `createTask`, if their loop is running. With
 * `eagerStart: false` a task begins in the next iteration.
 *
 * @param customTaskConstructor - makes the tasks: a class that extends `Task`, or a function
 * @returns a factory for `loop.setTaskFactory`
 * @throws TypeError when `customTaskConstructor` is neither
 *
 * Source: asyncio.create_eager_task_factory, CPython 3.14 Lib/asyncio/tasks.py.
 */
export function createEagerTaskFactory(customTaskConstructor: TaskConstructor): TaskFactory {
  const makeTask = toFunction(customTaskConstructor);
  return (loop, coroutine, options) => makeTask(coroutine, { eagerStart: true, ...options, loop });
}

function toFunction(constructor: TaskConstructor): TaskFunction {
  if (isTaskClass(constructor)) return (coroutine, options) => new constructor(coroutine, options);
  requireCallback(constructor, "createEagerTaskFactory", "use a class that extends Task, or a plain function");
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
 * never waits then costs no iteration of the loop, but its effects come before the next line of the code that creates
 * it.
 *
 * Source: asyncio.eager_task_factory, CPython 3.14 Lib/asyncio/tasks.py.
 */
export const eagerTaskFactory: TaskFactory = createEagerTaskFactory(Task);
