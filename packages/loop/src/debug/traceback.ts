/**
 * In debug mode an error also names where it was awaited. In Python its traceback grows on its way; here a stack is fixed
 * where the error is made, and what a promise fails with was made in no line of the program.
 *
 * @module
 */

import { type CurrentTask, currentTaskOrUndefined } from "../context/ambient.ts";
import { suspendedAt } from "./suspensions.ts";
import { captureStack, framesOfStep, type StackFrame } from "./stack-frames.ts";
import { isError } from "../values/is-error.ts";

/** The longest stack that grows, in lines. */
const lineLimit = 100;

/** By error, the task whose lines it has got last. */
const lastAwaiters = new WeakMap<object, WeakRef<CurrentTask>>();

/** The future that `task` waited for, or its cancellation, throws `error` into it. */
export function noteAwaited(error: Error, task: CurrentTask, waitedFor: object | undefined): void {
  if (task._loop.getDebug()) grow(error, task, waitedFor, suspendedAt(task));
}

/** The current task awaits something that has failed already. */
export function noteAwaitedLate(error: Error, waitedFor: object | undefined): void {
  const task = currentTaskOrUndefined();
  if (task?._loop.getDebug() === true) grow(error, task, waitedFor, framesOfStep(captureStack()));
}

/**
 * An error may be awaited by many. It gets the lines of the first, then those of a task that awaits this one, and so on: the
 * stack is that of one chain of tasks.
 */
function grow(error: Error, task: CurrentTask, waitedFor: object | undefined, frames: readonly StackFrame[]): void {
  try {
    const last = lastAwaiters.get(error);
    if (last !== undefined && (waitedFor === undefined || last.deref() !== waitedFor)) return;
    if (frames.length === 0 || !isError(error)) return;
    const stack: unknown = error.stack ?? String(error);
    if (typeof stack !== "string" || stack.split("\n").length + frames.length > lineLimit) return;
    lastAwaiters.set(error, new WeakRef(task));
    const lines = frames.map(
      ({ name, location }) => `\n    at async ${name === "" ? location : `${name} (${location})`}`,
    );
    const value = stack + lines.reverse().join("");
    if (!Reflect.set(error, "stack", value)) Reflect.defineProperty(error, "stack", { value });
  } catch {
    // It has a getter that throws, or is a Proxy: it stays as it is.
  }
}
