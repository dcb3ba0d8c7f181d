/**
 * The ambient state: the running loop, the current task and the current context. These are plain module variables, and
 * several loops may share a thread. What always holds:
 *
 * - Outside of every step and callback there is no running loop and no current task, and the outermost context is
 *   current.
 * - While a loop runs, it is the running loop. A loop that runs inside a step of another loop restores that one at its
 *   end.
 * - The holder is the task or handle that runs now, or that ran last: it enters when it begins, and does not leave at
 *   its end.
 * - `Context.run`, an eager task and a nested loop run inside the holder, which is the outer holder until they end.
 * - A context is entered at most once. A holder begins with a snapshot, which never changes. It gets a context of its
 *   own when a variable is set in it, when the program asks for it, or when another context is entered inside it.
 *
 * @module
 */

import { registerCopy } from "../copies/copies.ts";

/** The part of the running loop that the lower rooms of this package use. */
export interface RunningLoop {
  getDebug(): boolean;
  callExceptionHandler(report: ErrorReport): void;
  /** @internal Tells whether one of the loop's pending tasks runs `coroutine`. */
  _runsCoroutine(coroutine: unknown): boolean;
}

/** A report for the exception handler. Further keys depend on what is reported. */
export interface ErrorReport {
  readonly message: string;
  readonly exception?: Error;
  readonly [key: string]: unknown;
}

/** The part of a task that this room uses. */
export interface CurrentTask {
  /** @internal */
  readonly _loop: RunningLoop;
}

/** The part of a context that this room uses. */
export interface EnterableContext {
  /** @internal Whether several holders share it instead of a copy for each. A snapshot never changes. */
  readonly _isSnapshot: boolean;
  /** @internal Whether it is entered by an outer holder, so that no other may enter it. */
  _entered: boolean;
  copy(): EnterableContext;
}

/** A task or a handle, which runs in a context. */
export interface ContextHolder {
  /** @internal */
  _context: EnterableContext;
  /** @internal The current task while the holder runs. */
  readonly _task: CurrentTask | undefined;
}

/** The loop that runs the caller. It is exported as it is: behind a function, making a task was slower. */
export let currentLoop: RunningLoop | undefined;
/** The loop that `setEventLoop` has set. */
let eventLoop: object | undefined;

/** Holds the context that is current outside of every loop. */
const outermost = { _task: undefined } as ContextHolder;
/** The task or handle that runs now, or that ran last. */
export let holder: ContextHolder = outermost;
let outerHolder = outermost;

registerCopy(() => currentLoop !== undefined);

export function setRunningLoop(loop: RunningLoop | undefined): void {
  currentLoop = loop;
}

export function getSetEventLoop(): object | undefined {
  return eventLoop;
}

export function changeEventLoop(loop: object | undefined): void {
  eventLoop = loop;
}

/** Sets the context of the outermost holder. `contextvars.ts` calls it once, when it is loaded. */
export function setOutermostContext(context: EnterableContext): void {
  outermost._context = context;
}

/** The task whose step is running. */
export function currentTaskOrUndefined(): CurrentTask | undefined {
  return holder._task;
}

/** The task in whose step a nested loop, an eager task or `Context.run` runs now. */
export function outerTaskOrUndefined(): CurrentTask | undefined {
  return outerHolder._task;
}

/** Returns the holder's own context. Copies it first if it is a snapshot. */
export function ownCurrentContext(): EnterableContext {
  return ownContext(holder);
}

/** Returns the own context of `owner`. Copies it first if it is a snapshot. */
export function ownContext<C extends EnterableContext>(owner: { _context: C }): C {
  if (owner._context._isSnapshot) owner._context = owner._context.copy() as C;
  return owner._context;
}

/** Makes `next` the holder. Its context must not be entered. */
export function enterContext(next: ContextHolder): void {
  holder = next;
}

/**
 * Restores the outer holder before a report about the holder, so that the report's handler can enter the holder's
 * context.
 */
export function leaveContext(): void {
  holder = outerHolder;
}

/**
 * Makes the holder the outer holder, so that the next holder runs inside of it. An outer holder has a context of its
 * own, marked as entered: if it had a snapshot, the context that replaces the snapshot would lack the mark.
 *
 * @returns the argument for `endNested`
 */
export function beginNested(): ContextHolder {
  if (holder !== outermost) ownContext(holder)._entered = true;
  const outer = outerHolder;
  outerHolder = holder;
  return outer;
}

/** Makes the outer holder the holder again, and `outer` the outer one. */
export function endNested(outer: ContextHolder): void {
  if (outerHolder !== outermost) outerHolder._context._entered = false;
  holder = outerHolder;
  outerHolder = outer;
}
