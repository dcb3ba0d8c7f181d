import { inspect } from "node:util";
import {
  type BaseEventLoop,
  CancelledError,
  type Coroutine,
  createTask,
  currentTask,
  DeadlockError,
  fromPromise,
  getRunningLoop,
  KeyboardInterrupt,
  RuntimeError,
  sleep,
  SystemExit,
  ValueError,
} from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { printed } from "../../../.ci/vitest/quiet.ts";

let events: string[];
let loop: BaseEventLoop | undefined;

beforeEach(() => {
  events = [];
  loop = undefined;
});

/** Cleans up slowly when it is cancelled. */
function* worker(): Coroutine {
  try {
    yield* sleep(100);
  } catch (error) {
    if (!(error instanceof CancelledError)) throw error;
    events.push("cleaning up");
    yield* sleep(1);
    events.push("cleaned up");
    throw error;
  }
}

/** Starts a worker, lets it begin, and then runs `end`. */
function* program<T>(end: () => Coroutine<T>): Coroutine<T> {
  loop = getRunningLoop();
  createTask(worker(), { name: "worker" });
  yield* sleep(1);
  return yield* end();
}

/** The tasks left behind must have been cancelled and awaited, and the loop closed. */
function expectClosedDown(): void {
  expect(events).toEqual(["cleaning up", "cleaned up"]);
  expect(loop?.isClosed()).toBe(true);
}

describe("runVirtual", () => {
  it("returns the result, synchronously", () => {
    const clock = function* (): Coroutine<number[]> {
      const before = getRunningLoop().time();
      yield* sleep(3600);
      return [before, getRunningLoop().time()];
    };
    expect(runVirtual(clock())).toEqual([0, 3600]);
  });

  it("cancels and awaits the tasks that are left", () => {
    expect(runVirtual(program(() => sleep(0, "result")))).toBe("result");
    expectClosedDown();
  });

  it("throws the very exception of main", () => {
    const error = new ValueError("boom");
    const fail = function* (): Coroutine {
      throw error;
    };
    expect(() => runVirtual(program(fail))).toThrow(error);
    expectClosedDown();
  });

  it("throws CancelledError when main is cancelled", () => {
    const cancel = function* (): Coroutine {
      currentTask()?.cancel("enough");
      yield* sleep(1);
    };
    expect(() => runVirtual(program(cancel))).toThrow(new CancelledError("enough"));
    expectClosedDown();
  });

  it.each([new KeyboardInterrupt(), new SystemExit(3)])("cleans up after $name in main", (interrupt) => {
    const fail = function* (): Coroutine {
      throw interrupt;
    };
    expect(() => runVirtual(program(fail))).toThrow(interrupt);
    expectClosedDown();
  });

  it("cleans up after KeyboardInterrupt in a callback, main included", () => {
    const interrupt = new KeyboardInterrupt();
    const fail = function* (): Coroutine {
      getRunningLoop().callSoon(() => {
        throw interrupt;
      });
      try {
        yield* sleep(50);
      } finally {
        events.push("main is cancelled");
      }
    };
    expect(() => runVirtual(program(fail))).toThrow(interrupt);
    expect(events).toEqual(["main is cancelled", "cleaning up", "cleaned up"]);
    expect(loop?.isClosed()).toBe(true);
  });

  it("cleans up after a deadlock", () => {
    const main = function* (): Coroutine {
      loop = getRunningLoop();
      const task = createTask(
        (function* (): Coroutine {
          try {
            yield* getRunningLoop().createFuture();
          } finally {
            events.push("cleaning up");
            yield* sleep(1);
            events.push("cleaned up");
          }
        })(),
        { name: "waiter" },
      );
      yield* task;
    };
    expect(() => runVirtual(main())).toThrow(DeadlockError);
    expectClosedDown();
  });

  it("says that no promise settles in it, when a task awaits one", () => {
    const wait = function* (): Coroutine {
      yield* fromPromise(Promise.resolve());
    };
    const hint = "(hint: runVirtual is synchronous, so no promise settles in it: use run or toPromise)";
    expect(() => runVirtual(wait())).toThrow(hint);
    const waitForTask = function* (): Coroutine {
      yield* createTask(wait());
    };
    expect(() => runVirtual(waitForTask())).toThrow(hint);
    const stuck = function* (): Coroutine {
      yield* getRunningLoop().createFuture<void>();
    };
    expect(() => runVirtual(stuck())).not.toThrow(hint);
  });

  it("names itself in the hint of a deadlock's message", () => {
    const stuck = function* (): Coroutine {
      yield* getRunningLoop().createFuture<void>();
    };
    expect(() => runVirtual(stuck())).toThrow("or runVirtual(main(), { debug: true }))");
    expect(() => runVirtual(stuck())).not.toThrow("or run(");
  });

  it("cleans up after stop()", () => {
    const stop = function* (): Coroutine {
      getRunningLoop().stop();
      yield* sleep(50);
    };
    expect(() => runVirtual(program(stop))).toThrow(new RuntimeError("Event loop stopped before Future completed."));
    expectClosedDown();
  });

  it("reports errors of tasks that it cancels, and still gives the result", () => {
    const error = new ValueError("in cleanup");
    const failing = function* (): Coroutine {
      try {
        yield* sleep(100);
      } catch {
        throw error;
      }
    };
    const main = function* (): Coroutine<string> {
      createTask(failing(), { name: "t" });
      yield* sleep(1);
      return "result";
    };
    expect(runVirtual(main())).toBe("result");
    expect(printed()).toEqual([
      [
        "error",
        expect.stringMatching(/^unhandled exception during asyncio.run\(\) shutdown\ntask: <Task finished name='t' /),
        error,
      ],
    ]);
  });

  describe("with a task left that can never end", () => {
    const stubborn = function* (): Coroutine {
      try {
        yield* sleep(100);
      } catch {
        yield* getRunningLoop().createFuture();
      }
    };
    const main = function* (error?: Error): Coroutine {
      createTask(stubborn(), { name: "stubborn" });
      yield* sleep(1);
      if (error !== undefined) throw error;
    };

    it("names that task", () => {
      expect(() => runVirtual(main())).toThrow(/these tasks are pending:\n +<Task cancelling name='stubborn' /);
      expect(printed()).toHaveLength(1);
    });

    it("does not lose the exception of main", () => {
      let thrown: unknown;
      try {
        runVirtual(main(new ValueError("boom")));
      } catch (error) {
        thrown = error;
      }
      const shown = [inspect(thrown), ...printed().flat().map(String)].join("\n");
      expect(shown).toContain("stubborn");
      expect(shown).toContain("boom");
    });
  });

  it.each([true, false])("switches debug mode: %s", (debug) => {
    const main = function* (): Coroutine<boolean> {
      return getRunningLoop().getDebug();
    };
    expect(runVirtual(main(), { debug })).toBe(debug);
  });

  it("can be called again and again, each time on a new clock", () => {
    const main = function* (): Coroutine<number> {
      yield* sleep(1);
      return getRunningLoop().time();
    };
    expect([runVirtual(main()), runVirtual(main())]).toEqual([1, 1]);
  });

  it("refuses a value that is not a coroutine", () => {
    // @ts-expect-error The call is missing.
    expect(() => runVirtual(worker)).toThrow(
      new TypeError("a coroutine was expected, got <function worker> (hint: call it: worker())"),
    );
    expect(runVirtual(sleep(1, "usable"))).toBe("usable");
  });
});
