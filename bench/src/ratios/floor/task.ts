/** A coroutine on its way through the loop. */

import { type Context, current, enter, snapshot } from "./context.ts";
import {
  cancelled,
  CancelledError,
  failed,
  Future,
  type Owner,
  stateMask,
  succeeded,
  type Waiter,
  withoutStack,
} from "./future.ts";
import { type Coroutine, resume, resumeThrowing, type Step } from "./generators.ts";
import { enqueue, type Runnable } from "./ready-queue.ts";

/** Beside a future's state: a `CancelledError` is due at the next step. */
const mustCancel = 4;

export class Task<T> extends Future<T> implements Runnable, Waiter {
  declare link: Runnable | undefined;
  declare context: Context;
  declare protected readonly coroutine: Coroutine<T>;
  /** While the task is pending. Then the one who is told in the task's own entry of the queue. */
  declare private waitsFor: Future<unknown> | Owner | undefined;
  declare private cancelRequests: number;

  constructor(coroutine: Coroutine<T>) {
    super();
    this.link = undefined;
    this.context = snapshot();
    this.coroutine = coroutine;
    this.waitsFor = undefined;
    this.cancelRequests = 0;
    enqueue(this);
  }

  override cancel(): boolean {
    if ((this.flags & stateMask) !== 0) return false;
    this.cancelRequests += 1;
    const waitsFor = this.waitsFor as Future<unknown> | undefined;
    if (waitsFor === undefined || !waitsFor.cancel()) this.flags |= mustCancel;
    return true;
  }

  cancelling(): number {
    return this.cancelRequests;
  }

  uncancel(): number {
    this.cancelRequests -= 1;
    if (this.cancelRequests === 0) this.flags &= ~mustCancel;
    return this.cancelRequests;
  }

  wake(): void {
    enqueue(this);
  }

  /** A task is done only once, and is in the queue for nothing else then: one owner needs no handle. */
  override tell(owner: Owner): void {
    if (this.waitsFor !== undefined) {
      super.tell(owner);
      return;
    }
    this.waitsFor = owner;
    enqueue(this);
  }

  run(): void {
    if ((this.flags & stateMask) !== 0) {
      this.runOwner();
      return;
    }
    const waitsFor = this.waitsFor as Future<unknown> | undefined;
    if (this.flags !== 0 || (waitsFor !== undefined && waitsFor.flags !== succeeded)) {
      this.runThrowing(waitsFor);
      return;
    }
    this.waitsFor = undefined;
    this.step();
  }

  private runOwner(): void {
    const owner = this.waitsFor as Owner;
    this.waitsFor = undefined;
    owner.childDone(this);
  }

  private runThrowing(waitsFor: Future<unknown> | undefined): void {
    this.waitsFor = undefined;
    const error = this.flags === 0 ? waitsFor?.error() : withoutStack(CancelledError);
    this.flags = 0;
    this.stepThrowing(error);
  }

  protected step(): void {
    enter(this);
    let step: Step;
    try {
      step = resume.call(this.coroutine);
    } catch (error) {
      this.fail(error);
      return;
    }
    this.take(step);
  }

  protected stepThrowing(error: unknown): void {
    enter(this);
    let step: Step;
    try {
      step = resumeThrowing.call(this.coroutine, error);
    } catch (thrown) {
      this.fail(thrown);
      return;
    }
    this.take(step);
  }

  protected take(step: Step): void {
    if (step.done === true) this.finish(step.value as T);
    else if (step.value === undefined) enqueue(this);
    else this.waitFor(step.value);
  }

  private waitFor(future: Future<unknown>): void {
    this.waitsFor = future;
    future.addWaiter(this);
    if (this.flags !== 0 && future.cancel()) this.flags = 0;
  }

  private finish(result: T): void {
    if (this.flags === 0) this.settle(succeeded, result);
    else this.settle(cancelled, undefined);
  }

  protected fail(error: unknown): void {
    if (error instanceof CancelledError) this.settle(cancelled, undefined);
    else this.settle(failed, error);
  }
}

/** The task whose step runs. */
export function currentTask(): Task<unknown> {
  return current as Task<unknown>;
}
