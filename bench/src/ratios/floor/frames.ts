/**
 * Marked coroutines, which a task resumes at the innermost. A frame runs its generator inside its caller. When something
 * in it suspends, the frames on the way up are linked, and the task remembers the innermost one.
 */

import { enter } from "./context.ts";
import { type Coroutine, resume, resumeThrowing, type Step } from "./generators.ts";
import { Task } from "./task.ts";

/** The innermost frame of the step that runs, and the one that was linked last. */
let innermost: Frame | undefined;
let outermost: Frame | undefined;
let isMarking = false;

const hasThrown: Step = { done: true, value: undefined };

class Frame {
  declare readonly generator: Coroutine<unknown>;
  declare parent: Frame | undefined;
  /** How it ended while its task resumed it, for its caller: a result, or an error. */
  declare ended: Step | undefined;
  declare error: unknown;

  constructor(generator: Coroutine<unknown>) {
    this.generator = generator;
    this.parent = undefined;
    this.ended = undefined;
    this.error = undefined;
  }

  next(): Step {
    if (this.ended !== undefined) return this.outcome(this.ended);
    const step = resume.call(this.generator);
    if (step.done !== true) link(this);
    return step;
  }

  throw(error: unknown): Step {
    const step = resumeThrowing.call(this.generator, error);
    if (step.done !== true) link(this);
    return step;
  }

  private outcome(ended: Step): Step {
    if (ended === hasThrown) throw this.error;
    return ended;
  }
}

function link(frame: Frame): void {
  if (outermost === undefined) innermost = frame;
  else outermost.parent = frame;
  outermost = frame;
}

function iterate(this: Coroutine<unknown>): Frame {
  return new Frame(this);
}

/** Marks a generator function, and returns it. */
export function coroutine<F extends (...args: never[]) => unknown>(generatorFunction: F): F {
  isMarking = true;
  Object.defineProperty(generatorFunction.prototype, Symbol.iterator, { value: iterate });
  // As the body of a block it keeps its prototype.
  Object.defineProperty(generatorFunction, "hasPrototype", { value: true });
  return generatorFunction;
}

/** A task that resumes frames. */
class FlatTask<T> extends Task<T> {
  declare private frame: Frame | undefined;

  constructor(body: Coroutine<T>) {
    super(body);
    this.frame = undefined;
  }

  protected override step(): void {
    this.advance(false, undefined);
  }

  protected override stepThrowing(error: unknown): void {
    this.advance(true, error);
  }

  /** Resumes the innermost frame, and each one above it whose callee has ended. */
  private advance(isThrowing: boolean, error: unknown): void {
    enter(this);
    let { frame } = this;
    let throws = isThrowing;
    for (;;) {
      innermost = outermost = undefined;
      const generator = frame === undefined ? this.coroutine : frame.generator;
      let step: Step;
      try {
        step = throws ? resumeThrowing.call(generator, error) : resume.call(generator);
      } catch (thrown) {
        if (frame === undefined) {
          this.fail(thrown);
          return;
        }
        frame.ended = hasThrown;
        frame.error = thrown;
        frame = frame.parent;
        throws = false;
        continue;
      }
      if (step.done !== true || frame === undefined) {
        if (outermost === undefined) this.frame = frame;
        else this.suspendBelow(frame);
        this.take(step);
        return;
      }
      frame.ended = step;
      frame = frame.parent;
      throws = false;
    }
  }

  private suspendBelow(frame: Frame | undefined): void {
    (outermost as Frame).parent = frame;
    this.frame = innermost;
  }
}

/** Makes a task: one that resumes frames where a function was marked. */
export function createTask<T>(body: Coroutine<T>): Task<T> {
  return isMarking ? new FlatTask(body) : new Task(body);
}
