import { changeEventLoop, currentLoop, getSetEventLoop } from "../context/ambient.ts";
import { explainOtherLoop } from "../copies/copies.ts";
import { RuntimeError } from "../errors/exceptions.ts";
import type { AbstractEventLoop } from "./loop.ts";
import { requireLoopToSet } from "./require-loop.ts";
import { withHint } from "../text/repr.ts";

/**
 * Returns the loop that runs the caller.
 *
 * @throws RuntimeError when no loop runs the caller: it is called outside of coroutines and callbacks
 *
 * Source: asyncio.get_running_loop, CPython 3.14 Lib/asyncio/events.py.
 */
export function getRunningLoop(): AbstractEventLoop {
  if (currentLoop === undefined) throw explainNoLoop("no running event loop", "call it inside a coroutine");
  return currentLoop as AbstractEventLoop;
}

/** The loop that runs the caller, if any. Every loop that runs has all members of `AbstractEventLoop`. */
export function runningLoop(): AbstractEventLoop | undefined {
  return currentLoop as AbstractEventLoop | undefined;
}

/**
 * Returns the running loop, or else the loop that was set with `setEventLoop`. It never makes a loop.
 *
 * @throws RuntimeError when no loop is running and no loop is set
 *
 * Source: asyncio.get_event_loop, CPython 3.14 Lib/asyncio/events.py.
 */
export function getEventLoop(): AbstractEventLoop {
  return (currentLoop as AbstractEventLoop | undefined) ?? requireEventLoop();
}

function requireEventLoop(): AbstractEventLoop {
  const loop = getSetEventLoop() as AbstractEventLoop | undefined;
  if (loop === undefined) throw explainNoLoop("There is no current event loop in thread 'MainThread'.");
  return loop;
}

function explainNoLoop(text: string, usualHint?: string): RuntimeError {
  const hint = explainOtherLoop() ?? usualHint;
  return new RuntimeError(hint === undefined ? text : withHint(text, hint));
}

/**
 * Sets the loop that `getEventLoop` returns while no loop is running.
 *
 * @param loop - `undefined` unsets the loop that was set before
 * @throws TypeError when `loop` is neither a loop of this copy of the package nor `undefined`
 *
 * Source: asyncio.set_event_loop, CPython 3.14 Lib/asyncio/events.py.
 */
export function setEventLoop(loop: AbstractEventLoop | undefined): void {
  // JavaScript that was ported from `set_event_loop(None)` may pass null.
  const given = loop ?? undefined;
  if (given !== undefined) requireLoopToSet(given);
  changeEventLoop(given);
}

/** @internal Unsets `loop`, if it is the loop that is set. */
export function unsetEventLoop(loop: AbstractEventLoop): void {
  if (getSetEventLoop() === loop) changeEventLoop(undefined);
}
