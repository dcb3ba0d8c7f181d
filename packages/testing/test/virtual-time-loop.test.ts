import {
  type Coroutine,
  createTask,
  currentTask,
  DeadlockError,
  getRunningLoop,
  KeyboardInterrupt,
  RuntimeError,
  sleep,
  ValueError,
  repr,
} from "@yieldstar/loop";
import { VirtualTimeLoop } from "@yieldstar/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { printed } from "../../../.ci/vitest/quiet.ts";

let loop: VirtualTimeLoop;
let events: string[];

beforeEach(() => {
  loop = new VirtualTimeLoop();
  events = [];
});

afterEach(() => {
  loop.close();
});

/** Makes a callback that records its name and the time. */
function note(name: string): () => void {
  return () => events.push(`${name} ${loop.time()}`);
}

function* ticker(count: number): Coroutine {
  for (let tick = 1; tick <= count; tick++) {
    note(`tick ${tick}`)();
    yield* sleep(1);
  }
}

describe("its clock", () => {
  it("starts at 0, and does not move by itself", async () => {
    expect(loop.time()).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect(loop.time()).toBe(0);
  });

  it("jumps to each timer's own time", () => {
    loop.callLater(0.1, note("a"));
    loop.callLater(0.3, note("b"));
    loop.callAt(1e9, note("c"));
    loop.callAt(1e9, () => loop.stop());
    loop.runForever();
    expect(events).toEqual(["a 0.1", "b 0.3", "c 1000000000"]);
  });

  it("does not move while something is ready", () => {
    loop.callLater(1, note("timer"));
    const spin = function* (): Coroutine {
      for (let count = 0; count < 1000; count++) yield* sleep(0);
      note("spun")();
      yield* sleep(2);
    };
    loop.runUntilComplete(spin());
    expect(events).toEqual(["spun 0", "timer 1"]);
  });

  it("never goes back for a timer of the past", () => {
    loop.advance(5);
    loop.callAt(1, note("late"));
    loop.advance(0);
    expect(events).toEqual(["late 5"]);
  });

  it("counts times that are nearer than a nanosecond as one", () => {
    loop.callAt(1, note("a"));
    loop.callAt(1 + 1e-10, note("b"));
    loop.callAt(1 + 1e-8, note("c"));
    loop.advance(1);
    expect(events).toEqual(["a 1", "b 1"]);
    loop.advance(1);
    expect(events).toHaveLength(3);
  });
});

describe("runUntilComplete", () => {
  it("is synchronous", () => {
    expect(loop.runUntilComplete(sleep(3600, "result"))).toBe("result");
    expect(loop.time()).toBe(3600);
    expect(loop.isRunning()).toBe(false);
  });

  it("throws what the coroutine throws", () => {
    const error = new ValueError("boom");
    const main = function* (): Coroutine {
      yield* sleep(1);
      throw error;
    };
    expect(() => loop.runUntilComplete(main())).toThrow(error);
    expect(loop.runUntilComplete(sleep(1, "usable"))).toBe("usable");
  });

  it("leaves unfinished tasks for the next run", () => {
    const task = loop.createTask(ticker(3));
    loop.runUntilComplete(sleep(1.5));
    expect(events).toEqual(["tick 1 0", "tick 2 1"]);
    loop.runUntilComplete(task);
    expect(events).toEqual(["tick 1 0", "tick 2 1", "tick 3 2"]);
  });

  it("throws when the loop is stopped before", () => {
    loop.callLater(1, () => loop.stop());
    const task = loop.createTask(sleep(5, "late"));
    expect(() => loop.runUntilComplete(task)).toThrow(new RuntimeError("Event loop stopped before Future completed."));
    expect(loop.runUntilComplete(task)).toBe("late");
  });
});

