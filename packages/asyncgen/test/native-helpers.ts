import { asyncFor, type NativeAsyncIterable } from "@yieldstar/asyncgen";
import { type Coroutine, fromPromise, getRunningLoop, type Task } from "@yieldstar/loop";

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A few turns of the host. */
export function* turns(): Coroutine {
  for (let count = 0; count < 3; count++) yield* fromPromise(turn());
}

/** The result of a task, or its error. */
export function* outcomeOf(task: Task<unknown>): Coroutine<unknown> {
  try {
    return yield* task;
  } catch (error) {
    return error;
  }
}

/** A native async generator that notes what it does; its cleanup takes a turn, and may fail. */
export function noting(notes: unknown[], cleanupError?: Error): globalThis.AsyncGenerator<number> {
  return (async function* () {
    try {
      for (let number = 1; number <= 3; number++) {
        await turn();
        yield number;
      }
    } finally {
      notes.push("cleaning up");
      await turn();
      notes.push("clean");
      // oxlint-disable-next-line no-unsafe-finally
      if (cleanupError !== undefined) throw cleanupError;
    }
  })();
}

/** Runs a loop over `iterable` whose body does `outcome` at the second value. */
export function* loopOver(
  iterable: NativeAsyncIterable<unknown> | ReadableStream<unknown>,
  notes: unknown[],
  outcome?: unknown,
): Coroutine<unknown> {
  try {
    return yield* asyncFor(iterable, function* (value) {
      notes.push(value);
      if (value !== 2) return undefined;
      if (outcome === "wait") yield* getRunningLoop().createFuture();
      if (outcome instanceof Error) throw outcome;
      return outcome as undefined;
    });
  } finally {
    notes.push("left");
  }
}
