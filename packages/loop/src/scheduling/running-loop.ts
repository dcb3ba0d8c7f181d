import { changeEventLoop, getRunningLoopOrUndefined, getSetEventLoop } from "../context/ambient.ts";
import { explainOtherLoop } from "../copies/copies.ts";
import { RuntimeError } from "../errors/exceptions.ts";
import type { AbstractEventLoop } from "./loop.ts";
import { withHint } from "../text/repr.ts";

/**
 * Returns the loop that runs the caller.
 *
 * @throws RuntimeError outside of coroutines and callbacks
 *
 * Source: asyncio.get_running_loop, CPython 3.14 Lib/asyncio/events.py.
 */
export function getRunningLoop(): AbstractEventLoop {
  const loop = runningLoop();
  if (loop === undefined) throw explainNoLoop("no running event loop", "call it inside a coroutine");
  return loop;
}

/** The loop that runs the caller, if there is one. Every running loop is a whole one. */
export function runningLoop(): AbstractEventLoop | undefined {
  return getRunningLoopOrUndefined() as AbstractEventLoop | undefined;
}

/**
 * Returns the running loop, or else the one given to `setEventLoop`. Never makes one.
 *
 * @throws RuntimeError when there is neither
 *
 * Source: asyncio.get_event_loop, CPython 3.14 Lib/asyncio/events.py.
 */
export function getEventLoop(): AbstractEventLoop {
  return runningLoop() ?? requireEventLoop();
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
 * Sets the loop that `getEventLoop` returns where none is running; `undefined` unsets it.
 *
 * Source: asyncio.set_event_loop, CPython 3.14 Lib/asyncio/events.py.
 */
export function setEventLoop(loop: AbstractEventLoop | undefined): void {
  changeEventLoop(loop);
}

/** @internal Unsets `loop`, if it is the one that is set. */
export function unsetEventLoop(loop: AbstractEventLoop): void {
  if (getSetEventLoop() === loop) changeEventLoop(undefined);
}
