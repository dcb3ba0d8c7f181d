import type { Awaitable } from "../coroutines/coroutine.ts";
import { type Context, copyContext } from "../context/contextvars.ts";
import { type ContextOptions, readContext } from "../context/context-options.ts";
import { refuseInOtherLoop } from "../copies/copies.ts";
import { toCoroutine } from "../tasks/ensure-future.ts";
import { type EventLoop, newEventLoop } from "../loops/event-loop.ts";
import { RuntimeError } from "../errors/exceptions.ts";
import { readOptions } from "../arguments/options.ts";
import { repr, showAsText } from "../text/repr.ts";
import { getRunningLoopOrUndefined } from "../context/ambient.ts";
import { setEventLoop, unsetEventLoop } from "../scheduling/running-loop.ts";
import { Interruptible } from "./ctrl-c.ts";
import { shutdown } from "./shutdown.ts";

/** How `run` and `Runner` make their loop. */
export interface RunnerOptions {
  /** Switches the loop's debug mode on or off; left as it is by default. */
  readonly debug?: boolean | undefined;
  /** Makes the loop; by default it is `newEventLoop`, and the loop is set as the current one. */
  readonly loopFactory?: (() => EventLoop) | undefined;
}

const runnerDefaults: RunnerOptions = { debug: undefined, loopFactory: undefined };

/** The options of `method`, which makes a runner. @throws TypeError when one is wrong */
export function readRunnerOptions(options: RunnerOptions | undefined, method: string): RunnerOptions {
  const read = readOptions(options, runnerDefaults, method);
  const { loopFactory } = read;
  if (loopFactory === undefined || typeof loopFactory === "function") return read;
  throw new TypeError(`loopFactory must be a function, got ${repr(loopFactory)}`);
}

/**
 * Owns a loop for several runs of a program, which share the loop and one context.
 *
 * `await using runner = new Runner()` closes it at the end of the block; otherwise call `close()`.
 *
 * Source: asyncio.Runner, CPython 3.14 Lib/asyncio/runners.py.
 */
export class Runner {
  static {
    showAsText(this, "Runner");
  }

  readonly #options: RunnerOptions;
  #state: "created" | "initialized" | "closed" = "created";
  #loop: EventLoop | undefined;
  #context: Context | undefined;
  #closing: Promise<void> | undefined;

  /**
   * @param options - `debug` and `loopFactory`, for the loop that is made when it is first needed
   * @throws TypeError when an option is wrong
   */
  constructor(options?: RunnerOptions) {
    this.#options = readRunnerOptions(options, "Runner");
  }

  /**
   * Returns the runner's loop.
   *
   * @throws RuntimeError when the runner is closed
   */
  getLoop(): EventLoop {
    if (this.#state === "closed") throw new RuntimeError("Runner is closed");
    if (this.#loop !== undefined) return this.#loop;
    const { debug, loopFactory } = this.#options;
    const loop = (loopFactory ?? newEventLoop)();
    if (loopFactory === undefined) setEventLoop(loop);
    if (debug !== undefined) loop.setDebug(debug);
    this.#loop = loop;
    this.#context = copyContext();
    this.#state = "initialized";
    return loop;
  }

  /**
   * Runs a coroutine, or anything awaitable, in a task of its own.
   *
   * Ctrl-C cancels that task; a second one ends the run at once. Either way the promise rejects with
   * `KeyboardInterrupt`, unless the task swallows its cancellation.
   *
   * @param options - `context` is what it runs in; by default one that all runs of this runner share
   * @returns a promise of its result, which rejects with its exception
   * @throws RuntimeError when the runner is closed, or running, or a loop is running the caller
   * @throws TypeError when `main` cannot be awaited, or `context` is no `Context`
   */
  run<T>(main: Awaitable<T>, options?: ContextOptions): Promise<T> {
    const given = readContext(options, "Runner.run");
    const text = "Runner.run() cannot be called from a running event loop";
    if (getRunningLoopOrUndefined() !== undefined) throw new RuntimeError(text);
    refuseInOtherLoop(text);
    const loop = this.getLoop();
    if (loop.isRunning()) throw new RuntimeError("This event loop is already running");
    const task = loop.createTask(toCoroutine(main), { context: given ?? this.#context });
    return new Interruptible(loop, task).run();
  }

  /**
   * Ends what is left and closes the loop: every task is cancelled and waited for, and errors that come of it are
   * reported. Does nothing when there is no loop, or it is closed.
   *
   * @returns a promise that settles when the loop is closed
   * @throws RuntimeError when the runner is running, or a loop is running the caller
   */
  close(): Promise<void> {
    const loop = this.#loop;
    if (this.#closing !== undefined) return this.#closing;
    if (this.#state !== "initialized" || loop === undefined) return Promise.resolve();
    if (getRunningLoopOrUndefined() !== undefined) {
      throw new RuntimeError("Runner.close() cannot be called from a running event loop");
    }
    if (loop.isRunning()) throw new RuntimeError("Cannot close a running event loop");
    this.#closing = this.#shutdown(loop);
    return this.#closing;
  }

  async #shutdown(loop: EventLoop): Promise<void> {
    try {
      for (const awaitable of shutdown(loop)) await loop.runUntilComplete(awaitable);
    } catch (error) {
      this._discardAfter(error);
    }
    this._discard();
  }

  /** @internal Closes the loop as it is, after an error that counts more than what comes of that. */
  _discardAfter(error: unknown): never {
    try {
      this._discard();
    } catch {
      // A host that does not work may not close either.
    }
    throw error;
  }

  /** Closes the loop as it is. */
  private _discard(): void {
    const loop = this.#loop;
    this.#state = "closed";
    this.#loop = undefined;
    if (loop === undefined) return;
    unsetEventLoop(loop);
    loop.close();
  }

  /** Closes the runner: the end of Python's `with Runner() as runner:`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
