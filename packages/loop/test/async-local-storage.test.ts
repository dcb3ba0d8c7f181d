import { AsyncLocalStorage, createHook } from "node:async_hooks";
import { EventEmitter } from "node:events";
import {
  CancelledError,
  type Coroutine,
  createTask,
  eagerTaskFactory,
  followAsyncLocalStorage,
  fromPromise,
  gather,
  getRunningLoop,
  run,
  Runner,
  sleep,
  toPromise,
} from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { beforeAll, describe, expect, it, vi } from "vitest";

const als = new AsyncLocalStorage<string>();

beforeAll(() => void followAsyncLocalStorage());

/** The stores that a task sees in its first step and in later ones. */
function* look(): Coroutine<(string | undefined)[]> {
  const seen = [als.getStore()];
  yield* sleep(0);
  seen.push(als.getStore());
  yield* sleep(0.001);
  seen.push(als.getStore());
  return seen;
}

const all = (store: string | undefined): (string | undefined)[] => [store, store, store];

describe("a task", () => {
  it("has the stores that were current when it was made, in every step", () => {
    const main = function* (): Coroutine<unknown> {
      const one = als.run("one", () => createTask(look()));
      const two = als.run("two", () => createTask(look()));
      return yield* gather([one, two, createTask(look())]);
    };
    expect(runVirtual(main())).toEqual([all("one"), all("two"), all(undefined)]);
    expect(als.run("outer", () => runVirtual(main()))).toEqual([all("one"), all("two"), all("outer")]);
  });

  it("passes them on to the tasks that it makes, and to the coroutines that it awaits", () => {
    const middle = function* (): Coroutine<unknown> {
      return [yield* look(), yield* createTask(look()), ...(yield* gather([look(), sleep(0)]))];
    };
    const main = function* (): Coroutine<unknown> {
      return yield* als.run("one", () => createTask(middle()));
    };
    expect(runVirtual(main())).toEqual([all("one"), all("one"), all("one"), undefined]);
  });

  it("has the values of all stores", () => {
    const other = new AsyncLocalStorage<number>();
    const both = function* (): Coroutine<unknown> {
      yield* sleep(1);
      return [als.getStore(), other.getStore()];
    };
    const main = function* (): Coroutine<unknown> {
      return yield* als.run("one", () => other.run(2, () => createTask(both())));
    };
    expect(runVirtual(main())).toEqual(["one", 2]);
  });

  it("never sees the stores of the code that wakes it", async () => {
    const events = new EventEmitter();
    const main = function* (): Coroutine<unknown> {
      const loop = getRunningLoop();
      const wakers: Record<string, (wake: () => void) => void> = {
        code: (wake) => wake(),
        task: (wake) =>
          void createTask(
            (function* () {
              yield* sleep(0);
              wake();
            })(),
          ),
        callback: (wake) => void loop.callSoon(wake),
        timer: (wake) => void loop.callLater(0.001, wake),
        "host's timer": (wake) => void setTimeout(wake, 1),
        promise: (wake) => void Promise.resolve().then(wake),
        event: (wake) => {
          events.once("event", wake);
          setImmediate(() => als.run("emitter", () => events.emit("event")));
        },
      };
      const seen: Record<string, unknown> = {};
      for (const [name, waker] of Object.entries(wakers)) {
        const future = loop.createFuture<void>();
        const waiter = function* (): Coroutine<unknown> {
          yield* future;
          return als.getStore();
        };
        const tasks = [als.run("waiter", () => createTask(waiter())), createTask(waiter())];
        yield* sleep(0);
        als.run("waker", () => waker(() => future.setResult()));
        seen[name] = yield* gather(tasks);
      }
      return seen;
    };
    const own = ["waiter", undefined];
    const names = ["code", "task", "callback", "timer", "host's timer", "promise", "event"];
    expect(await run(main())).toEqual(Object.fromEntries(names.map((name) => [name, own])));
  });

  it("never sees the stores of the promise that it awaits", async () => {
    const main = function* (): Coroutine<unknown> {
      const promise = als.run("other", () => new Promise((resolve) => setImmediate(resolve, als.getStore())));
      return [yield* fromPromise(promise), als.getStore()];
    };
    expect(await als.run("own", () => run(main()))).toEqual(["other", "own"]);
  });

  it("cleans up with its own stores when it is cancelled", () => {
    const seen: unknown[] = [];
    const worker = function* (): Coroutine {
      try {
        yield* sleep(Infinity);
      } finally {
        seen.push(als.getStore());
        yield* sleep(1);
        seen.push(als.getStore());
      }
    };
    const main = function* (): Coroutine {
      const task = als.run("own", () => createTask(worker()));
      yield* sleep(1);
      als.run("canceller", () => task.cancel());
      try {
        yield* task;
      } catch (error) {
        seen.push(error instanceof CancelledError);
      }
    };
    runVirtual(main());
    expect(seen).toEqual(["own", "own", true]);
  });

  it("has its creator's stores in an eager first step, and its own after that", () => {
    const child = function* (): Coroutine<unknown> {
      const seen = [als.getStore()];
      als.enterWith("entered");
      yield* sleep(0);
      return seen;
    };
    const main = function* (): Coroutine<unknown> {
      getRunningLoop().setTaskFactory(eagerTaskFactory);
      const task = createTask(child());
      const eager = als.run("other", () => createTask(look()));
      return [als.getStore(), yield* task, yield* eager];
    };
    expect(als.run("own", () => runVirtual(main()))).toEqual(["own", ["own"], all("other")]);
  });

  it("keeps the store values that it enters to itself", () => {
    const enterer = function* (): Coroutine {
      als.enterWith("entered");
      yield* sleep(0);
    };
    const main = function* (): Coroutine<unknown> {
      createTask(enterer());
      return yield* look();
    };
    expect(als.run("own", () => [runVirtual(main()), als.getStore()])).toEqual([all("own"), "own"]);
  });

  it("has the value of `als.run` only in the callback, since a coroutine runs later", () => {
    const main = function* (): Coroutine<unknown> {
      const awaited = yield* als.run("other", () => look());
      return [als.run("other", () => als.getStore()), awaited];
    };
    expect(als.run("own", () => runVirtual(main()))).toEqual(["other", all("own")]);
  });

  it("creates one async resource, and none for its steps and sleeps", () => {
    const resources = (count: number): number => {
      const types: string[] = [];
      const hook = createHook({ init: (_id, type) => types.push(type) }).enable();
      runVirtual(
        (function* () {
          for (let made = 0; made < count; made += 1) yield* createTask(look());
        })(),
      );
      hook.disable();
      return types.length;
    };
    expect(resources(30) - resources(10)).toBe(20);
  });
});

