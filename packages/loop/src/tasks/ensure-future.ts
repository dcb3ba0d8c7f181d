import type { AbstractEventLoop } from "../scheduling/loop.ts";
import { type Awaitable, type Coroutine, isawaitable, iscoroutine } from "../coroutines/coroutine.ts";
import { closeCoroutine } from "../coroutines/close-coroutine.ts";
import { isTaken } from "../coroutines/take-coroutine.ts";
import { RuntimeError, ValueError } from "../errors/exceptions.ts";
import { Future } from "./future.ts";
import { type LoopOptions, readLoop } from "./loop-options.ts";
import { withHintToAwait } from "../text/hints.ts";
import { getEventLoop, getRunningLoop } from "../scheduling/running-loop.ts";
import type { TaskOptions } from "./task-options.ts";
import type { Task } from "./task.ts";

/**
 * Makes a task that runs `coroutine`, on the running loop and from its next iteration on.
 *
 * @param options - `name` is what the task is called where it is printed; `context` is what it runs in, a copy of the
 * current one by default
 * @throws TypeError when `coroutine` is no coroutine, or an option is wrong
 * @throws RuntimeError when no loop is running, or when the coroutine was given to a task before
 *
 * Source: asyncio.create_task, CPython 3.14 Lib/asyncio/tasks.py.
 */
export function createTask<T>(coroutine: Coroutine<T>, options?: TaskOptions): Task<T> {
  return getRunningLoop().createTask(coroutine, options);
}

/**
 * Makes sure that something awaitable is a future: futures and tasks are returned as they are, a coroutine becomes a
 * task, and so does anything else that `yield*` takes.
 *
 * @param options - `loop` is the loop of the new task; the running one, or the one that is set, by default
 * @throws TypeError when `awaitable` cannot be awaited, or `loop` is no loop
 * @throws ValueError when it is a future of another loop than the one given
 *
 * Source: asyncio.ensure_future, CPython 3.14 Lib/asyncio/tasks.py.
 */
export function ensureFuture<T>(awaitable: Task<T>, options?: LoopOptions): Task<T>;
export function ensureFuture<T>(awaitable: Future<T>, options?: LoopOptions): Future<T>;
export function ensureFuture<T>(awaitable: Coroutine<T>, options?: LoopOptions): Task<T>;
export function ensureFuture<T>(awaitable: Awaitable<T>, options?: LoopOptions): Future<T>;
export function ensureFuture<T>(awaitable: Awaitable<T>, options?: LoopOptions): Future<T> {
  return ensureFutureOn(readLoop(options, "ensureFuture"), awaitable);
}

/** Does what `ensureFuture` does, on a loop that is known to be one, if there is any. */
export function ensureFutureOn<T>(given: AbstractEventLoop | undefined, awaitable: Awaitable<T>): Future<T> {
  if (awaitable instanceof Future) {
    if (given !== undefined && given !== awaitable.getLoop()) {
      throw new ValueError("The future belongs to a different loop than the one specified as the loop argument");
    }
    return awaitable as Future<T>;
  }
  const coroutine = toCoroutine(awaitable);
  const loop = given ?? getEventLoop();
  const isOurs = !isTaken(coroutine);
  try {
    return loop.createTask(coroutine);
  } catch (error) {
    // Nobody could run it any more. One that another task runs already is left alone.
    if (error instanceof RuntimeError && isOurs) closeCoroutine(coroutine);
    throw error;
  }
}

/** A coroutine as it is, anything else that can be awaited as a coroutine that awaits it. */
export function toCoroutine<T>(awaitable: Awaitable<T>): Coroutine<T> {
  if (iscoroutine(awaitable)) return awaitable as Coroutine<T>;
  if (!isawaitable(awaitable)) throw new TypeError(explainNotAwaitable(awaitable));
  return wrapAwaitable(awaitable);
}

function* wrapAwaitable<T>(awaitable: Awaitable<T>): Coroutine<T> {
  return yield* awaitable;
}

function explainNotAwaitable(value: unknown): string {
  return withHintToAwait("An asyncio.Future, a coroutine or an awaitable is required", value);
}
