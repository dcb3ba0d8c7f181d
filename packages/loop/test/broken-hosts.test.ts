import {
  type Coroutine,
  createTask,
  DeadlockError,
  EventLoop,
  getRunningLoop,
  type Host,
  run,
  Runner,
  sleep,
  SystemExit,
  Task,
  toPromise,
  VirtualHost,
} from "@yieldstar/loop";
import { describe, expect, it } from "vitest";
import { printed } from "../../../.ci/vitest/quiet.ts";

type Method = Extract<keyof Host, "time" | "requestTurn" | "requestTurnAt" | "awaitWakeUp" | "cancelTurn" | "close">;

const methods: readonly Method[] = ["time", "requestTurn", "requestTurnAt", "awaitWakeUp", "cancelTurn", "close"];

/** A host with one method that throws: a new error each time, from the given call on. */
class Broken extends VirtualHost {
  readonly errors: Error[] = [];
  isRepaired = false;

  constructor(method: Method | "onInterrupt" | "stopListening" | "announceExit", from = 1) {
    super();
    let calls = 0;
    const fail = (): void => {
      calls += 1;
      if (calls < from || this.isRepaired) return;
      const error = new Error(`${method} failed, call ${calls}`);
      this.errors.push(error);
      throw error;
    };
    Object.assign(this, { onInterrupt: () => () => {}, announceExit: () => {} });
    if (method === "stopListening") Object.assign(this, { onInterrupt: () => fail });
    else if (method === "onInterrupt" || method === "announceExit") Object.assign(this, { [method]: fail });
    else {
      const works = super[method].bind(this) as (...args: unknown[]) => unknown;
      Object.assign(this, {
        [method]: (...args: unknown[]) => {
          fail();
          return works(...args);
        },
      });
    }
  }
}

/** Sleeps, then waits for a promise, and at last for ever. */
function* busy(): Coroutine {
  const loop = getRunningLoop();
  yield* sleep(1);
  yield* sleep(1);
  const future = loop.createFuture<void>();
  queueMicrotask(() => future.setResult());
  yield* future;
  yield* loop.createFuture();
}

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe.each(methods)("a host whose %s throws", (method) => {
  it.each([1, 2, 3, 4])(
    "from call %d on ends the run with its first error, and leaves the loop closable",
    async (from) => {
      const host = new Broken(method, from);
      const loop = new EventLoop({ host });
      const error = await rejection(loop.runUntilComplete(busy()));
      const [first] = host.errors;
      // A method that is called less often does not fail, and a run that ends with a DeadlockError still does.
      const isStuck = first === undefined || method === "close" || method === "cancelTurn";
      // A task asks for the time too: then it gets the first error itself.
      const isKnown = isStuck ? error instanceof DeadlockError : host.errors.slice(0, 2).includes(error as Error);
      expect(isKnown).toBe(true);
      expect(loop.isRunning()).toBe(false);
      await rejection((async () => loop.close())());
      expect(loop.isClosed()).toBe(true);
      expect(() => loop.close()).not.toThrow();
      printed();
    },
  );

  it("has run() reject with that error", async () => {
    const host = new Broken(method);
    const error = await rejection(run(sleep(1), { loopFactory: () => new EventLoop({ host }) }));
    expect(error).toBe(host.errors[0]);
    printed();
  });

  it("has toPromise() reject with that error each time, until it works again", async () => {
    const host = new Broken(method);
    const loop = new EventLoop({ host });
    for (let count = 0; count < 3; count += 1) {
      host.errors.length = 0;
      const error = await rejection(toPromise(sleep(1), { loop }));
      expect([undefined, host.errors[0]]).toContain(error);
      expect(loop.isRunning()).toBe(false);
    }
    host.isRepaired = true;
    expect(await toPromise(sleep(1, "works"), { loop })).toBe("works");
    loop.close();
    printed();
  });
});

describe("a host", () => {
  it("that throws when asked for Ctrl-C ends a run with its error", async () => {
    const host = new Broken("onInterrupt");
    const error = await rejection(run(sleep(1), { loopFactory: () => new EventLoop({ host }) }));
    expect(error).toBe(host.errors[0]);
    printed();
  });

  it("that cannot stop listening for Ctrl-C ends a run with its error, unless there is an earlier one", async () => {
    const host = new Broken("stopListening");
    const runner = new Runner({ loopFactory: () => new EventLoop({ host }) });
    const error = await rejection(runner.run(sleep(1)));
    expect(error).toBe(host.errors[0]);
    const first = new RangeError("first");
    const main = function* (): Coroutine {
      throw first;
    };
    await expect(runner.run(main())).rejects.toBe(first);
    await runner.close();
  });

  it("that fails at an exit does not hide the exit", async () => {
    const host = new Broken("announceExit");
    const exit = new SystemExit(3);
    const main = function* (): Coroutine {
      throw exit;
    };
    await expect(run(main(), { loopFactory: () => new EventLoop({ host }) })).rejects.toBe(exit);
    expect(printed()).toEqual([["error", "Exception in announceExit of the host", host.errors[0]]]);
  });

  it("that fails while a future is settled from outside ends the run, and no queued work is lost", async () => {
    const host = new Broken("requestTurn", 2);
    const loop = new EventLoop({ host });
    const future = loop.createFuture<string>();
    const ended = rejection(loop.runForever());
    const task = loop.createTask(
      (function* () {
        return yield* future;
      })(),
    );
    host.isRepaired = true;
    await new Promise((resolve) => setImmediate(resolve));
    expect(await ended).toHaveProperty("name", "Error");
    future.setResult("result");
    expect(await loop.runUntilComplete(task)).toBe("result");
    loop.close();
  });
});

describe("an error in the idle check", () => {
  it("rejects the run", async () => {
    class Checking extends EventLoop {
      protected override beforeIdle(): void {
        throw new RangeError("not idle");
      }
    }
    const loop = new Checking({ host: new VirtualHost() });
    await expect(loop.runUntilComplete(sleep(1))).rejects.toThrow("not idle");
    expect(loop.isRunning()).toBe(false);
    loop.close();
  });
});

describe("a report", () => {
  it("that cannot be printed does not replace the reported error", async () => {
    console.error = () => {
      throw new Error("no console");
    };
    const main = function* (): Coroutine<string> {
      getRunningLoop().callSoon(() => {
        throw new RangeError("reported");
      });
      createTask(
        (function* () {
          throw new RangeError("never retrieved");
        })(),
      );
      return yield* sleep(1, "result");
    };
    expect(await run(main(), { loopFactory: () => new EventLoop({ host: new VirtualHost() }) })).toBe("result");
  });

  it("of a task whose text throws is still made", async () => {
    class Nameless<T> extends Task<T> {
      override toString(): string {
        throw new Error("no text");
      }
    }
    const main = function* (): Coroutine<string> {
      const loop = getRunningLoop();
      loop.setDebug(true);
      loop.slowCallbackDuration = 0;
      loop.setTaskFactory((_loop, coroutine, options) => new Nameless(coroutine, { ...options, loop: _loop }));
      createTask(
        (function* () {
          throw new RangeError("never retrieved");
        })(),
      );
      return yield* sleep(1, "result");
    };
    expect(await run(main(), { loopFactory: () => new EventLoop({ host: new VirtualHost() }) })).toBe("result");
    const calls = printed().map(([method, text]) => `${method} ${String(text)}`);
    expect(calls).toContain("warn Executing <unprintable Nameless object> took 0.000 seconds");
    expect(calls.join("\n")).toContain("error Nameless exception was never retrieved");
  });
});
