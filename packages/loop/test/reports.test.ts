import { format, inspect } from "node:util";
import {
  type BaseEventLoop,
  type Coroutine,
  createTask,
  EventLoop,
  type ExceptionContext,
  getRunningLoop,
  KeyboardInterrupt,
  sleep,
  ValueError,
} from "@yieldstar/loop";
import { runVirtual, VirtualTimeLoop } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import { printed } from "../../../.ci/vitest/quiet.ts";
import { expectUsableAfter } from "./usable.ts";

const error = new ValueError("boom");

function boom(): never {
  throw error;
}

function* failing(): Coroutine {
  boom();
}

describe("a callback that throws", () => {
  it("is reported to the console, and those after it run", () => {
    const ran: string[] = [];
    expectUsableAfter(function* (loop) {
      loop.callSoon(boom);
      loop.callSoon(() => ran.push("next"));
      yield* sleep(0);
      expect(printed()).toEqual([["error", "Exception in callback boom()\nhandle: <Handle boom()>", error]]);
    });
    expect(ran).toEqual(["next"]);
  });

  it("is reported with its handle", () => {
    const contexts: ExceptionContext[] = [];
    expectUsableAfter(function* (loop) {
      loop.setExceptionHandler((_loop, context) => contexts.push(context));
      const handles = [loop.callSoon(boom), loop.callLater(1, boom)];
      yield* sleep(2);
      expect(contexts).toEqual(
        handles.map((handle) => ({ message: "Exception in callback boom()", exception: error, handle })),
      );
    });
  });

  it("is reported when it was added to a future, and the others are called", () => {
    const called: string[] = [];
    expectUsableAfter(function* (loop) {
      const future = loop.createFuture<number>();
      future.addDoneCallback(boom);
      future.addDoneCallback(() => called.push("second"));
      future.setResult(1);
      yield* sleep(0);
      expect(printed()).toEqual([["error", "Exception in callback boom()\nhandle: <Handle boom()>", error]]);
      expect(called).toEqual(["second"]);
    });
  });
});

describe("an exception handler that throws", () => {
  it("is reported together with the original report", () => {
    const broken = new Error("broken handler");
    expectUsableAfter(function* (loop) {
      loop.setExceptionHandler(() => {
        throw broken;
      });
      loop.callSoon(boom);
      yield* sleep(0);
      loop.setExceptionHandler(undefined);
    });
    expect(printed()).toEqual([
      ["error", expect.stringMatching(/^Unhandled error in exception handler\ncontext: /), broken],
    ]);
  });

  it("shows the first error too", () => {
    expectUsableAfter(function* (loop) {
      loop.setExceptionHandler(() => {
        throw new Error("broken handler");
      });
      loop.callSoon(boom);
      yield* sleep(0);
      loop.setExceptionHandler(undefined);
    });
    const [call] = printed();
    expect(String(call?.[1])).toContain("boom");
  });

  it("may throw KeyboardInterrupt out of the loop", () => {
    const loop = new VirtualTimeLoop();
    const interrupt = new KeyboardInterrupt();
    loop.setExceptionHandler(() => {
      throw interrupt;
    });
    loop.callSoon(boom);
    expect(() => loop.runForever()).toThrow(interrupt);
    loop.close();
  });
});

