/**
 * Debug mode adds to the stack of an error the lines in which it was awaited. In Python a traceback grows on its way
 * out. In JavaScript a stack is fixed when the error is made, and the error of a rejected promise may come from no line
 * of the program.
 *
 * @module
 */

import { type CurrentTask, currentTaskOrUndefined } from "../context/ambient.ts";
import { suspendedAt } from "./suspensions.ts";
import {
  beginOfFrames,
  captureStack,
  framesOfStep,
  replaceStack,
  type StackFrame,
  shortenStack,
} from "./stack-frames.ts";
import { isError } from "../values/is-error.ts";

/** The number of lines up to which a stack grows. */
const lineLimit = 100;

/** By error, the task whose lines were added last. */
const lastAwaiters = new WeakMap<object, WeakRef<CurrentTask>>();

/** Adds the lines in which `task` waits to `error`, which the future `waitedFor` or a cancel throws into the task. */
export function noteAwaited(error: Error, task: CurrentTask, waitedFor: object | undefined): void {
  if (task._loop.getDebug()) grow(error, task, waitedFor, suspendedAt(task));
}

/** Adds the lines in which the current task runs to `error`, since it awaits a future that has failed already. */
export function noteAwaitedLate(error: Error, waitedFor: object | undefined): void {
  const task = currentTaskOrUndefined();
  if (task?._loop.getDebug() === true) grow(error, task, waitedFor, framesOfStep(captureStack()));
}

/**
 * Adds lines for one chain of tasks only, since several tasks may await one error: first those of the first task that
 * awaits it, then those of a task that awaits this task, and so on.
 */
function grow(error: Error, task: CurrentTask, waitedFor: object | undefined, frames: readonly StackFrame[]): void {
  try {
    const last = lastAwaiters.get(error);
    if (last !== undefined && (waitedFor === undefined || last.deref() !== waitedFor)) return;
    if (frames.length === 0 || !isError(error)) return;
    const made: unknown = error.stack ?? String(error);
    if (typeof made !== "string") return;
    const stack = shortenStack(made, beginOfFrames(error, made));
    if (stack.split("\n").length + frames.length > lineLimit) return;
    lastAwaiters.set(error, new WeakRef(task));
    const lines = frames.map(
      ({ name, location }) => `\n    at async ${name === "" ? location : `${name} (${location})`}`,
    );
    replaceStack(error, stack + lines.reverse().join(""));
  } catch {
    // A getter or a Proxy has thrown: the stack stays as it is.
  }
}
