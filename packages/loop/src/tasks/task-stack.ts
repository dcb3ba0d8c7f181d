import { requireNumber } from "../arguments/require-number.ts";
import { readOptions } from "../arguments/options.ts";
import { callersOf } from "../coroutines/lost-callers.ts";
import { framesOfStep, type StackFrame, stackOf } from "../debug/stack-frames.ts";
import { suspendedAt } from "../debug/suspensions.ts";
import { repr } from "../text/repr.ts";

/** The options of `getStack` and `printStack`. */
export interface StackOptions {
  /** How many `yield*`s they show at most; by default all. */
  readonly limit?: number | undefined;
}

const stackDefaults = { limit: Infinity };

/** The members of a task that its stack is read from. */
interface StackedTask {
  /** @internal */
  _isDone(): boolean;
  /** @internal */
  _hasFailed(): boolean;
  /** @internal */
  readonly _outcome: unknown;
}

/**
 * Does what `Task.getStack` does: the innermost frames of a suspended task, or the outermost of a failed task's error.
 */
export function stackOfTask(task: StackedTask, options: StackOptions | undefined, method: string): StackFrame[] {
  const { limit } = readOptions(options, stackDefaults, method);
  requireNumber(limit, "limit");
  if (limit <= 0) return [];
  if (!task._isDone()) return suspendedAt(task).slice(-limit);
  return task._hasFailed() ? framesOfError(task._outcome as Error).slice(0, limit) : [];
}

function framesOfError(error: Error): StackFrame[] {
  return [...callersOf(error), ...framesOfStep(stackOf(error) ?? "")];
}

/** Does what `Task.printStack` does. */
export function printStackOf(task: StackedTask, options: StackOptions | undefined): void {
  const frames = stackOfTask(task, options, "printStack").map(
    ({ name, location }) => `\n  ${location === "" ? "" : `${location}, `}in ${name || "<lambda>"}`,
  );
  const kind = task._hasFailed() ? "Traceback" : "Stack";
  if (frames.length === 0) console.error(`No stack for ${repr(task)}`);
  else console.error(`${kind} for ${repr(task)} (most recent call last):${frames.join("")}`);
}
