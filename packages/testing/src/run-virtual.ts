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
 * Runs a program on a virtual clock that starts at 0, synchronously. It does what `run` does in every other respect: at
 * the end what is left is cancelled, waited for and reported, and the loop is closed.
 *
 * No promise settles in a synchronous run: a program that waits in `fromPromise` ends with a `DeadlockError`. It needs `run`
 * or `toPromise`.
 *
 * @param main - a coroutine
 * @param options - `debug` and `stepLimit`, for the loop
 * @returns the result of `main`
 * @throws the exception of `main`; a `DeadlockError` when it waits for what can never come; a `LivelockError` when it never
 * lets time pass
 * @throws TypeError or ValueError when `stepLimit` is no such number
 * @throws RuntimeError when a loop is running the caller
 * @throws TypeError when an option is wrong
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
