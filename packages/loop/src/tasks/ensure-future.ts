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
 * Makes a task that runs `coroutine` on the running loop, from its next iteration on.
 *
 * @param options - `name` is the task's name in texts; `context` is the context that the coroutine runs in, by default
 * a copy of the current one; `eagerStart` runs the first step at once
 * @returns the task
 * @throws TypeError when `coroutine` is no coroutine, or an option is wrong
 * @throws RuntimeError when no loop is running, or when a task took the coroutine before
 *
 * Cancelling the caller does not cancel the task, unless the caller awaits it.
 *
 * Source: asyncio.create_task, CPython 3.14 Lib/asyncio/tasks.py.
 */
export function createTask<T>(coroutine: Coroutine<T>, options?: TaskOptions): Task<T> {
  return getRunningLoop().createTask(coroutine, options);
}

/**
 * Turns an awaitable into a future: makes a task that runs a coroutine or awaits any other awaitable.
 *
 * @param awaitable - a coroutine, a future, a task, or any other value that `yield*` takes
 * @param options - `loop` is the loop of the new task; by default the running loop, or else the loop that was set with
 * `setEventLoop`
 * @returns the new task; `awaitable` itself if it is a future or a task
 * @throws TypeError when `awaitable` cannot be awaited, or `loop` is no loop
 * @throws ValueError when `awaitable` is a future of another loop than `loop`
 * @throws RuntimeError when a task is needed and there is no loop for it, the loop is closed, or a task took the
 * coroutine before
 *
 * Cancelling the caller does not cancel the future, unless the caller awaits it.
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

/** Does what `ensureFuture` does. Its loop, if one is given, was checked before. */
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
    // No task will run the coroutine. If another task runs it already, it is left alone.
    if (error instanceof RuntimeError && isOurs) closeCoroutine(coroutine);
    throw error;
  }
}

/** Returns a coroutine as it is, and for another awaitable a coroutine that awaits it. */
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
