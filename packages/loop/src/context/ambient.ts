/**
 * What is current: the running loop, the task whose step is running, and the context. It is plain module variables, so that
 * several loops may share a thread. What always holds:
 *
 * - Outside of every loop's step and callback there is no running loop, no current task, and the outermost context is current.
 * - While a loop runs, it is the running loop. A loop that runs inside another's step puts the other back when it ends.
 * - The holder is the task or handle that runs now, or the last that ran: each enters when it begins, and leaves nothing.
 * - `Context.run`, an eager task and a nested loop are entered inside the holder. It is the outer holder until they end.
 * - A context is entered at most once. A holder begins with a snapshot, which never changes, and gets a context of its own
 *   when a variable is set in it, when the program asks for it, or when another is entered inside it.
 *
 * @module
 */

import { registerCopy } from "../copies/copies.ts";

/** What this package's lower rooms need of the loop that runs their caller. */
export interface RunningLoop {
  getDebug(): boolean;
  callExceptionHandler(report: ErrorReport): void;
  /** @internal Tells whether one of the loop's pending tasks runs `coroutine`. */
  _runsCoroutine(coroutine: unknown): boolean;
}

/** What an exception handler is called with; reports of other things have other keys beside the message. */
export interface ErrorReport {
  readonly message: string;
  readonly exception?: Error;
  readonly [key: string]: unknown;
}

/** What is needed here of a task. */
export interface CurrentTask {
  /** @internal */
  readonly _loop: RunningLoop;
}

/** What is needed here of a context. */
export interface EnterableContext {
  /** @internal Copies that their holders have not needed yet share it, so it never changes. */
  readonly _isSnapshot: boolean;
  /** @internal */
  _entered: boolean;
  copy(): EnterableContext;
}

/** A task, or a handle: it runs in a context. */
export interface ContextHolder {
  /** @internal */
  _context: EnterableContext;
  /** @internal The task whose step it is, or is part of. */
  readonly _task: CurrentTask | undefined;
}

let runningLoop: RunningLoop | undefined;
/** What `setEventLoop` was given. */
let eventLoop: object | undefined;

/** Holds the context that is current outside of every loop. It is entered by no other holder. */
const outermost = { _task: undefined } as ContextHolder;
/** The task or handle that runs now. */
export let holder: ContextHolder = outermost;
let outerHolder = outermost;

registerCopy(() => runningLoop !== undefined);

/** The loop that runs the caller. */
export function getRunningLoopOrUndefined(): RunningLoop | undefined {
  return runningLoop;
}

export function setRunningLoop(loop: RunningLoop | undefined): void {
  runningLoop = loop;
}

export function getSetEventLoop(): object | undefined {
  return eventLoop;
}

export function changeEventLoop(loop: object | undefined): void {
  eventLoop = loop;
}

/** Gives the outermost holder its context: the module of contexts does it once. */
export function setOutermostContext(context: EnterableContext): void {
  outermost._context = context;
}

/** The task whose step is running. */
export function currentTaskOrUndefined(): CurrentTask | undefined {
  return holder._task;
}

/** The task inside whose step another loop, or another task, is running now. */
export function outerTaskOrUndefined(): CurrentTask | undefined {
  return outerHolder._task;
}

/** The current context, for the holder alone. */
export function ownCurrentContext(): EnterableContext {
  return ownContext(holder);
}

/** The context of `owner`, for it alone. */
export function ownContext<C extends EnterableContext>(owner: { _context: C }): C {
  if (owner._context._isSnapshot) owner._context = owner._context.copy() as C;
  return owner._context;
}

/** Has `next` run in its context, which must not be entered. */
export function enterContext(next: ContextHolder): void {
  holder = next;
}

/** Puts the outer holder back, for a report about the holder: its handler runs outside of it. */
export function leaveContext(): void {
  holder = outerHolder;
}

/**
 * Has what follows be entered inside the holder. Only the innermost holder may have a snapshot, since a context that it gets
 * later could not be known to be entered.
 *
 * @returns what `endNested` takes
 */
export function beginNested(): ContextHolder {
  if (holder !== outermost) ownContext(holder)._entered = true;
  const outer = outerHolder;
  outerHolder = holder;
  return outer;
}

export function endNested(outer: ContextHolder): void {
  if (outerHolder !== outermost) outerHolder._context._entered = false;
  holder = outerHolder;
  outerHolder = outer;
}
