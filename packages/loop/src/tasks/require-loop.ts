import type { AbstractEventLoop, Loop } from "../scheduling/loop.ts";
import { explainForeignLoop } from "../copies/copies.ts";
import { repr, withHint } from "../text/repr.ts";
import { Scheduler } from "../scheduling/scheduler.ts";

/** @throws TypeError when `loop` is no loop of this copy of the package */
export function requireLoop(loop: unknown): asserts loop is AbstractEventLoop {
  // Loops are made of futures, so futures cannot know their class.
  const isLoop: boolean = (loop as Partial<Loop> | null | undefined)?._scheduler instanceof Scheduler;
  if (!isLoop) refuseLoop(loop);
}

function refuseLoop(loop: unknown): never {
  const text = `an event loop was expected, got ${repr(loop)}`;
  const other = explainForeignLoop(loop);
  throw new TypeError(other === undefined ? text : withHint(text, other));
}
