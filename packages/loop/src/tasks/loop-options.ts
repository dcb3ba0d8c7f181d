import { readOptions } from "../arguments/options.ts";
import type { AbstractEventLoop } from "../scheduling/loop.ts";
import { getEventLoop } from "../scheduling/running-loop.ts";
import { requireLoop } from "./require-loop.ts";

/** To which loop something is to belong. */
export interface LoopOptions {
  /** The running one, or the one that is set, by default. */
  readonly loop?: AbstractEventLoop | undefined;
}

const loopDefaults: LoopOptions = { loop: undefined };

/** The loop that `method` was given, if there is one. @throws TypeError when it is no loop */
export function readLoop(options: LoopOptions | undefined, method: string): AbstractEventLoop | undefined {
  const { loop } = readOptions(options, loopDefaults, method);
  if (loop !== undefined) requireLoop(loop);
  return loop;
}

/** The loop of a future that is made with `options`. */
export function loopFrom(options: LoopOptions | undefined): AbstractEventLoop {
  return options === undefined ? getEventLoop() : (readLoop(options, "Future") ?? getEventLoop());
}
