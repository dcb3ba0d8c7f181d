import { type Coroutine } from "@yieldstar/loop";
import { chain, readOptions, shutdown } from "@yieldstar/loop/internal";
import { VirtualTimeLoop, type VirtualTimeLoopOptions } from "./virtual-time-loop.ts";

/** How `runVirtual` makes its loop. */
export interface RunVirtualOptions extends VirtualTimeLoopOptions {
  /** Switches the loop's debug mode on or off; off by default. */
  readonly debug?: boolean | undefined;
}

const runVirtualDefaults: RunVirtualOptions = { debug: undefined, stepLimit: undefined };

/**
 * Runs a program on a virtual clock that starts at 0, synchronously. In every other respect it works as `run` does: at
 * the end it cancels the tasks that are left, waits for them, reports their errors, and closes the loop.
 *
 * Promises do not settle in a synchronous run: a program that waits in `fromPromise` ends with a `DeadlockError`. Such
 * a program needs `run` or `toPromise`.
 *
 * @param main - a coroutine
 * @param options - `debug` and `stepLimit`, for the loop
 * @returns the result of `main`
 * @throws the exception of `main`
 * @throws DeadlockError when all tasks wait, and no timer is set
 * @throws LivelockError when the program never lets time pass
 * @throws RuntimeError when a loop is running the caller
 * @throws TypeError when `main` is no coroutine, an option is unknown, or `stepLimit` is no number
 * @throws ValueError when `stepLimit` is not above zero
 *
 * It has no counterpart in CPython; asyncio.run is its counterpart on a real clock.
 */
export function runVirtual<T>(main: Coroutine<T>, options?: RunVirtualOptions): T {
  const { debug, stepLimit } = readOptions(options, runVirtualDefaults, "runVirtual");
  const loop = new VirtualTimeLoop({ stepLimit });
  loop.requireRunnable();
  if (debug !== undefined) loop.setDebug(debug);
  let result: T;
  try {
    result = loop.runUntilComplete(loop.createTask(main));
  } catch (error) {
    try {
      close(loop);
    } catch (second) {
      throw chain(error, second);
    }
    throw error;
  }
  close(loop);
  return result;
}

function close(loop: VirtualTimeLoop): void {
  try {
    for (const awaitable of shutdown(loop)) loop.runUntilComplete(awaitable);
  } finally {
    loop.close();
  }
}
