import { type Coroutine, ensureFuture, EventLoop, gather, run, RuntimeError, sleep, ValueError } from "@yieldstar/loop";
import { runVirtual, VirtualTimeLoop } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import { caught, expectUsableAfter } from "./usable.ts";

function* work(): Coroutine<string> {
  yield* sleep(1);
  return "worked";
}

describe("a loop inside a loop", () => {
  const nested = new RuntimeError(
    "asyncio.run() cannot be called from a running event loop (hint: inside a coroutine, await it: yield* main())",
  );

  it("is refused by run", () => {
    expectUsableAfter(function* () {
      expect(() => run(work())).toThrow(nested);
    });
  });

  it("is refused by run in a callback", () => {
    expectUsableAfter(function* (loop) {
      const done = loop.createFuture<void>();
      loop.callSoon(() => {
        expect(() => run(work())).toThrow(nested);
        done.setResult();
      });
      yield* done;
    });
  });

  it("is refused by runVirtual", () => {
    expectUsableAfter(function* () {
      expect(() => runVirtual(work())).toThrow(
        new RuntimeError("Cannot run the event loop while another loop is running"),
      );
    });
  });
});

describe("a closed loop", () => {
  const closedLoop = (): EventLoop => {
    const loop = new EventLoop();
    loop.close();
    return loop;
  };

  const calls = {
    callSoon: (loop: EventLoop) => loop.callSoon(() => {}),
    callSoonThreadsafe: (loop: EventLoop) => loop.callSoonThreadsafe(() => {}),
    callLater: (loop: EventLoop) => loop.callLater(1, () => {}),
    callAt: (loop: EventLoop) => loop.callAt(1, () => {}),
    createTask: (loop: EventLoop) => loop.createTask(work()),
    ensureFuture: (loop: EventLoop) => ensureFuture(work(), { loop }),
    runForever: (loop: EventLoop) => loop.runForever(),
    runUntilComplete: (loop: EventLoop) => loop.runUntilComplete(work()),
    setResult: (loop: EventLoop) => {
      const future = loop.createFuture<number>();
      future.addDoneCallback(() => {});
      future.setResult(1);
    },
  };

  it.each(Object.entries(calls))("refuses %s at the call", (_name, call) => {
    expect(() => call(closedLoop())).toThrow(new RuntimeError("Event loop is closed"));
  });

  it("can be closed, asked for its time, and stopped without complaint", () => {
    const loop = closedLoop();
    loop.close();
    loop.stop();
    expect(loop.time()).toBeGreaterThan(0);
    expect(loop.isClosed()).toBe(true);
  });

  it("leaves a refused coroutine usable on another loop", () => {
    const coroutine = work();
    expect(() => closedLoop().createTask(coroutine)).toThrow("Event loop is closed");
    expect(runVirtual(coroutine)).toBe("worked");
  });
});

describe("a future of another loop", () => {
  it("cannot be awaited", () => {
    const other = new VirtualTimeLoop();
    const future = other.createFuture<string>();
    expectUsableAfter(function* (loop) {
      const task = loop.createTask(caught(future), { name: "t" });
      expect(yield* task).toEqual(
        new RuntimeError(
          "Task <Task pending name='t' coro=<coroutine object> cb=[Task.task_wakeup()]> got Future <Future pending> " +
            "attached to a different loop",
        ),
      );
    });
    other.callSoon(() => future.setResult("usable"));
    expect(other.runUntilComplete(future)).toBe("usable");
    other.close();
  });

  it("cannot be gathered, or run by this loop", () => {
    const other = new VirtualTimeLoop();
    const future = other.createFuture();
    const error = new ValueError("The future belongs to a different loop than the one specified as the loop argument");
    expectUsableAfter(function* (loop) {
      expect(() => gather([future])).toThrow(error);
      expect(() => ensureFuture(future, { loop })).toThrow(error);
    });
    const loop = new EventLoop();
    expect(() => loop.runUntilComplete(future)).toThrow(error);
    loop.close();
    other.close();
  });
});
