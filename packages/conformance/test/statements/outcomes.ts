/**
 * Helpers for the tests of statements in many sections: the outcome of a call or an awaitable, the time, the current
 * task.
 *
 * @module
 */

import {
  type Awaitable,
  type Coroutine,
  currentTask,
  type Future,
  getRunningLoop,
  RuntimeError,
  type Task,
} from "@yieldstar/loop";
import { repr } from "../../src/python-text.ts";
import type { Print } from "../../src/same.ts";

export function outcome(call: () => unknown): string {
  try {
    return `returned ${repr(call())}`;
  } catch (error) {
    return `raised ${repr(error)}`;
  }
}

export function* awaiting(awaitable: Awaitable<unknown>): Coroutine<string> {
  try {
    return `returned ${repr(yield* awaitable)}`;
  } catch (error) {
    return `raised ${repr(error)}`;
  }
}

/** Returns whether a coroutine has ended. It cannot go on then, and a task's or a closed one says so. */
export function isOver(coroutine: Coroutine<unknown>): boolean {
  try {
    return coroutine.next().done === true;
  } catch (error) {
    return error instanceof RuntimeError && error.message.startsWith("cannot reuse already awaited coroutine");
  }
}

export function t(): number {
  return getRunningLoop().time();
}

export function createFuture<T>(): Future<T> {
  return getRunningLoop().createFuture<T>();
}

/** The current task, which must exist. */
export function thisTask(): Task<unknown> {
  return currentTask() as Task<unknown>;
}

/** The name of the current task. */
export function current(): string | undefined {
  return currentTask()?.getName();
}

export function cancelling(): number | undefined {
  return currentTask()?.cancelling();
}

/** Prints the number of each iteration. */
export function ticks(print: Print, last: number, tick = 1): void {
  print("tick", tick);
  if (tick < last) getRunningLoop().callSoon(() => ticks(print, last, tick + 1));
}

/** The error and its chain: Python's `__context__`s, and here the `cause`s. */
export function chain(error: unknown): unknown[] {
  return error instanceof Error ? [error, ...chain(error.cause)] : [];
}

/** The same in Python. */
export const chainInPython = "chain = lambda error: [error, *chain(error.__context__)] if error else []";

/** In the order of Python's `itertools.permutations`. */
export function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) =>
    permutations(items.filter((_, other) => other !== index)).map((rest) => [item].concat(rest)),
  );
}
