import { inspect } from "node:util";
import {
  allTasks,
  CancelledError,
  Context,
  ContextVar,
  type Coroutine,
  createTask,
  currentTask,
  EventLoop,
  getEventLoop,
  getRunningLoop,
  run,
  Runner,
  RuntimeError,
  setEventLoop,
  sleep,
  VirtualHost,
} from "@yieldstar/loop";
import { describe, expect, it } from "vitest";
import { printed } from "../../../.ci/vitest/quiet.ts";

const loopFactory = (): EventLoop => new EventLoop({ host: new VirtualHost() });

const noLoop = "There is no current event loop in thread 'MainThread'.";

function* ownLoop(): Coroutine<unknown> {
  return getRunningLoop();
}

describe("run", () => {
  it("gives the result of main, in a promise", async () => {
    const promise = run(sleep(1, "result"), { loopFactory });
    expect(promise).toBeInstanceOf(Promise);
    expect(await promise).toBe("result");
  });

  it("rejects with the very error of main, and has closed the loop by then", async () => {
    const loop = loopFactory();
    const error = new RangeError("boom");
    const main = function* (): Coroutine {
      throw error;
    };
    await expect(run(main(), { loopFactory: () => loop })).rejects.toBe(error);
    expect(loop.isClosed()).toBe(true);
  });

  it("cancels and awaits the tasks that are left", async () => {
    const events: string[] = [];
    const worker = function* (): Coroutine {
      try {
        yield* sleep(100);
      } finally {
        events.push("cleaning up");
        yield* sleep(1);
        events.push("cleaned up");
      }
    };
    const main = function* (): Coroutine {
      createTask(worker());
      yield* sleep(1);
    };
    await run(main(), { loopFactory });
    expect(events).toEqual(["cleaning up", "cleaned up"]);
  });

  it("reports errors of tasks that it cancels", async () => {
    const error = new RangeError("in cleanup");
    const worker = function* (): Coroutine {
      try {
        yield* sleep(100);
      } catch {
        throw error;
      }
    };
    const main = function* (): Coroutine<string> {
      createTask(worker(), { name: "t" });
      yield* sleep(1);
      return "result";
    };
    expect(await run(main(), { loopFactory })).toBe("result");
    expect(printed()).toEqual([
      [
        "error",
        "unhandled exception during asyncio.run() shutdown\n" +
          "task: <Task finished name='t' coro=<coroutine object> exception=RangeError('in cleanup')>",
        error,
      ],
    ]);
  });

  it("does not lose the error of main when a task that is left can never end", async () => {
    const stubborn = function* (): Coroutine {
      try {
        yield* sleep(100);
      } catch {
        yield* getRunningLoop().createFuture();
      }
    };
    const main = function* (): Coroutine {
      createTask(stubborn(), { name: "stubborn" });
      yield* sleep(1);
      throw new RangeError("boom");
    };
    const error: unknown = await run(main(), { loopFactory }).catch((reason: unknown) => reason);
    const shown = [inspect(error), ...printed().flat().map(String)].join("\n");
    expect(shown).toContain("stubborn");
    expect(shown).toContain("boom");
  });

  it("rejects with CancelledError when main cancels itself", async () => {
    const main = function* (): Coroutine {
      currentTask()?.cancel("enough");
      yield* sleep(1);
    };
    await expect(run(main(), { loopFactory })).rejects.toEqual(new CancelledError("enough"));
  });

  it("sets its loop as the current one, and unsets it at the end", async () => {
    const promise = run(ownLoop());
    const loop = getEventLoop();
    expect(await promise).toBe(loop);
    expect(() => getEventLoop()).toThrow(noLoop);
  });

  it("leaves the current loop alone when it is given a factory", async () => {
    const current = loopFactory();
    setEventLoop(current);
    expect(await run(ownLoop(), { loopFactory })).not.toBe(current);
    expect(getEventLoop()).toBe(current);
    setEventLoop(undefined);
    current.close();
  });

  it("leaves nothing behind when main is refused", () => {
    expect(() => run(5 as never)).toThrow(TypeError);
    expect(() => getEventLoop()).toThrow(noLoop);
  });

  it("does not disturb the next run when main is refused", async () => {
    expect(() => run(5 as never)).toThrow(TypeError);
    const promise = run(sleep(0.01));
    const loop = getEventLoop();
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(getEventLoop()).toBe(loop);
    await promise;
  });

  it("throws the factory's error, at the call", () => {
    const error = new Error("no loop today");
    const broken = (): never => {
      throw error;
    };
    expect(() => run(sleep(1), { loopFactory: broken })).toThrow(error);
  });

  it.each([true, false])("switches debug mode: %s", async (debug) => {
    const main = function* (): Coroutine<boolean> {
      return getRunningLoop().getDebug();
    };
    expect(await run(main(), { debug, loopFactory })).toBe(debug);
  });

  it("takes any awaitable", async () => {
    const awaitable = { [Symbol.iterator]: () => sleep(1, "result") };
    expect(await run(awaitable, { loopFactory })).toBe("result");
  });
});

