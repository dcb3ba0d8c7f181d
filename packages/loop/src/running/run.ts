import type { Awaitable } from "../coroutines/coroutine.ts";
import { RuntimeError } from "../errors/exceptions.ts";
import { chain, isInstance, leavesLoop } from "../errors/thrown.ts";
import { withHint } from "../text/repr.ts";
import { readRunnerOptions, Runner, type RunnerOptions } from "./runner.ts";
import { currentLoop } from "../context/ambient.ts";

/**
 * Runs a program: makes a loop, runs `main` in a task on it, then cancels the tasks that are left, waits for them, and
 * closes the loop.
 *
 * Ctrl-C cancels `main`, and the promise rejects with `KeyboardInterrupt` unless `main` swallows the cancellation. A
 * second Ctrl-C ends the run at once.
 *
 * The process ends when the host has nothing left to do: close or `unref` your servers and sockets.
 * `process.getActiveResourcesInfo()` names the resources that hold the process.
 *
 * @param main - a coroutine, or another awaitable
 * @param options - `debug` switches the loop's debug mode on or off; `loopFactory` makes the loop
 * @returns a promise of the result of `main`, which rejects with its exception, or with a `DeadlockError` when nothing
 * can wake the loop any more
 * @throws RuntimeError when a loop runs the caller, or `main` was given to a task before
 * @throws TypeError when `main` cannot be awaited, or an option is wrong
 *
 * Source: asyncio.run, CPython 3.14 Lib/asyncio/runners.py.
 */
export function run<T>(main: Awaitable<T>, options?: RunnerOptions): Promise<T> {
  const given = readRunnerOptions(options, "run");
  if (currentLoop !== undefined) {
    const text = "asyncio.run() cannot be called from a running event loop";
    throw new RuntimeError(withHint(text, "inside a coroutine, await it: yield* main()"));
  }
  const runner = new Runner(given);
  let result: Promise<T>;
  try {
    result = runner.run(main);
  } catch (error) {
    // `main` was refused: no task has run, so there is nothing to wait for.
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
      // As in CPython the second error replaces the first, except for an error of the host, which follows from the
      // first.
      if (leavesLoop(second) || isInstance(second, RuntimeError)) throw chain(error, second);
    });
    throw error;
  }
}
