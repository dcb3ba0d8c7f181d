import type { AbstractEventLoop } from "../scheduling/loop.ts";
import { explainForeignLoop } from "../copies/copies.ts";
import { repr, withHint } from "../text/repr.ts";
import { Scheduler } from "../scheduling/scheduler.ts";

/** @throws TypeError when `loop` is no loop of this copy of the package */
export function requireLoop(loop: unknown): asserts loop is AbstractEventLoop {
  // There is no scheduler that is not a loop, and futures, which loops are made of, can know of no more.
  if (!(loop instanceof Scheduler)) refuseLoop(loop);
}

/** Of another copy's loop nobody here could tell how it is run. */
function refuseLoop(loop: unknown): never {
  const text = `an event loop was expected, got ${repr(loop)}`;
  const other = explainForeignLoop(loop);
  throw new TypeError(other === undefined ? text : withHint(text, other));
}
