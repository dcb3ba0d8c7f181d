import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  CancelledError,
  closeCoroutine,
  type Coroutine,
  createTask,
  EventLoop,
  fromPromise,
  gather,
  run,
  sleep,
} from "@yieldstar/loop";
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

describe("a promise that is pending for long", () => {
  /** How many bytes each wait for one promise leaves behind. */
  async function bytesKept(wait: (promise: Promise<never>) => Coroutine<unknown>): Promise<number> {
    const never = new Promise<never>(() => {});
    const waits = 4000;
    const used = (): number => {
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const main = function* (): Coroutine<number> {
      for (let count = 0; count < 500; count += 1) yield* wait(never);
      const before = used();
      for (let count = 0; count < waits; count += 1) yield* wait(never);
      return (used() - before) / waits;
    };
    const kept = await run(main());
    expect(String(never)).toBe("[object Promise]");
    return kept;
  }

  function* cancelled(...waits: Coroutine<never>[]): Coroutine {
    const tasks = waits.map((wait) => createTask(wait));
    yield* sleep(0);
    for (const task of tasks) task.cancel();
    for (const task of tasks) yield* caught(task);
  }

  it.each<[string, (promise: Promise<never>) => Coroutine<unknown>]>([
    ["that was cancelled", (promise) => cancelled(fromPromise(promise))],
    ["given by a function", (promise) => cancelled(fromPromise(() => promise))],
    ["with a signal", (promise) => cancelled(fromPromise((_signal) => promise))],
    ["beside others", (promise) => cancelled(fromPromise(promise), fromPromise(promise), fromPromise(promise))],
    [
      "that was cancelled before it began",
      function* (promise) {
        const task = createTask(fromPromise(promise));
        task.cancel();
        yield* caught(task);
      },
    ],
    [
      "that was closed",
      function* (promise) {
        closeCoroutine(fromPromise(promise));
        yield* sleep(0);
      },
    ],
  ])("keeps no memory of a wait %s", async (_title, wait) => {
    expect(await bytesKept(wait)).toBeLessThan(100);
  });

  it.each(["fulfilled", "rejected"])("wakes the remaining tasks in their order when it is %s", async (end) => {
    let settle = (): void => {};
    const promise = new Promise<string>((resolve, reject) => {
      settle = () => (end === "fulfilled" ? resolve("value") : reject(new Error("value")));
    });
    const woken: unknown[] = [];
    const waiting = function* (name: string): Coroutine {
      try {
        woken.push(`${name} ${yield* fromPromise(promise)}`);
      } catch (error) {
        if (error instanceof CancelledError) throw error;
        woken.push(`${name} ${(error as Error).message}`);
      }
    };
    const main = function* (): Coroutine {
      const [gone, first, goneToo] = [
        createTask(waiting("gone")),
        createTask(waiting("1")),
        createTask(waiting("gone")),
      ];
      yield* sleep(0);
      gone.cancel();
      yield* sleep(0);
      const late = [createTask(waiting("2")), createTask(waiting("gone")), createTask(waiting("3"))] as const;
      yield* sleep(0);
      goneToo.cancel();
      late[1].cancel();
      yield* sleep(0);
      const last = createTask(waiting("4"));
      yield* sleep(0);
      settle();
      yield* gather([first, late[0], late[2], last]);
      yield* waiting("5");
      const afterwards = createTask(waiting("gone"));
      afterwards.cancel();
      yield* waiting("6");
    };
    await run(main());
    expect(woken).toEqual(["1 value", "2 value", "3 value", "4 value", "5 value", "6 value"]);
  });

  it("gives a late result to each dispose, even of waits that came after others had gone", async () => {
    let settle: (result: string) => void = () => {};
    const promise = new Promise<string>((resolve) => (settle = resolve));
    const disposed: string[] = [];
    const main = function* (): Coroutine {
      yield* cancelled(fromPromise(promise) as Coroutine<never>);
      for (const name of ["a", "b"]) {
        yield* cancelled(
          fromPromise(promise, { dispose: (result) => disposed.push(name + result) }) as Coroutine<never>,
        );
      }
      settle("!");
      yield* fromPromise(promise);
      yield* sleep(0);
    };
    await run(main());
    expect(disposed).toEqual(["a!", "b!"]);
  });

  it("does not resume a coroutine that was closed twice", async () => {
    const promise = Promise.resolve("value");
    const main = function* (): Coroutine<unknown> {
      const twice = fromPromise(promise);
      closeCoroutine(twice);
      const waiting = createTask(fromPromise(promise));
      closeCoroutine(twice);
      twice.return("");
      expect(twice.next().done).toBe(true);
      return yield* waiting;
    };
    expect(await run(main())).toBe("value");
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

  it("is unhandled once the coroutine is dropped, since it can no longer be awaited", async () => {
    listen();
    const error = new Error("lost");
    const drop = (): void => void fromPromise(Promise.reject(error));
    drop();
    await untilCollected();
    expect(rejections).toEqual([error]);
  });

  it("is handled if it was awaited, or its task was cancelled", async () => {
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

it("toPromise keeps the process alive as long as something runs, and not longer", async () => {
  const ending = await runProgram(new URL("./programs/background-loop.ts", import.meta.url));
  expect(ending).toEqual({ code: 0, signal: null, stdout: "main\nleft behind\n", stderr: "" });
});
