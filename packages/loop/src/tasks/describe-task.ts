import type { Coroutine } from "../coroutines/coroutine.ts";
import { describeCreation } from "../debug/creations.ts";
import { describePlace } from "../debug/suspensions.ts";
import { className, functionName, functionOf } from "../text/names.ts";
import { printAwaited, repr } from "../text/repr.ts";
import { describeCallbacks, type DescribedFuture, describeOutcome, describeState } from "./describe-future.ts";

/** The members of a task that its text is made of. */
interface DescribedTask extends DescribedFuture {
  getName(): string;
  /** @internal */
  _describeName(): string;
}

/** The text of a task: `<Task pending name='Task-1' coro=<…> wait_for=<…> cb=[…]>`. */
export function describeTask(
  task: DescribedTask,
  coroutine: Coroutine<unknown> | undefined,
  waitsFor: object | undefined,
): string {
  const parts = [`coro=${describeCoroutine(task, coroutine)}`];
  if (waitsFor !== undefined) parts.push(`wait_for=${describeAwaited(waitsFor)}`);
  parts.push(...describeOutcome(task), ...describeCallbacks(task), ...describeCreation(task));
  return `${task._describeName()} ${parts.join(" ")}>`;
}

/** With the place in debug mode, and the function's name where it is marked. */
function describeCoroutine(task: DescribedTask, coroutine: Coroutine<unknown> | undefined): string {
  const place = task._isDone() ? undefined : describePlace(task);
  if (place !== undefined) return `<${place}>`;
  const made = coroutine && functionOf(coroutine);
  return made ? `<${functionName(made)}() ${task._isDone() ? "done" : "running"}>` : repr(coroutine);
}

/** The beginning of a task's text. */
export function describeName(task: DescribedTask, isCancelling: boolean): string {
  const state = !task._isDone() && isCancelling ? "cancelling" : describeState(task);
  return `<${className(task)} ${state} name=${repr(task.getName())}`;
}

/**
 * The text of the awaited future. Of a task inside too many others it is only the beginning, since it may await more.
 */
function describeAwaited(future: object): string {
  return "_describeName" in future
    ? printAwaited(future, () => `${(future as DescribedTask)._describeName()} ...>`)
    : repr(future);
}