describe("an exception that is never retrieved", () => {
  const report = (kind: string, text: string): unknown[] => [
    ["error", `${kind} exception was never retrieved\nfuture: ${text}`, error],
  ];

  it("of a task is reported with the task when the loop closes", () => {
    const main = function* (): Coroutine<string> {
      createTask(failing(), { name: "t" });
      yield* sleep(1);
      return "main's result";
    };
    expect(runVirtual(main())).toBe("main's result");
    expect(printed()).toEqual(
      report("Task", "<Task finished name='t' coro=<coroutine object> exception=ValueError('boom')>"),
    );
  });

  it("of a future is reported with the future when the loop closes", () => {
    const loop = new VirtualTimeLoop();
    loop.createFuture().setException(error);
    expect(printed()).toEqual([]);
    loop.close();
    expect(printed()).toEqual(report("Future", "<Future finished exception=ValueError('boom')>"));
  });

  it("is reported once", () => {
    const loop = new EventLoop();
    loop.createFuture().setException(error);
    loop.close();
    loop.close();
    expect(printed()).toHaveLength(1);
  });

  it("is reported to the exception handler", () => {
    const contexts: ExceptionContext[] = [];
    const loop = new VirtualTimeLoop();
    loop.setExceptionHandler((_loop, context) => contexts.push(context));
    const future = loop.createFuture();
    future.setException(error);
    loop.close();
    expect(contexts.map(({ message }) => message)).toEqual(["Future exception was never retrieved"]);
    expect(contexts[0]?.exception).toBe(error);
    expect(contexts[0]?.future).toBe(future);
  });

  it("is reported in the order in which they failed", () => {
    const loop = new VirtualTimeLoop();
    const failures = ["a", "b", "c"].map((text) => new Error(text));
    for (const failure of failures) loop.createFuture().setException(failure);
    loop.close();
    expect(printed().map(([, , exception]) => exception)).toEqual(failures);
  });

  const retrievals: [string, (loop: BaseEventLoop) => Coroutine][] = [
    [
      "result()",
      function* () {
        const task = createTask(failing());
        yield* sleep(0);
        expect(() => task.result()).toThrow(error);
      },
    ],
    [
      "exception()",
      function* () {
        const task = createTask(failing());
        yield* sleep(0);
        expect(task.exception()).toBe(error);
      },
    ],
    [
      "an await",
      function* () {
        try {
          yield* createTask(failing());
        } catch {}
      },
    ],
    [
      "cancel(), though it is too late",
      function* () {
        const task = createTask(failing());
        yield* sleep(0);
        expect(task.cancel()).toBe(false);
      },
    ],
  ];

  it.each(retrievals)("is not reported after %s", (_name, retrieve) => {
    expectUsableAfter(retrieve);
    expect(printed()).toEqual([]);
  });
});

describe("a task that is pending when its loop closes", () => {
  it("is reported with the future that it awaits", () => {
    const loop = new VirtualTimeLoop();
    loop.createTask(sleep(5), { name: "t" });
    loop.advance(1);
    loop.close();
    expect(printed()).toEqual([
      [
        "error",
        "Task was destroyed but it is pending!\n" +
          "task: <Task pending name='t' coro=<coroutine object sleep> wait_for=<Future pending cb=[Task.task_wakeup()]>>",
      ],
    ]);
  });
});

describe("a slow step, in debug mode", () => {
  it("is warned about", () => {
    class SlowClock extends VirtualTimeLoop {
      offset = 0;
      override time(): number {
        return super.time() + this.offset;
      }
    }
    const loop = new SlowClock();
    loop.setDebug(true);
    loop.slowCallbackDuration = 0.5;
    loop.callSoon(function quick() {
      loop.offset += 0.4;
    });
    loop.callSoon(function slow() {
      loop.offset += 0.5;
    });
    loop.advance(0);
    loop.setDebug(false);
    loop.callSoon(() => (loop.offset += 0.5));
    loop.advance(0);
    loop.close();
    expect(printed()).toEqual([["warn", expect.stringMatching(/^Executing <Handle slow\(\).*> took 0\.500 seconds$/)]]);
  });
});

describe("the default exception handler", () => {
  it("prints the other keys on lines, sorted by name", () => {
    runVirtual(
      (function* (): Coroutine {
        getRunningLoop().callExceptionHandler({ message: "text", zebra: "it's", apple: [1, undefined] });
        getRunningLoop().callExceptionHandler({ message: "" });
      })(),
    );
    expect(printed()).toEqual([
      ["error", `text\napple: [1, None]\nzebra: "it's"`],
      ["error", "Unhandled exception in event loop"],
    ]);
  });

  it("prints everything but the exception when the console cannot show that", () => {
    class Bad extends Error {
      [inspect.custom](): never {
        throw new TypeError("inspect failed");
      }
    }
    const told: string[] = [];
    const { error: original } = console;
    console.error = (...args) => told.push(format(...args));
    const loop = new VirtualTimeLoop();
    const throwing = (): never => {
      throw new Bad("lost");
    };
    try {
      loop.callSoon(throwing);
      loop.advance(0);
      loop.setExceptionHandler(throwing);
      loop.callExceptionHandler({ message: "text" });
      loop.defaultExceptionHandler = throwing;
      loop.setExceptionHandler(undefined);
      loop.callExceptionHandler({ message: "text" });
    } finally {
      console.error = original;
    }
    const unprintable = "<unprintable Bad object>";
    expect(told).toEqual([
      `Exception in callback throwing()\nhandle: <Handle throwing()> ${unprintable}`,
      `Unhandled error in exception handler\ncontext: {'message': 'text'} ${unprintable}`,
      `Exception in default exception handler ${unprintable}`,
    ]);
  });
});
