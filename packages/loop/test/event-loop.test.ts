import {
  allTasks,
  type BaseEventLoop,
  type Coroutine,
  createTask,
  currentTask,
  EventLoop,
  getEventLoop,
  getRunningLoop,
  KeyboardInterrupt,
  newEventLoop,
  RuntimeError,
  setEventLoop,
  sleep,
  VirtualHost,
} from "@yieldstar/loop";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let loop: EventLoop;

beforeEach(() => {
  loop = new EventLoop({ host: new VirtualHost() });
});

afterEach(() => {
  loop.close();
});

function* failing(error: Error): Coroutine {
  yield* sleep(1);
  throw error;
}

describe("runUntilComplete", () => {
  it("gives the result in a promise, and the loop runs until it settles", async () => {
    const promise = loop.runUntilComplete(sleep(1, "result"));
    expect(promise).toBeInstanceOf(Promise);
    expect(loop.isRunning()).toBe(true);
    expect(await promise).toBe("result");
    expect(loop.isRunning()).toBe(false);
  });

  it("runs nothing before the caller has returned to the host", async () => {
    const events: string[] = [];
    const main = function* (): Coroutine {
      events.push("step");
    };
    const promise = loop.runUntilComplete(main());
    events.push("returned");
    await promise;
    expect(events).toEqual(["returned", "step"]);
  });

  it("rejects with the very error that the coroutine throws", async () => {
    const error = new RangeError("boom");
    await expect(loop.runUntilComplete(failing(error))).rejects.toBe(error);
    expect(await loop.runUntilComplete(sleep(0, "usable"))).toBe("usable");
  });

  it("rejects when the loop is stopped before", async () => {
    const task = loop.createTask(sleep(5, "late"));
    loop.callLater(1, () => loop.stop());
    await expect(loop.runUntilComplete(task)).rejects.toEqual(
      new RuntimeError("Event loop stopped before Future completed."),
    );
    expect(await loop.runUntilComplete(task)).toBe("late");
  });

  it("rejects with a KeyboardInterrupt of any origin, and the loop can run on", async () => {
    const events: string[] = [];
    const interrupt = new KeyboardInterrupt();
    loop.callSoon(() => {
      throw interrupt;
    });
    loop.callSoon(() => events.push("left over"));
    const task = loop.createTask(sleep(1, "result"));
    await expect(loop.runUntilComplete(task)).rejects.toBe(interrupt);
    expect(loop.isRunning()).toBe(false);
    expect(events).toEqual([]);
    expect(await loop.runUntilComplete(task)).toBe("result");
    expect(events).toEqual(["left over"]);
  });
});

describe("runForever", () => {
  it("runs until it is stopped", async () => {
    const events: string[] = [];
    loop.callLater(1, () => events.push("a"));
    loop.callLater(2, () => loop.stop());
    loop.callLater(3, () => events.push("b"));
    expect(await loop.runForever()).toBeUndefined();
    expect(events).toEqual(["a"]);
    loop.callLater(2, () => loop.stop());
    await loop.runForever();
    expect(events).toEqual(["a", "b"]);
  });

  it("runs one iteration when it was stopped before", async () => {
    const events: string[] = [];
    loop.callSoon(() => {
      events.push("first");
      loop.callSoon(() => events.push("second"));
    });
    loop.stop();
    await loop.runForever();
    expect(events).toEqual(["first"]);
  });
});

describe("a loop that is running", () => {
  const running = new RuntimeError("This event loop is already running");

  it("refuses another run at the call", async () => {
    const promise = loop.runUntilComplete(sleep(1, "result"));
    const second = sleep(1, "second");
    expect(() => loop.runForever()).toThrow(running);
    expect(() => loop.runUntilComplete(second)).toThrow(running);
    expect(allTasks(loop).size).toBe(1);
    expect(await promise).toBe("result");
    expect(await loop.runUntilComplete(second)).toBe("second");
  });

  it("refuses another run, and to be closed, from inside at the call", async () => {
    const main = function* (): Coroutine {
      expect(() => loop.runForever()).toThrow(running);
      expect(() => loop.runUntilComplete(sleep(1))).toThrow(running);
      expect(() => loop.close()).toThrow(new RuntimeError("Cannot close a running event loop"));
    };
    await expect(loop.runUntilComplete(main())).resolves.toBeUndefined();
  });

  it("refuses to be closed by the host", async () => {
    const promise = loop.runUntilComplete(sleep(1, "result"));
    expect(() => loop.close()).toThrow(new RuntimeError("Cannot close a running event loop"));
    expect(await promise).toBe("result");
  });

  it("refuses to let another loop run inside a step", async () => {
    const other = new EventLoop({ host: new VirtualHost() });
    const nested = new RuntimeError("Cannot run the event loop while another loop is running");
    const main = function* (): Coroutine {
      expect(() => other.runForever()).toThrow(nested);
      expect(() => other.runUntilComplete(sleep(1))).toThrow(nested);
    };
    await loop.runUntilComplete(main());
    expect(allTasks(other).size).toBe(0);
    other.close();
  });
});

