import { currentTaskOrUndefined } from "../context/ambient.ts";
import { captureStack, framesOfStep, type StackFrame, withoutColumn } from "./stack-frames.ts";

const suspensions = new WeakMap<object, string>();

/** Remembers that the current task gives up control here. */
export function noteSuspension(): void {
  const task = currentTaskOrUndefined();
  if (task !== undefined) suspensions.set(task, captureStack());
}

/** The `yield*`s at which a task last gave up control, the outermost first. */
export function suspendedAt(task: object): StackFrame[] {
  const stack = suspensions.get(task);
  return stack === undefined ? [] : framesOfStep(stack);
}

/** `worker() running at FILE:LINE`, of a task whose place is known. */
export function describePlace(task: object): string | undefined {
  const [outermost] = suspendedAt(task);
  if (outermost === undefined) return undefined;
  return `${outermost.name || "<lambda>"}() running at ${withoutColumn(outermost.location)}`;
}
