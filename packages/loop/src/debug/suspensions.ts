import { currentTaskOrUndefined } from "../context/ambient.ts";
import { captureStack, framesOfStep, type StackFrame, withoutColumn } from "./stack-frames.ts";

const suspensions = new WeakMap<object, string>();

/** Remembers the caller's stack as the place where the current task gives up control. */
export function noteSuspension(): void {
  const task = currentTaskOrUndefined();
  if (task !== undefined) suspensions.set(task, captureStack());
}

/** The frames of the place where a task last gave up control, the outermost first. Empty without debug mode. */
export function suspendedAt(task: object): StackFrame[] {
  const stack = suspensions.get(task);
  return stack === undefined ? [] : framesOfStep(stack);
}

/** `worker() running at FILE:LINE`, the outermost frame of a task, if debug mode remembers it. */
export function describePlace(task: object): string | undefined {
  const [outermost] = suspendedAt(task);
  if (outermost === undefined) return undefined;
  return `${outermost.name || "<lambda>"}() running at ${withoutColumn(outermost.location)}`;
}
