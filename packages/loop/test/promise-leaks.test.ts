import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Coroutine, createTask, EventLoop, fromPromise, run, sleep } from "@yieldstar/loop";
import { afterEach, describe, expect, it } from "vitest";
import { runProgram } from "./program.ts";
import { caught } from "./usable.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

async function untilCollected(): Promise<void> {
  for (let count = 0; count < 5; count++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    collectGarbage();
  }
  await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("a promise that never settles", () => {
  it("does not hold a waiter that was cancelled, its loop, or its signal", async () => {
    const never = new Promise<never>(() => {});
    const refs: Record<string, WeakRef<object>> = {};
    const worker = function* (): Coroutine {
      const local = { name: "a local of the waiter" };
      refs["local"] = new WeakRef(local);
      try {
        yield* fromPromise((signal) => {
          refs["signal"] = new WeakRef(signal);
          return never;
        });
      } finally {
        local.name = "";
      }
    };
    const main = function* (): Coroutine {
      const tasks = [createTask(worker()), createTask(fromPromise(never))];
      yield* sleep(0);
      for (const task of tasks) {
        task.cancel();
        yield* caught(task);
      }
      refs["task"] = new WeakRef(tasks[0] as object);
    };
    const runAll = async (): Promise<void> => {
      const loop = new EventLoop();
      refs["loop"] = new WeakRef(loop);
      await run(main(), { loopFactory: () => loop });
    };
    await runAll();
    await untilCollected();
    const held = Object.entries(refs).filter(([, ref]) => ref.deref() !== undefined);
    expect(held.map(([name]) => name)).toEqual([]);
    expect(String(never)).toBe("[object Promise]");
  });
});

describe("a rejection that came before its promise was awaited", () => {
  const rejections: unknown[] = [];
  const listeners = process.listeners("unhandledRejection");

  function listen(): void {
    process.removeAllListeners("unhandledRejection");
    process.on("unhandledRejection", (reason) => rejections.push(reason));
  }

  afterEach(() => {
    process.removeAllListeners("unhandledRejection");
    for (const listener of listeners) process.on("unhandledRejection", listener);
    rejections.length = 0;
  });

  it("is unhandled once the coroutine is dropped, which nobody will await any more", async () => {
    listen();
    const error = new Error("lost");
    const drop = (): void => void fromPromise(Promise.reject(error));
    drop();
    await untilCollected();
    expect(rejections).toEqual([error]);
  });

  it("is not if it was awaited, or its task was cancelled", async () => {
    listen();
    const main = function* (): Coroutine {
      const awaited = fromPromise(Promise.reject(new Error("awaited")));
      const cancelled = createTask(fromPromise(Promise.reject(new Error("cancelled"))));
      cancelled.cancel();
      yield* sleep(0.001);
      yield* caught(awaited);
      yield* caught(cancelled);
    };
    await run(main());
    await untilCollected();
    expect(rejections).toEqual([]);
  });
});

it("toPromise keeps the process as long as something runs, and not longer", { timeout: 30_000 }, async () => {
  const begin = performance.now();
  const ending = await runProgram(new URL("./programs/background-loop.ts", import.meta.url));
  expect(ending).toEqual({ code: 0, signal: null, stdout: "main\nleft behind\n", stderr: "" });
  expect(performance.now() - begin).toBeLessThan(25_000);
});