describe("a callback", () => {
  it("has the stores that were current when it was scheduled", () => {
    const seen: Record<string, unknown> = {};
    const note = (name: string) => () => {
      seen[name] = als.getStore();
    };
    const main = function* (): Coroutine {
      const loop = getRunningLoop();
      const future = loop.createFuture<void>();
      const done = loop.createFuture<void>();
      done.setResult();
      als.run("scheduler", () => {
        loop.callSoon(note("callSoon"));
        loop.callSoonThreadsafe(note("callSoonThreadsafe"));
        loop.callLater(1, note("callLater"));
        loop.callAt(2, note("callAt"));
        future.addDoneCallback(note("addDoneCallback"));
        done.addDoneCallback(note("addDoneCallback of one that is done"));
      });
      als.run("other", () => future.setResult());
      yield* sleep(3);
    };
    als.run("main", () => runVirtual(main()));
    expect(Object.keys(seen)).toHaveLength(6);
    expect(new Set(Object.values(seen))).toEqual(new Set(["scheduler"]));
  });

  it("of a signal has the stores of the code that set it", async () => {
    const main = function* (): Coroutine<unknown> {
      const loop = getRunningLoop();
      const signalled = loop.createFuture<string | undefined>();
      als.run("setter", () => loop.addSignalHandler("SIGUSR2", () => signalled.setResult(als.getStore())));
      process.kill(process.pid, "SIGUSR2");
      return yield* signalled;
    };
    expect(await run(main())).toBe("setter");
  });

  it("for lost errors has the stores of the task or callback that lost them", () => {
    const seen: unknown[] = [];
    const main = function* (): Coroutine {
      const loop = getRunningLoop();
      loop.setExceptionHandler(() => seen.push(als.getStore()));
      als.run("scheduler", () =>
        loop.callSoon(() => {
          throw new Error("boom");
        }),
      );
      yield* sleep(0);
    };
    als.run("main", () => runVirtual(main()));
    expect(seen).toEqual(["scheduler"]);
  });
});

describe("from outside", () => {
  it("every run has the stores of its own caller", async () => {
    expect(await als.run("caller", () => run(look()))).toEqual(all("caller"));
    const runner = als.run("maker", () => new Runner());
    expect(await als.run("first", () => runner.run(look()))).toEqual(all("first"));
    expect(await als.run("second", () => runner.run(look()))).toEqual(all("second"));
    expect(await runner.run(look())).toEqual(all(undefined));
    await als.run("closer", () => runner.close());
  });

  it("every toPromise has the stores of its caller, though all share a loop", async () => {
    const names = ["one", "two", "three"];
    const answers = await Promise.all(names.map((name) => als.run(name, () => toPromise(look()))));
    expect(answers).toEqual(names.map(all));
    expect(await toPromise(look())).toEqual(all(undefined));
  });

  it("fromPromise calls its function and dispose with the task's stores", async () => {
    const seen: unknown[] = [];
    const load = function* (): Coroutine {
      yield* fromPromise(
        async () => {
          seen.push(als.getStore());
          await new Promise((resolve) => setImmediate(resolve));
          seen.push(als.getStore());
        },
        { dispose: () => seen.push(als.getStore()) },
      );
    };
    const main = function* (): Coroutine {
      yield* als.run("own", () => createTask(load()));
      const task = als.run("own", () => createTask(load()));
      yield* sleep(0);
      als.run("canceller", () => task.cancel());
      yield* gather([task], { returnExceptions: true });
    };
    await als.run("main", () => run(main()));
    await vi.waitFor(() => expect(seen).toHaveLength(5));
    expect(new Set(seen)).toEqual(new Set(["own"]));
  });
});

it("without AsyncLocalStorage nothing is followed, and everything else works", async () => {
  const original = Object.getOwnPropertyDescriptor(process, "getBuiltinModule") as PropertyDescriptor;
  expect(followAsyncLocalStorage()).toBe(true);
  Object.defineProperty(process, "getBuiltinModule", { ...original, value: undefined });
  vi.resetModules();
  try {
    const fresh = await import("@yieldstar/loop");
    expect(fresh.followAsyncLocalStorage()).toBe(false);
    expect(await als.run("caller", () => fresh.run(fresh.sleep(0, "result")))).toBe("result");
  } finally {
    Object.defineProperty(process, "getBuiltinModule", original);
  }
});
