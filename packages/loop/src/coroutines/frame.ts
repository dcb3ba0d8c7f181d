import { CoroutineObject } from "./coroutine-object.ts";
import type { Coroutine, Suspension } from "./coroutine.ts";
import { keepCallers } from "./lost-callers.ts";
import { resume, resumeThrowing } from "./resume.ts";

type Step<T> = IteratorResult<Suspension, T>;

/** The error that a frame has ended with. */
class Thrown {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/**
 * A coroutine that its task can resume directly, however deep it is in a chain of `yield*`.
 *
 * A frame runs natively, inside its caller. When something inside it suspends, the step, which is the same object at
 * every level, passes up the chain, and the frames that it passes are linked, innermost first. From then on the task
 * resumes the innermost frame. When that ends, it keeps its outcome, and the task resumes the frame above it, whose
 * `yield*` asks the frame below and gets the outcome.
 *
 * The native chain is whole at any time, so an error is thrown in at its top, as into any other.
 */
export abstract class Frame<T> extends CoroutineObject<T> {
  /** @internal The frame above, or `undefined` at the top of the chain. */
  declare _caller: Frame<unknown> | undefined;
  /** The outcome of a frame that the task has run to its end. The caller takes it when it asks. */
  declare _kept: Step<T> | Thrown | undefined;

  constructor() {
    super();
    this._caller = undefined;
    this._kept = undefined;
  }

  /** The coroutine that the frame runs, if it runs one: that of a function, or of the body of a block. */
  get _generator(): object | undefined {
    return undefined;
  }

  /** Does what `next` does for a frame that has kept nothing, but does not link the frame. */
  abstract _resumeFrame(): Step<T>;

  /** Passes a step on to the caller. The step of a suspension links the frame if the program has marked a function. */
  protected _pass(step: Step<T>): Step<T> {
    if (hasMarks && step.done !== true) link(this, step);
    return step;
  }

  /** Gives the outcome that was kept to the caller. */
  protected _handOver(): Step<T> {
    const kept = this._kept as Step<T> | Thrown;
    this._kept = undefined;
    if (kept instanceof Thrown) throw kept.error;
    return kept;
  }
}

/**
 * The step that passes up through frames, and the first and the last frame that it has passed. While no step passes,
 * the two frames mean nothing. When a step passes and `outermost` is `undefined`, the step is the emission of an async
 * generator, and links no frame.
 */
export let passingStep: object | undefined;
let innermost: Frame<unknown> | undefined;
let outermost: Frame<unknown> | undefined;

/**
 * Whether the program has marked a function. If not, no frame is linked: in such a program only blocks of the library
 * are frames, and to link those costs more than it saves.
 */
export let hasMarks = false;

/** Called when the program marks a function. */
export function noteProgramMark(): void {
  hasMarks = true;
}

/** The step of a suspension passes `frame`. A step that has passed no frame yet begins a chain. */
function link(frame: Frame<unknown>, step: object): void {
  if (passingStep !== step) {
    passingStep = step;
    innermost = frame;
  } else if (outermost === undefined) {
    return;
  } else {
    outermost._caller = frame;
  }
  outermost = frame;
}

/**
 * Forgets the step that passes, and so the frames that it has passed. A suspension calls it if its step is an object
 * that several suspensions share: such a step would continue the chain of the suspension before. The loop calls it
 * after code that may have resumed a coroutine by hand and kept the step: code outside of the loop, a callback, and a
 * step that threw; and before it starts an eager task, for the code that created the task.
 */
export function forgetPassedFrames(): void {
  // Reading is quicker than writing.
  if (passingStep !== undefined) passingStep = undefined;
}

/**
 * Says that `step` is no suspension: it carries a value of an async generator, which an iterator above takes. The
 * frames that it passes are not linked, since the iterator, and not the task, resumes them.
 */
export function beginEmission(step: object): void {
  passingStep = step;
  innermost = outermost = undefined;
}

/** An iterator has taken the value of an async generator. */
export function endEmission(): void {
  passingStep = undefined;
}

/** Returns the innermost frame of the suspension that has reached `caller`, or the top of the chain. */
function takeInnermost(caller: Frame<unknown> | undefined): Frame<unknown> | undefined {
  const frame = innermost;
  if (outermost !== undefined) outermost._caller = caller;
  passingStep = innermost = outermost = undefined;
  return frame;
}

/**
 * A coroutine that is suspended inside frames. A task has it in the place of the coroutine, which is the `root` of the
 * chain: `next` resumes the innermost frame.
 */
export class FrameChain<T> extends CoroutineObject<T> {
  declare readonly root: Coroutine<T>;
  /** @internal `undefined` when the root is to be resumed. */
  declare _innermost: Frame<unknown> | undefined;
  /** The frame that gave the last step; `undefined` if the root gave it. */
  declare private _resumed: Frame<unknown> | undefined;

