import { runVirtual } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import * as asyncio from "yieldstar";

/** Aborts after `delay` seconds, with the web's own reason by default. */
function abortAfter(delay: number): AbortSignal {
  const controller = new AbortController();
  asyncio.getRunningLoop().callLater(delay, () => controller.abort());
  return controller.signal;
}

function* caught(awaitable: asyncio.Awaitable<unknown>): asyncio.Coroutine<unknown> {
  try {
    yield* awaitable;
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

/** A program's result and its duration, in seconds. */
function timed<T>(main: () => asyncio.Coroutine<T>): [T, number] {
  return runVirtual(
    (function* (): asyncio.Coroutine<[T, number]> {
      const result = yield* main();
      return [result, asyncio.getRunningLoop().time()];
    })(),
  );
}

describe("cancelOnAbort binds an outside signal to", () => {
  it("a task group: its tasks are cancelled and clean up, and the block ends with the bare reason", () => {
    const steps: string[] = [];
    const worker = function* (): asyncio.Coroutine {
      try {
        yield* asyncio.sleep(10);
      } finally {
        yield* asyncio.sleep(1);
        steps.push("cleaned up");
      }
    };
    const [isReason, seconds] = timed(function* () {
      const signal = abortAfter(2);
      const block = asyncio.asyncWith(
        [asyncio.cancelOnAbort(signal), new asyncio.TaskGroup()],
        function* ([, group]): asyncio.Coroutine {
          group.createTask(worker());
          group.createTask(worker());
        },
      );
      return (yield* caught(block)) === signal.reason;
    });
    expect([isReason, seconds, steps]).toEqual([true, 3, ["cleaned up", "cleaned up"]]);
  });

  it("a timeout, whichever comes first, in whichever order they nest", () => {
    const names = function* (delay: number): asyncio.Coroutine<string[]> {
      const found: string[] = [];
      for (const isOuter of [true, false]) {
        const bound = asyncio.cancelOnAbort(abortAfter(2));
        const limit = asyncio.timeout(delay);
        const block = asyncio.asyncWith(isOuter ? [bound, limit] : [limit, bound], function* (): asyncio.Coroutine {
          yield* asyncio.sleep(10);
        });
        found.push(((yield* caught(block)) as Error).name);
        expect(asyncio.currentTask()?.cancelling()).toBe(0);
      }
      return found;
    };
    expect(timed(() => names(1))).toEqual([["TimeoutError", "TimeoutError"], 2]);
    expect(timed(() => names(3))).toEqual([["AbortError", "AbortError"], 4]);
    // At the same moment the outer block decides, as with two timeouts.
    expect(timed(() => names(2))).toEqual([["AbortError", "TimeoutError"], 4]);
  });
});
