import type { Awaitable } from "./coroutine.ts";
import { chain, leavesLoop, RuntimeError } from "./exceptions.ts";
import { withHint } from "./repr.ts";
import { Runner, type RunnerOptions } from "./runner.ts";
import { getRunningLoopOrUndefined } from "./running.ts";

/**
 * Runs a program: makes a loop, runs `main` in a task on it, and at the end cancels what is left, waits for it, and
 * closes the loop.
 *
 * Ctrl-C cancels `main`; a second one ends the run at once. Either way the promise rejects with `KeyboardInterrupt`,
 * unless `main` swallows its cancellation.
 *
 * @param main - a coroutine, or anything awaitable
 * @param options - `debug` and `loopFactory`, for the loop
 * @returns a promise of the result of `main`, which rejects with its exception
 * @throws RuntimeError when a loop is running the caller
 * @throws TypeError when `main` cannot be awaited
 *
 * Source: asyncio.run, CPython 3.14 Lib/asyncio/runners.py.
 */
export function run<T>(main: Awaitable<T>, options?: RunnerOptions): Promise<T> {
  if (getRunningLoopOrUndefined() !== undefined) {
    const text = "asyncio.run() cannot be called from a running event loop";
    throw new RuntimeError(withHint(text, "inside a coroutine, await it: yield* main()"));
  }
  const runner = new Runner(options);
  let result: Promise<T>;
  try {
    result = runner.run(main);
  } catch (error) {
    // `main` was refused: nothing has run, and there is nothing to wait for.
    return runner._discardAfter(error);
  }
  return closeAfter(runner, result);
}

async function closeAfter<T>(runner: Runner, result: Promise<T>): Promise<T> {
  try {
    const value = await result;
    await runner.close();
    return value;
  } catch (error) {
    await runner.close().catch((second: unknown) => {
      // Of two errors the first counts, unless the second is how the program asks to end.
      if (leavesLoop(second)) throw chain(error, second);
    });
    throw error;
  }
}
