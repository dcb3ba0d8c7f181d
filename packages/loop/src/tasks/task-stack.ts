import { requireNumber } from "../arguments/require-number.ts";
import { readOptions } from "../arguments/options.ts";
import { framesOfStep, type StackFrame, stackOf } from "../debug/stack-frames.ts";
import { suspendedAt } from "../debug/suspensions.ts";
import { repr } from "../text/repr.ts";

/** How much `getStack` and `printStack` show. */
export interface StackOptions {
  /** How many `yield*`s at most; any number by default. */
  readonly limit?: number | undefined;
}

const stackDefaults = { limit: Infinity };

/** What a stack is read from. */
interface StackedTask {
  /** @internal */
  _isDone(): boolean;
  /** @internal */
  _hasFailed(): boolean;
  /** @internal */
  readonly _outcome: unknown;
}

/** For `Task.getStack`: the innermost frames of a task that waits, or the outermost of the error that one has ended with. */
export function stackOfTask(task: StackedTask, options: StackOptions | undefined, method: string): StackFrame[] {
  const { limit } = readOptions(options, stackDefaults, method);
  requireNumber(limit, "limit");
  if (limit <= 0) return [];
  if (!task._isDone()) return suspendedAt(task).slice(-limit);
  return task._hasFailed() ? framesOfStep(stackOf(task._outcome as Error) ?? "").slice(0, limit) : [];
}

/** For `Task.printStack`. */
export function printStackOf(task: StackedTask, options: StackOptions | undefined): void {
  const frames = stackOfTask(task, options, "printStack").map(
    ({ name, location }) => `\n  ${location}, in ${name || "<lambda>"}`,
  );
  const kind = task._hasFailed() ? "Traceback" : "Stack";
  if (frames.length === 0) console.error(`No stack for ${repr(task)}`);
  else console.error(`${kind} for ${repr(task)} (most recent call last):${frames.join("")}`);
}
