import {
  type Coroutine,
  EventLoop,
  getRunningLoop,
  newEventLoop,
  NodeHost,
  run,
  sleep,
  ValueError,
} from "@yieldstar/loop";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { printed } from "../../../.ci/vitest/quiet.ts";

const microsecond = 1e-6;

let loop: EventLoop;

beforeEach(() => {
  loop = newEventLoop();
});

afterEach(() => {
  loop.close();
});

describe("the clock", () => {
  it("never goes back", () => {
    const times = Array.from({ length: 1000 }, () => loop.time());
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it("is the same for every loop on it", () => {
    const before = new NodeHost().time();
    const now = loop.time();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(new EventLoop({ host: new NodeHost() }).time()).toBeGreaterThanOrEqual(now);
  });
});

describe("a timer", () => {
  it.each([-1, 0, 0.0004, 0.001, 0.0015, 0.0101])("does not fire early: %d s", async (delay) => {
    const fired = loop.createFuture<number>();
    const timer = loop.callLater(delay, () => fired.setResult(loop.time()));
    expect(await loop.runUntilComplete(fired)).toBeGreaterThan(timer.when() - microsecond);
  });

  it("fires in the order of the deadlines, and equal ones in the order they were set", async () => {
    const fired: string[] = [];
    const start = loop.time();
    loop.callAt(start + 0.012, () => fired.push("c"));
    loop.callAt(start + 0.004, () => fired.push("a1"));
    loop.callAt(start + 0.008, () => fired.push("b"));
    loop.callAt(start + 0.004, () => fired.push("a2"));
    await loop.runUntilComplete(sleep(0.02));
    expect(fired).toEqual(["a1", "a2", "b", "c"]);
  });

  it("fires before a timer that the loop waits for already", async () => {
    loop.callLater(3600, () => {});
    setTimeout(() => loop.callLater(0.001, () => loop.stop()), 2);
    await loop.runForever();
    expect(loop.isRunning()).toBe(false);
  });

  it.each([2 ** 31 / 1000, 2 ** 32 / 1000, 1e12, Number.MAX_VALUE, Infinity])(
    "works beyond Node's longest timeout: %d s",
    async (delay) => {
      let fired = false;
      loop.callLater(delay, () => (fired = true));
      setTimeout(() => loop.stop(), 5);
      await loop.runForever();
      expect(fired).toBe(false);
    },
  );

  it("that is cancelled does not fire", async () => {
    let fired = false;
    loop.callLater(0.002, () => (fired = true)).cancel();
    await loop.runUntilComplete(sleep(0.01));
    expect(fired).toBe(false);
  });
});

/** Never waits. It gives up after a number of iterations, since a time limit would depend on the machine. */
function* spinUntil(condition: () => boolean): Coroutine {
  for (let count = 0; count < 10_000_000 && !condition(); count += 1) yield* sleep(0);
}

describe("a loop that is always busy", () => {
  it("serves the host's immediates, and a timer within a few turns after it is due", async () => {
    const served: string[] = [];
    let due = Infinity;
    let turns = 0;
    const countTurns = (): void => {
      if (performance.now() > due) turns += 1;
      if (served.length < 2) setImmediate(countTurns);
    };
    const spin = function* (): Coroutine {
      setImmediate(countTurns);
      setImmediate(() => served.push("immediate"));
      setTimeout(() => served.push("timeout"), 1);
      due = performance.now() + 2; // Node counts whole milliseconds.
      yield* spinUntil(() => served.length === 2);
    };
    await loop.runUntilComplete(spin());
    expect(served.sort()).toEqual(["immediate", "timeout"]);
    expect(turns).toBeLessThan(5);
  });

  it("runs several iterations in one turn of the host", async () => {
    let turns = 0;
    let counting = true;
    const countTurns = (): void => {
      turns += 1;
      if (counting) setImmediate(countTurns);
    };
    const iterations = 2000;
    const spin = function* (): Coroutine {
      for (let count = 0; count < iterations; count++) yield* sleep(0);
    };
    setImmediate(countTurns);
    await loop.runUntilComplete(spin());
    counting = false;
    expect(turns).toBeLessThan(iterations);
  });

  it("runs as many iterations in a turn as its time allows", async () => {
    const iterationsOfTurn = function* (): Coroutine<number> {
      let isHostsTurn = false;
      setImmediate(() => (isHostsTurn = true));
      const hasHadTurn = (): boolean => isHostsTurn;
      let iterations = 0;
      for (; !hasHadTurn(); iterations++) yield* sleep(0);
      return iterations;
    };
    // The machine may stop the process in the middle of one turn, but not of each.
    const main = function* (): Coroutine<number> {
      let most = 0;
      for (let turn = 0; turn < 10; turn += 1) most = Math.max(most, yield* iterationsOfTurn());
      return most;
    };
    const loopFactory = (turnBudget: number) => () => new EventLoop({ turnBudget });
    expect(await run(main(), { loopFactory: loopFactory(0) })).toBeLessThan(3);
    expect(await run(main(), { loopFactory: loopFactory(0.02) })).toBeGreaterThan(100);
  });

  it("refuses a turn budget that is not a time", () => {
    expect(() => new EventLoop({ turnBudget: "1" as unknown as number })).toThrow(
      new TypeError("turnBudget must be a number of seconds, got '1'"),
    );
    for (const turnBudget of [-1, NaN]) expect(() => new EventLoop({ turnBudget })).toThrow(ValueError);
  });

  it("serves its own timers too", async () => {
    let fired = false;
    loop.callLater(0.002, () => (fired = true));
    await loop.runUntilComplete(spinUntil(() => fired));
    expect(fired).toBe(true);
  });
});

describe("a loop that waits", () => {
  const wakers: [string, (wake: () => void) => void][] = [
    ["a promise", (wake) => void Promise.resolve().then(wake)],
    ["an immediate", (wake) => setImmediate(wake)],
    ["a timeout", (wake) => setTimeout(wake, 2)],
    ["the next tick", (wake) => process.nextTick(wake)],
  ];

  it.each(wakers)("is woken by %s, without waiting for a distant timer", async (_name, schedule) => {
    const main = function* (): Coroutine<string> {
      const future = loop.createFuture<string>();
      schedule(() => future.setResult("woken"));
      return yield* future;
    };
    loop.callLater(3600, () => {});
    expect(await loop.runUntilComplete(main())).toBe("woken");
  });

  it.each(wakers)("is woken by %s, without any timer", async (_name, schedule) => {
    const main = function* (): Coroutine<string> {
      const future = loop.createFuture<string>();
      schedule(() => future.setResult("woken"));
      return yield* future;
    };
    expect(await loop.runUntilComplete(main())).toBe("woken");
  });

  it("runs the work that a host's callback schedules, in order", async () => {
    const events: string[] = [];
    setTimeout(() => {
      loop.callSoon(() => events.push("a"));
      loop.callLater(0, () => events.push("b"));
      loop.callSoonThreadsafe(() => events.push("c"));
      loop.callLater(0.001, () => loop.stop());
    }, 2);
    await loop.runForever();
    expect(events).toEqual(["a", "c", "b"]);
  });

  it("can be stopped by a host's callback", async () => {
    loop.callLater(3600, () => {});
    setTimeout(() => loop.stop(), 2);
    await loop.runForever();
    expect(loop.isRunning()).toBe(false);
  });

  it("may be one of many, without a warning of Node", async () => {
    const main = function* (): Coroutine<string> {
      const future = getRunningLoop().createFuture<string>();
      setTimeout(() => future.setResult("woken"), 5);
      return yield* future;
    };
    const runs = Array.from({ length: 12 }, () => run(main(), { loopFactory: newEventLoop }));
    expect(new Set(await Promise.all(runs))).toEqual(new Set(["woken"]));
    await new Promise((resolve) => setImmediate(resolve)); // Warnings come one turn late.
    expect(printed().map(([, warning]) => String(warning))).toEqual([]);
  });

  it("is woken by another loop", async () => {
    const other = newEventLoop();
    const answer = loop.createFuture<string>();
    const asker = function* (): Coroutine<string> {
      other.callSoon(() => answer.setResult("from the other"));
      return yield* answer;
    };
    loop.callLater(3600, () => {});
    const otherRun = other.runForever();
    expect(await loop.runUntilComplete(asker())).toBe("from the other");
    other.stop();
    await otherRun;
    other.close();
  });
});

describe("a loop that has run", () => {
  it("runs again, as often as it is asked to", async () => {
    for (let count = 0; count < 5; count++) {
      expect(await loop.runUntilComplete(sleep(0.001, count))).toBe(count);
    }
  });

  it("leaves its work for the next run when it is stopped", async () => {
    const task = loop.createTask(sleep(0.03, "result"));
    // The loop stops after the iteration that begins the sleep, however long that takes.
    loop.callSoon(() => loop.stop());
    await loop.runForever();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(task.done()).toBe(false);
    expect(await loop.runUntilComplete(task)).toBe("result");
  });

  it("does nothing between two runs", async () => {
    let called = false;
    await loop.runUntilComplete(sleep(0));
    loop.callSoon(() => (called = true));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(called).toBe(false);
    await loop.runUntilComplete(sleep(0));
    expect(called).toBe(true);
  });

  it("has left no listener on the process", async () => {
    const count = (): number[] => ["SIGINT", "beforeExit"].map((event) => process.listenerCount(event));
    const before = count();
    const main = function* (): Coroutine<number[]> {
      const future = loop.createFuture<number[]>();
      setTimeout(() => future.setResult(count()), 2);
      return yield* future;
    };
    const during = await run(main(), { loopFactory: () => loop });
    expect(during.map((each, index) => each - (before[index] ?? 0))).toEqual([1, 1]);
    expect(count()).toEqual(before);
  });
});
