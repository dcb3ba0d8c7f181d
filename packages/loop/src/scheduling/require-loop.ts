import type { AbstractEventLoop, Loop } from "./loop.ts";
import { explainForeignLoop } from "../copies/copies.ts";
import { nameOfType } from "../coroutines/name-of-type.ts";
import { repr, withHint } from "../text/repr.ts";
import { Scheduler } from "./scheduler.ts";

/** Checks that `loop` is a loop. @throws TypeError when it is no loop of this copy of the package */
export function requireLoop(loop: unknown): asserts loop is AbstractEventLoop {
  if (!isLoop(loop)) refuseLoop(loop, `an event loop was expected, got ${repr(loop)}`);
}

/** The same, in the words of `set_event_loop`. */
export function requireLoopToSet(loop: unknown): void {
  const text = `loop must be an instance of AbstractEventLoop or undefined, not '${nameOfType(loop)}'`;
  if (!isLoop(loop)) refuseLoop(loop, text);
}

/** The class of loops imports futures, so it cannot be imported here. */
function isLoop(loop: unknown): loop is AbstractEventLoop {
  return (loop as Partial<Loop> | null | undefined)?._scheduler instanceof Scheduler;
}

function refuseLoop(loop: unknown, text: string): never {
  const other = explainForeignLoop(loop);
  throw new TypeError(other === undefined ? text : withHint(text, other));
}
