import { readOptions } from "../arguments/options.ts";
import type { AbstractEventLoop } from "../scheduling/loop.ts";
import { getEventLoop } from "../scheduling/running-loop.ts";
import { requireLoop } from "../scheduling/require-loop.ts";

/** Options of a function that makes a future or a task. */
export interface LoopOptions {
  /** The loop of the future; by default the running loop, or else the loop that was set with `setEventLoop`. */
  readonly loop?: AbstractEventLoop | undefined;
}

const loopDefaults: LoopOptions = { loop: undefined };

/**
 * Returns the `loop` of the options of `method`, if any. @throws TypeError when it is no loop, or an option is unknown
 */
export function readLoop(options: LoopOptions | undefined, method: string): AbstractEventLoop | undefined {
  const { loop } = readOptions(options, loopDefaults, method);
  if (loop !== undefined) requireLoop(loop);
  return loop;
}

/** Returns the loop of a future that is made with `options`. */
export function loopFrom(options: LoopOptions): AbstractEventLoop {
  return readLoop(options, "Future") ?? getEventLoop();
}
