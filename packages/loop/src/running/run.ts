import type { Awaitable } from "../coroutines/coroutine.ts";
import { RuntimeError } from "../errors/exceptions.ts";
import { chain, isInstance, leavesLoop } from "../errors/thrown.ts";
import { withHint } from "../text/repr.ts";
import { readRunnerOptions, Runner, type RunnerOptions } from "./runner.ts";
import { getRunningLoopOrUndefined } from "../context/ambient.ts";

/**
 * Runs a program: makes a loop, runs `main` in a task on it, and at the end cancels what is left, waits for it, and
 * closes the loop.
 *
 * Ctrl-C cancels `main`; a second one ends the run at once. Either way the promise rejects with `KeyboardInterrupt`,
 * unless `main` swallows its cancellation.
 *
 * The process ends when the host has nothing left to do, and so not before servers and sockets are closed, or `unref`ed:
 * `process.getActiveResourcesInfo()` names what holds it.
 *
 * @param main - a coroutine, or anything awaitable
 * @param options - `debug` and `loopFactory`, for the loop
 * @returns a promise of the result of `main`, which rejects with its exception
 * @throws RuntimeError when a loop is running the caller
 * @throws TypeError when `main` cannot be awaited, or an option is wrong
 *
 * Source: asyncio.run, CPython 3.14 Lib/asyncio/runners.py.
 */
export function run<T>(main: Awaitable<T>, options?: RunnerOptions): Promise<T> {
  const given = readRunnerOptions(options, "run");
  if (getRunningLoopOrUndefined() !== undefined) {
    const text = "asyncio.run() cannot be called from a running event loop";
    throw new RuntimeError(withHint(text, "inside a coroutine, await it: yield* main()"));
  }
  const runner = new Runner(given);
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
      // As in CPython the second error replaces the first; but an error of the host only follows from the first.
      if (leavesLoop(second) || isInstance(second, RuntimeError)) throw chain(error, second);
    });
    throw error;
  }
}
