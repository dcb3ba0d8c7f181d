import type { Awaitable } from "../coroutines/coroutine.ts";
import { type Context, copyContext } from "../context/contextvars.ts";
import { type ContextOptions, readContext } from "../context/context-options.ts";
import { refuseInOtherLoop } from "../copies/copies.ts";
import { toCoroutine } from "../tasks/ensure-future.ts";
import { type EventLoop, newEventLoop } from "../loops/event-loop.ts";
import { RuntimeError } from "../errors/exceptions.ts";
import { readOptions } from "../arguments/options.ts";
import { showAsText, showValue } from "../text/repr.ts";
import { currentLoop } from "../context/ambient.ts";
import { setEventLoop, unsetEventLoop } from "../scheduling/running-loop.ts";
import { Interruptible } from "./ctrl-c.ts";
import { shutdown } from "./shutdown.ts";

/** The options of `run` and `Runner`. */
export interface RunnerOptions {
  /** Switches the loop's debug mode on or off; by default the mode stays as the loop has it. */
  readonly debug?: boolean | undefined;
  /** Makes the loop; by default `newEventLoop` does, and `setEventLoop` gets the loop. */
  readonly loopFactory?: (() => EventLoop) | undefined;
}

const runnerDefaults: RunnerOptions = { debug: undefined, loopFactory: undefined };

/** Reads the options of `method`, which makes a runner. @throws TypeError when an option is wrong */
export function readRunnerOptions(options: RunnerOptions | undefined, method: string): RunnerOptions {
  const read = readOptions(options, runnerDefaults, method);
  const { loopFactory } = read;
  if (loopFactory === undefined || typeof loopFactory === "function") return read;
  throw new TypeError(`loopFactory must be a function, got ${showValue(loopFactory)}`);
}

/**
 * Runs several coroutines one after the other. The runs share a loop and a context.
 *
 * `await using runner = new Runner()` closes the runner at the end of the block. Without it, call `close()`.
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
   * @param options - `debug` switches the loop's debug mode on or off; `loopFactory` makes the loop, when it is first
   * needed
   * @throws TypeError when an option is wrong
   */
  constructor(options?: RunnerOptions) {
    this.#options = readRunnerOptions(options, "Runner");
  }

  /**
   * Returns the runner's loop. The first call makes it.
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
   * Runs a coroutine in a new task until it ends.
   *
   * Ctrl-C cancels the task, and the promise rejects with `KeyboardInterrupt` unless the task swallows the
   * cancellation. A second Ctrl-C ends the run at once.
   *
   * @param main - a coroutine, or another awaitable
   * @param options - `context` is the context that the task runs in; by default all runs of this runner share one
   * @returns a promise of the result of `main`, which rejects with its exception, or with a `DeadlockError` when
   * nothing can wake the loop any more
   * @throws RuntimeError when the runner is closed or running, a loop runs the caller, or `main` was given to a task
   * before
   * @throws TypeError when `main` cannot be awaited, or `context` is no `Context`
   */
  run<T>(main: Awaitable<T>, options?: ContextOptions): Promise<T> {
    const given = readContext(options, "Runner.run");
    const text = "Runner.run() cannot be called from a running event loop";
    if (currentLoop !== undefined) throw new RuntimeError(text);
    refuseInOtherLoop(text);
    const loop = this.getLoop();
    if (loop.isRunning()) throw new RuntimeError("This event loop is already running");
    const task = loop.createTask(toCoroutine(main), { context: given ?? this.#context });
    return new Interruptible(loop, task).run();
  }

  /**
   * Cancels the tasks that are left, waits for them, closes the open async generators, and closes the loop. The errors
   * of the tasks are reported to the exception handler. Without a loop it does nothing.
   *
   * @returns a promise that is fulfilled when the loop is closed; a second call returns the same one. It rejects with
   * an error that ends the loop's run, such as a `KeyboardInterrupt`
   * @throws RuntimeError when the runner is running, or a loop runs the caller
   */
  close(): Promise<void> {
    const loop = this.#loop;
    if (this.#closing !== undefined) return this.#closing;
    if (this.#state !== "initialized" || loop === undefined) return Promise.resolve();
    if (currentLoop !== undefined) {
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

  /** @internal Closes the loop as it is, and throws `error`, whatever else fails. */
  _discardAfter(error: unknown): never {
    try {
      this._discard();
    } catch {
      // A broken host may throw again.
    }
    throw error;
  }

  /** Closes the loop as it is, with the tasks that are left. */
  private _discard(): void {
    const loop = this.#loop;
    this.#state = "closed";
    this.#loop = undefined;
    if (loop === undefined) return;
    unsetEventLoop(loop);
    loop.close();
  }

  /** Calls `close()`: `await using` does it at the end of the block, as `with Runner() as runner:` does in Python. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
