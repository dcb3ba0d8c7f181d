import { chain, type Coroutine, KeyboardInterrupt, shutdown, SystemExit } from "@yieldstar/loop";
import { VirtualTimeLoop } from "./virtual-time-loop.ts";

/** How `runVirtual` makes its loop. */
export interface RunVirtualOptions {
  /** Switches the loop's debug mode on or off; off by default. */
  readonly debug?: boolean | undefined;
}

/**
 * Runs a program on a virtual clock that starts at 0, synchronously. It does what `run` does in every other respect: at
 * the end what is left is cancelled, waited for and reported, and the loop is closed.
 *
 * @param main - a coroutine
 * @param options - `debug`, for the loop
 * @returns the result of `main`
 * @throws the exception of `main`; a `DeadlockError` when it waits for what can never come
 * @throws RuntimeError when a loop is running the caller
 */
export function runVirtual<T>(main: Coroutine<T>, options: RunVirtualOptions = {}): T {
  const loop = new VirtualTimeLoop();
  loop.requireRunnable();
  if (options.debug !== undefined) loop.setDebug(options.debug);
  let result: T;
  try {
    result = loop.runUntilComplete(loop.createTask(main));
  } catch (error) {
    try {
      close(loop);
    } catch (second) {
      // Of two errors the first counts, unless the second is how the program asks to end.
      if (second instanceof KeyboardInterrupt || second instanceof SystemExit) throw chain(error, second);
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
