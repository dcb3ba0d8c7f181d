/**
 * What the tests of statements ask in many sections: what a call or an awaitable comes to, what time it is, who runs.
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

/** Tells whether a coroutine has ended: then it cannot go on, and a task's or a closed one says so. */
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

/** The task that calls, which is known to be one. */
export function thisTask(): Task<unknown> {
  return currentTask() as Task<unknown>;
}

/** The name of the task that calls. */
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

/** The error and what it came of: Python's `__context__`s, and here the `cause`s. */
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
