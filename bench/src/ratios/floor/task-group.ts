/** Tasks that end before their block does, and that are cancelled when one of them fails. */

import type { Manager } from "./block.ts";
import { createTask } from "./frames.ts";
import { CancelledError, failed, Future, type Owner } from "./future.ts";
import type { Coroutine } from "./generators.ts";
import { currentTask, type Task } from "./task.ts";

export class TaskGroup implements Manager, Owner {
  declare private parent: Task<unknown> | undefined;
  declare private readonly tasks: Task<unknown>[];
  declare private readonly errors: unknown[];
  declare private error: unknown;
  declare private unfinished: number;
  declare private allDone: Future<void> | undefined;
  declare private isAborting: boolean;
  declare private hasCancelledParent: boolean;

  constructor() {
    this.parent = undefined;
    this.tasks = [];
    this.errors = [];
    this.error = undefined;
    this.unfinished = 0;
    this.allDone = undefined;
    this.isAborting = false;
    this.hasCancelledParent = false;
  }

  createTask<T>(coroutine: Coroutine<T>): Task<T> {
    const task = createTask(coroutine);
    task.addWaiter(this);
    // V8 does not inline `push` for an array that began empty.
    this.tasks[this.tasks.length] = task;
    this.unfinished += 1;
    return task;
  }

  enter(): void {
    this.parent = currentTask();
  }

  exit(error: unknown): Future<void> | undefined {
    if (error !== undefined) this.failWith(error);
    if (this.unfinished > 0) return (this.allDone = new Future());
    if (this.hasCancelledParent) this.parent?.uncancel();
    if (this.errors.length > 0) throw new AggregateError(this.errors, "unhandled errors in a TaskGroup");
    if (this.error !== undefined) throw this.error;
    return undefined;
  }

  wake(task: Future<unknown>): void {
    task.tell(this);
  }

  childDone(task: Future<unknown>): void {
    this.unfinished -= 1;
    if (this.unfinished === 0 && this.allDone !== undefined) this.allDone.setResult();
    if (task.flags === failed) this.childFailed(task);
  }

  private childFailed(task: Future<unknown>): void {
    this.errors.push(task.content);
    if (this.isAborting) return;
    this.abort();
    this.hasCancelledParent = true;
    this.parent?.cancel();
  }

  private failWith(error: unknown): void {
    if (!(error instanceof CancelledError)) this.errors.push(error);
    else if (!this.hasCancelledParent) this.error = error;
    if (!this.isAborting) this.abort();
  }

  private abort(): void {
    this.isAborting = true;
    for (const task of this.tasks) task.cancel();
  }
}