  constructor(root: Coroutine<T>) {
    super();
    this.root = root;
    this._innermost = undefined;
    this._resumed = undefined;
  }

  /** Resumes the innermost frame, then those above it that can go on. */
  override next(): Step<T> {
    let frame = this._innermost;
    while (frame !== undefined) {
      let step: Step<unknown>;
      try {
        step = frame._resumeFrame();
      } catch (error) {
        keepCallers(error, frame, this.root);
        this._innermost = frame = keep(frame, new Thrown(error));
        continue;
      }
      if (step.done !== true) {
        this._resumed = frame;
        if (step !== passingStep) return step;
        if (outermost !== undefined) {
          this._innermost = takeInnermost(frame);
          return step;
        }
        // The emission of an async generator: the frame above gets it as it gets a result, and passes it on.
      }
      this._innermost = frame = keep(frame, step);
    }
    this._resumed = undefined;
    return resume(this.root, undefined);
  }

  /** Throws `error` in at the root, so that each level sees it pass. */
  override throw(error: unknown): Step<T> {
    this._innermost = this._resumed = undefined;
    return resumeThrowing(this.root, error);
  }

  /**
   * Called with the last step when the task cannot wait for its value. A driver further up may be waiting for it: in
   * `driver(body())` the unmarked `body` awaits a marked coroutine, which yields a request that the driver answers. The
   * task has got the request in its place. So the frame keeps the step, which passes up when the root is resumed.
   *
   * @returns whether a frame gave the step; a step of the root has passed every driver already
   */
  handUp(step: Step<unknown>): boolean {
    if (this._resumed === undefined) return false;
    this._resumed._kept = step;
    this._resumed = this._innermost = undefined;
    return true;
  }
}

/**
 * Called when the step of a task's coroutine has come, and a step has passed frames since the last call.
 *
 * @returns what the task resumes next: the chain of the frames that `step` has passed, or `coroutine`
 */
export function chainOf<T>(coroutine: Coroutine<T>, step: object): Coroutine<T> {
  const isLinked = passingStep === step;
  const frame = takeInnermost(undefined);
  if (!isLinked || frame === undefined) return coroutine;
  const chain = coroutine instanceof FrameChain ? (coroutine as FrameChain<T>) : new FrameChain(coroutine);
  chain._innermost = frame;
  return chain.asCoroutine();
}

/** The coroutine that a task was made for. */
export function rootOf<T>(coroutine: Coroutine<T>): Coroutine<T> {
  return coroutine instanceof FrameChain ? (coroutine as FrameChain<T>).root : coroutine;
}

/** Keeps an outcome for the caller of `frame`, and returns the frame above. */
function keep(frame: Frame<unknown>, outcome: Step<unknown> | Thrown): Frame<unknown> | undefined {
  const caller = frame._caller;
  frame._caller = undefined;
  frame._kept = outcome;
  return caller;
}