describe("advance", () => {
  it("runs everything that becomes due, each at its own time, and then stops at the end", () => {
    loop.createTask(ticker(5));
    loop.advance(2.5);
    expect(events).toEqual(["tick 1 0", "tick 2 1", "tick 3 2"]);
    expect(loop.time()).toBe(2.5);
    loop.advance(10);
    expect(loop.time()).toBe(12.5);
  });

  it("runs timers that are due exactly at the end, and the work that follows from them", () => {
    const future = loop.createFuture<string>();
    const waiter = function* (): Coroutine {
      note(yield* future)();
    };
    loop.createTask(waiter());
    loop.callLater(1, () => future.setResult("woken"));
    loop.advance(1);
    expect(events).toEqual(["woken 1"]);
  });

  it("by 0 runs the ready work, and nothing else", () => {
    loop.callSoon(note("ready"));
    loop.callLater(0, note("due"));
    loop.callLater(1, note("later"));
    loop.advance(0);
    expect(events).toEqual(["ready 0", "due 0"]);
  });

  it("with nothing to do only moves the clock", () => {
    loop.advance(5);
    expect(loop.time()).toBe(5);
  });

  it("ends early when the loop is stopped, and goes on from there", () => {
    loop.createTask(ticker(3));
    loop.callLater(1.5, () => loop.stop());
    loop.advance(10);
    expect(loop.time()).toBe(1.5);
    expect(events).toHaveLength(2);
    loop.advance(10);
    expect(loop.time()).toBe(11.5);
    expect(events).toEqual(["tick 1 0", "tick 2 1", "tick 3 2"]);
  });

  it("throws errors that leave the loop, and can be called again", () => {
    const interrupt = new KeyboardInterrupt();
    loop.callLater(1, () => {
      throw interrupt;
    });
    loop.callLater(2, note("later"));
    expect(() => loop.advance(5)).toThrow(interrupt);
    expect(loop.isRunning()).toBe(false);
    loop.advance(5);
    expect(events).toEqual(["later 2"]);
  });

  it.each([-1, NaN, Infinity, undefined, "1"])("refuses %s seconds", (seconds) => {
    const error = new ValueError(`\`seconds\` must be a finite number >= 0, got ${repr(seconds)}`);
    expect(() => loop.advance(seconds as number)).toThrow(error);
    expect(loop.time()).toBe(0);
  });

  it("is refused inside a step", () => {
    const main = function* (): Coroutine {
      expect(() => loop.advance(1)).toThrow(new RuntimeError("This event loop is already running"));
      expect(() => new VirtualTimeLoop().advance(1)).toThrow(
        new RuntimeError("Cannot run the event loop while another loop is running"),
      );
      note("refused")();
    };
    loop.runUntilComplete(main());
    expect(events).toEqual(["refused 0"]);
  });

  it("is refused when the loop is closed", () => {
    loop.close();
    const closed = new RuntimeError("Event loop is closed");
    expect(() => loop.advance(1)).toThrow(closed);
    expect(() => loop.runForever()).toThrow(closed);
    expect(() => loop.runUntilComplete(sleep(1))).toThrow(closed);
  });
});

describe("a deadlock", () => {
  it("is reported with each pending task and the future it awaits", () => {
    const [plain, shared] = [loop.createFuture(), loop.createFuture()];
    const waitFor = function* (future: typeof plain): Coroutine {
      yield* future;
    };
    const first = loop.createTask(waitFor(plain), { name: "first" });
    loop.createTask(waitFor(shared), { name: "second" });
    loop.createTask(waitFor(shared), { name: "third" });
    loop.createTask(sleep(Infinity), { name: "sleeper" });
    loop.createTask(sleep(1), { name: "not pending" });
    let thrown: unknown;
    try {
      loop.runUntilComplete(first);
    } catch (error) {
      thrown = error;
    }
    expect(loop.time()).toBe(1);
    expect(thrown).toBeInstanceOf(DeadlockError);
    expect((thrown as DeadlockError).message.split("\n")).toEqual([
      "nothing is ready and no timer is set, but these tasks are pending:",
      expect.stringMatching(/^ {2}<Task pending name='first' .*wait_for=<Future pending /),
      expect.stringMatching(/^ {2}<Task pending name='second' .*wait_for=<Future pending /),
      expect.stringMatching(/^ {2}<Task pending name='third' .*wait_for=<Future pending /),
      expect.stringMatching(/^ {2}<Task pending name='sleeper' .*wait_for=<Future pending /),
      expect.stringMatching(/^\(hint: debug mode /),
    ]);
    loop.setExceptionHandler(() => {});
  });

  it("can be resolved from outside, and the loop runs on", () => {
    const future = loop.createFuture<string>();
    expect(() => loop.runUntilComplete(future)).toThrow(DeadlockError);
    future.setResult("resolved");
    expect(loop.runUntilComplete(future)).toBe("resolved");
  });

  it("does not happen when a cancelled timer was all there was", () => {
    loop.callLater(5, note("cancelled")).cancel();
    expect(() => loop.runForever()).toThrow(DeadlockError);
    expect(loop.time()).toBe(0);
  });

  it("does not happen in advance, which may be called again", () => {
    loop.createTask(sleep(Infinity)).cancel();
    loop.advance(1);
    expect(loop.time()).toBe(1);
  });
});

describe("an endless sleep", () => {
  it("sets no timer: the clock does not jump to Infinity", () => {
    const task = loop.createTask(sleep(Infinity));
    loop.callLater(Infinity, note("never"));
    loop.advance(1e6);
    expect(() => loop.runForever()).toThrow(DeadlockError);
    expect(loop.time()).toBe(1e6);
    task.cancel();
    loop.advance(0);
    expect(task.cancelled()).toBe(true);
  });
});

describe("close()", () => {
  it("reports pending tasks", () => {
    loop.createTask(sleep(5), { name: "left" });
    loop.advance(1);
    loop.close();
    expect(printed()).toEqual([
      ["error", expect.stringMatching(/^Task was destroyed but it is pending!\ntask: <Task pending name='left' /)],
    ]);
  });

  it("drops callbacks and timers", () => {
    loop.callSoon(note("soon"));
    loop.callLater(1, note("later"));
    loop.close();
    expect(events).toEqual([]);
  });
});

describe("its steps", () => {
  it("run under its own name", () => {
    const main = function* (): Coroutine<unknown[]> {
      return [getRunningLoop(), currentTask()?.getLoop(), createTask(sleep(0)).getLoop()];
    };
    expect(loop.runUntilComplete(main())).toEqual([loop, loop, loop]);
    loop.advance(0);
  });
});
