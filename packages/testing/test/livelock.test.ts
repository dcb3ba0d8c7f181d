import {
  CancelledError,
  type Coroutine,
  createTask,
  getRunningLoop,
  RuntimeError,
  sleep,
  ValueError,
} from "@yieldstar/loop";
import { LivelockError, runVirtual, VirtualTimeLoop } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import { printed } from "../../../.ci/vitest/quiet.ts";

/** Like asyncio-throttle: it waits until more than a second has passed. */
function* throttle(): Coroutine {
  const loop = getRunningLoop();
  const end = loop.time() + 1;
  while (!(loop.time() > end)) yield* sleep(end - loop.time());
}

function caught(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("a program that spins on a virtual clock", () => {
  it("ends with a LivelockError that names the spinning tasks, and not the waiting ones", () => {
    let isCleanedUp = false;
    function* main(): Coroutine {
      const spinner = createTask(throttle(), { name: "spinner" });
      createTask(sleep(3600), { name: "sleeper" });
      try {
        yield* spinner;
      } finally {
        isCleanedUp = true;
      }
    }
    const error = caught(() => runVirtual(main()));
    expect(error).toBeInstanceOf(LivelockError);
    expect(error).toBeInstanceOf(RuntimeError);
    expect(String(error)).toBe(
      "LivelockError: the clock still shows 1.0 after 5000000 steps, because these are always ready:\n" +
        "  <Task pending name='spinner' coro=<coroutine object> cb=[Task.task_wakeup()]>\n" +
        "(hint: time passes only when all tasks wait: sleep longer than 0, or await the event that the program polls for; " +
        "`stepLimit` allows more)",
    );
    expect(isCleanedUp).toBe(true);
  });

  it("is reported with the first ten of many tasks", () => {
    function* main(): Coroutine {
      for (let count = 0; count < 1000; count += 1) createTask(throttle());
      yield* throttle();
    }
    const text = String(caught(() => runVirtual(main(), { stepLimit: 10_000 })));
    expect(text.match(/<Task pending/g)).toHaveLength(10);
    expect(text).toContain("\n  … and 991 more\n");
  });

  it("is reported when it yields values that cannot be awaited, again and again", () => {
    function* stubborn(): Coroutine {
      for (;;) {
        try {
          yield 5 as never;
        } catch {
          // It tries again.
        }
      }
    }
    const text = String(caught(() => runVirtual(stubborn(), { stepLimit: 1000 })));
    expect(text.match(/\n {2}<.*/g)).toEqual([expect.stringMatching(/<Task (pending|cancelling) name='Task-\d+' /)]);
    printed();
  });

  it("is reported with its callbacks when no task spins", () => {
    const loop = new VirtualTimeLoop({ stepLimit: 1000 });
    loop.callSoon(function again() {
      loop.callSoon(again);
    });
    expect(() => loop.advance(0)).toThrow(/^the clock still shows 0\.0 after 1000 steps, .*\n {2}<Handle again\(\)/);
    expect(() => loop.runForever()).toThrow(LivelockError);
    loop.close();
  });

  it("ends with a LivelockError if it spins on after it was cancelled", () => {
    function* stubborn(): Coroutine {
      for (;;) {
        try {
          yield* sleep(0);
        } catch (error) {
          if (!(error instanceof CancelledError)) throw error;
        }
      }
    }
    expect(() => runVirtual(stubborn(), { stepLimit: 1000 })).toThrow(LivelockError);
    expect(printed().map(([, text]) => String(text))).toEqual([
      expect.stringMatching(/^Task was destroyed but it is pending!\ntask: <Task cancelling /),
    ]);
  });
});

describe("a program that does much at one time", () => {
  function* busy(steps: number): Coroutine<string> {
    for (let count = 0; count < steps; count += 1) yield* sleep(0);
    return "done";
  }

  it("runs to its end", () => {
    expect(runVirtual(busy(1_000_000))).toBe("done");
  });

  it("may do much at each of many times, and in several runs", () => {
    function* main(): Coroutine<string> {
      for (let count = 0; count < 10; count += 1) {
        yield* busy(900);
        yield* sleep(1);
      }
      return "done";
    }
    expect(runVirtual(main(), { stepLimit: 1000 })).toBe("done");
    const loop = new VirtualTimeLoop({ stepLimit: 1000 });
    for (let count = 0; count < 3; count += 1) expect(loop.runUntilComplete(busy(900))).toBe("done");
    loop.close();
  });

  it("is not cut short when it ends just beyond the limit", () => {
    expect(runVirtual(busy(1050), { stepLimit: 1000 })).toBe("done");
  });

  it("refuses an invalid limit", () => {
    for (const stepLimit of ["1", null]) {
      expect(() => new VirtualTimeLoop({ stepLimit } as object)).toThrow(TypeError);
    }
    for (const stepLimit of [0, -1, NaN]) expect(() => new VirtualTimeLoop({ stepLimit })).toThrow(ValueError);
  });
});