describe("Runner", () => {
  it("shares its loop between its runs", async () => {
    const runner = new Runner({ loopFactory });
    const loop = await runner.run(ownLoop());
    expect(await runner.run(ownLoop())).toBe(loop);
    expect(runner.getLoop()).toBe(loop);
    await runner.close();
  });

  it("shares one context between its runs, which is not the caller's", async () => {
    const variable = new ContextVar<string>("v", { default: "unset" });
    const setter = function* (): Coroutine {
      variable.set("set");
    };
    const getter = function* (): Coroutine<string> {
      return variable.get();
    };
    const runner = new Runner({ loopFactory });
    await runner.run(setter());
    expect(await runner.run(getter())).toBe("set");
    expect(await runner.run(getter(), { context: new Context() })).toBe("unset");
    expect(variable.get()).toBe("unset");
    await runner.close();
  });

  it("leaves tasks running from one run to the next", async () => {
    const events: string[] = [];
    const ticker = function* (): Coroutine {
      for (;;) {
        events.push(`tick ${getRunningLoop().time()}`);
        yield* sleep(1);
      }
    };
    const start = function* (): Coroutine {
      createTask(ticker());
      yield* sleep(1.5);
    };
    const runner = new Runner({ loopFactory });
    await runner.run(start());
    await runner.run(sleep(1));
    await runner.close();
    expect(events).toEqual(["tick 0", "tick 1", "tick 2"]);
  });

  it("makes its loop once, when it is first asked for it", async () => {
    let made = 0;
    const runner = new Runner({
      loopFactory: () => {
        made += 1;
        return loopFactory();
      },
      debug: true,
    });
    expect(made).toBe(0);
    expect(runner.getLoop().getDebug()).toBe(true);
    await runner.run(sleep(0));
    expect(made).toBe(1);
    await runner.close();
  });

  it("closes its loop, and cannot be used any more", async () => {
    const runner = new Runner();
    const loop = runner.getLoop();
    await runner.run(sleep(0));
    await runner.close();
    expect(loop.isClosed()).toBe(true);
    expect(() => getEventLoop()).toThrow(noLoop);
    const closed = new RuntimeError("Runner is closed");
    expect(() => runner.run(sleep(0))).toThrow(closed);
    expect(() => runner.getLoop()).toThrow(closed);
  });

  it("can be closed twice, one after the other or at once", async () => {
    const runner = new Runner({ loopFactory });
    const loop = runner.getLoop();
    await Promise.all([runner.close(), runner.close()]);
    await runner.close();
    expect(loop.isClosed()).toBe(true);
  });

  it("can be closed before it was used, and is not closed by that", async () => {
    const runner = new Runner({ loopFactory });
    await runner.close();
    expect(await runner.run(sleep(0, "result"))).toBe("result");
    await runner.close();
  });

  it("is closed at the end of an await using block", async () => {
    const loop = loopFactory();
    {
      await using runner = new Runner({ loopFactory: () => loop });
      await runner.run(sleep(0));
    }
    expect(loop.isClosed()).toBe(true);
  });

  it("closes after a run that failed", async () => {
    const loop = loopFactory();
    const runner = new Runner({ loopFactory: () => loop });
    await expect(runner.run(sleep(NaN))).rejects.toThrow("Invalid delay: NaN");
    expect(await runner.run(sleep(0, "usable"))).toBe("usable");
    await runner.close();
    expect(loop.isClosed()).toBe(true);
  });
});

describe("a Runner that is running", () => {
  const running = new RuntimeError("This event loop is already running");

  it("refuses a second run at the call, and leaves its coroutine alone", async () => {
    const runner = new Runner({ loopFactory });
    const first = runner.run(sleep(1, "first"));
    const second = sleep(1, "second");
    expect(() => runner.run(second)).toThrow(running);
    expect(allTasks(runner.getLoop()).size).toBe(1);
    expect(await first).toBe("first");
    expect(await runner.run(second)).toBe("second");
    await runner.close();
  });

  it("refuses to be closed at the call, and runs on", async () => {
    const runner = new Runner({ loopFactory });
    const first = runner.run(sleep(1, "first"));
    expect(() => runner.close()).toThrow(RuntimeError);
    expect(await first).toBe("first");
    await runner.close();
  });

  it("refuses both from inside at the call", async () => {
    const runner = new Runner({ loopFactory });
    const main = function* (): Coroutine {
      expect(() => runner.run(sleep(1))).toThrow(
        new RuntimeError("Runner.run() cannot be called from a running event loop"),
      );
      expect(() => runner.close()).toThrow(
        new RuntimeError("Runner.close() cannot be called from a running event loop"),
      );
    };
    await expect(runner.run(main())).resolves.toBeUndefined();
    await runner.close();
  });
});