describe("two loops on one thread", () => {
  it("take turns, each the running loop of its own steps", async () => {
    const other = new EventLoop({ host: new VirtualHost() });
    const events: string[] = [];
    const worker = function* (name: string, own: BaseEventLoop, foreign: BaseEventLoop): Coroutine<string> {
      for (let turn = 1; turn <= 3; turn++) {
        events.push(`${name}${turn}`);
        expect(getRunningLoop()).toBe(own);
        expect(currentTask()).toBe(currentTask(own));
        expect(currentTask(foreign)).toBeUndefined();
        yield* sleep(1);
      }
      return name;
    };
    const names = [loop.runUntilComplete(worker("a", loop, other)), other.runUntilComplete(worker("b", other, loop))];
    expect(await Promise.all(names)).toEqual(["a", "b"]);
    expect(events).toEqual(["a1", "b1", "a2", "b2", "a3", "b3"]);
    other.close();
  });
});

describe("outside of every loop", () => {
  it("there is no running loop, and no current task", () => {
    const none = new RuntimeError("no running event loop (hint: call it inside a coroutine)");
    expect(() => getRunningLoop()).toThrow(none);
    expect(() => currentTask()).toThrow(none);
    expect(() => allTasks()).toThrow(none);
    expect(() => createTask(sleep(1))).toThrow(none);
    expect(currentTask(loop)).toBeUndefined();
    expect(allTasks(loop)).toEqual(new Set());
  });

  it("there is none in the host's callbacks while a loop waits", async () => {
    const promise = loop.runUntilComplete(sleep(1));
    await Promise.resolve();
    expect(loop.isRunning()).toBe(true);
    expect(() => getRunningLoop()).toThrow("no running event loop");
    await promise;
  });

  it("getEventLoop returns the loop that was set, and never makes one", () => {
    const none = new RuntimeError("There is no current event loop in thread 'MainThread'.");
    expect(() => getEventLoop()).toThrow(none);
    setEventLoop(loop);
    expect(getEventLoop()).toBe(loop);
    setEventLoop(undefined);
    expect(() => getEventLoop()).toThrow(none);
  });

  it("getEventLoop returns the running loop even if another is set", async () => {
    const other = newEventLoop();
    setEventLoop(other);
    const main = function* (): Coroutine<BaseEventLoop> {
      return getEventLoop();
    };
    expect(await loop.runUntilComplete(main())).toBe(loop);
    expect(getEventLoop()).toBe(other);
    setEventLoop(undefined);
    other.close();
  });
});

describe("scheduling from outside", () => {
  it("runs in the order of the calls", async () => {
    const events: string[] = [];
    loop.callSoon(() => events.push("a"));
    loop.callSoonThreadsafe(() => events.push("b"));
    loop.createTask(
      (function* (): Coroutine {
        events.push("c");
      })(),
    );
    loop.callSoon(() => loop.stop());
    await loop.runForever();
    expect(events).toEqual(["a", "b", "c"]);
  });
});

describe("a turn", () => {
  it("ends soon after its budget is used up, however quick the steps were until then", async () => {
    const host = new (class extends VirtualHost {
      turns = 0;
      busy = 0;

      override time(): number {
        return super.time() + this.busy;
      }

      override requestTurn(turn: () => void): void {
        super.requestTurn(() => {
          this.turns += 1;
          turn();
        });
      }
    })();
    const slowSteps: number[] = [];
    function* main(): Coroutine {
      for (let quick = 0; quick < 100; quick += 1) yield;
      for (let slow = 0; slow < 50; slow += 1) {
        host.busy += 0.005;
        slowSteps[host.turns] = (slowSteps[host.turns] ?? 0) + 1;
        yield;
      }
    }
    loop = new EventLoop({ host, turnBudget: 0.001 });
    await loop.runUntilComplete(main());
    expect(Math.max(...slowSteps.filter(Boolean))).toBeLessThanOrEqual(8);
  });
});
