import type { AbstractEventLoop, Loop } from "../scheduling/loop.ts";
import { explainForeignLoop } from "../copies/copies.ts";
import { repr, withHint } from "../text/repr.ts";
import { Scheduler } from "../scheduling/scheduler.ts";

/** Checks that `loop` is a loop. @throws TypeError when it is no loop of this copy of the package */
export function requireLoop(loop: unknown): asserts loop is AbstractEventLoop {
  // The class of loops imports futures, so it cannot be imported here.
  const isLoop: boolean = (loop as Partial<Loop> | null | undefined)?._scheduler instanceof Scheduler;
  if (!isLoop) refuseLoop(loop);
}

function refuseLoop(loop: unknown): never {
  const text = `an event loop was expected, got ${repr(loop)}`;
  const other = explainForeignLoop(loop);
  throw new TypeError(other === undefined ? text : withHint(text, other));
}
