import { nameErrorClass } from "../text/names.ts";
import { RuntimeError } from "../errors/exceptions.ts";
import { findCycles } from "./find-cycles.ts";
import { repr, reprBriefly, withHint } from "../text/repr.ts";
import { Task } from "../tasks/task.ts";
import { andMore, textLimits } from "../text/text-limits.ts";

/**
 * Ends a run that nothing can wake: no callback is ready and no timer is set, but the program waits. CPython would
 * hang.
 *
 * The message names the tasks that wait for each other, if any. Then it lists the pending tasks, at most 500 of them,
 * and what each of them awaits.
 *
 * It has no counterpart in CPython.
 */
export class DeadlockError extends RuntimeError {
  static {
    nameErrorClass(this, "DeadlockError");
  }

  /**
   * Makes the error and its message.
   *
   * @param tasks - the pending tasks; or texts, which are listed as they are
   * @param runner - the function that ran them, which the hints name
   */
  constructor(tasks: Iterable<{ toString(): string }>, runner: "run" | "runVirtual" = "run") {
    super(explain([...tasks], runner));
  }
}

function explain(pending: readonly object[], runner: string): string {
  const begin = "nothing is ready and no timer is set,";
  if (pending.length === 0) return `${begin} and no task is pending`;
  const tasks = pending.filter((each) => each instanceof Task);
  const cycles = findCycles(tasks).map(describeCycle);
  const list = listTasks(pending);
  const text =
    cycles.length === 0
      ? `${begin} but these tasks are pending:${list}`
      : `${begin} but these tasks wait for each other:${cycles.join("")}\nthese tasks are pending:${list}`;
  const hints: string[] = [];
  if (runner === "runVirtual" && tasks.some((task) => task._cancelTarget(0)?._isOfPromise())) hints.push(promiseHint);
  if (!tasks.every((task) => task._loop.getDebug())) hints.push(debugHint(runner));
  return [text, ...hints.map((hint) => withHint("", hint).trimStart())].join("\n");
}

const promiseHint = "runVirtual is synchronous, so no promise settles in it: use run or toPromise";

function debugHint(runner: string): string {
  return `debug mode adds where each task waits: set YIELDSTAR_DEBUG=1 in the environment, or ${runner}(main(), { debug: true })`;
}

/** `'a' -> 'b' -> 'a'`: each task waits for the next. */
function describeCycle(tasks: readonly Task<unknown>[]): string {
  const names = tasks.slice(0, textLimits.deadlock.cycleNames).map(nameOf);
  if (tasks.length > names.length) names.push(andMore(tasks.length - names.length));
  return `\n  ${[...names, ...names.slice(0, 1)].join(" -> ")}`;
}

function nameOf(task: Task<unknown>): string {
  try {
    return repr(task.getName());
  } catch {
    return repr(task);
  }
}

function listTasks(tasks: readonly object[]): string {
  let text = "";
  for (const [index, task] of tasks.entries()) {
    if (index === textLimits.deadlock.tasks || text.length > textLimits.deadlock.length) {
      return `${text}\n  ${andMore(tasks.length - index)}`;
    }
    text += `\n  ${typeof task === "string" ? task : reprBriefly(task)}`;
  }
  return text;
}
