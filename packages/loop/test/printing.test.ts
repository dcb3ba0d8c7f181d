import { inspect } from "node:util";
import {
  abortOnCancel,
  asCompleted,
  asyncWith,
  CancelledError,
  Context,
  ContextVar,
  type Coroutine,
  createTask,
  DeadlockError,
  EventLoop,
  fromPromise,
  Future,
  getRunningLoop,
  KeyboardInterrupt,
  Runner,
  sleep,
  SystemExit,
  toPromise,
  ValueError,
} from "@yieldstar/loop";
import { runVirtual, VirtualTimeLoop } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";

/** `String()` and `console.log`, alone and inside an object, must show the same text. */
function shown(value: object): string {
  const text = String(value);
  expect(inspect(value)).toBe(text);
  expect(inspect({ value }, { breakLength: Infinity })).toBe(`{ value: ${text} }`);
  return text;
}

/** Runs `body` in a task and returns its result. */
function inTask<T>(body: (loop: VirtualTimeLoop) => Coroutine<T>): T {
  const loop = new VirtualTimeLoop();
  try {
    return loop.runUntilComplete(body(loop));
  } finally {
    loop.close();
  }
}

const callback = (): void => {};

describe("a future", () => {
  const future = <T>(): Future<T> => new Future<T>({ loop: new VirtualTimeLoop() });

  it("prints its state", () => {
    const [pending, cancelled] = [future(), future()];
    cancelled.cancel();
    expect(shown(pending)).toBe("<Future pending>");
    expect(shown(cancelled)).toBe("<Future cancelled>");
  });

  const results: [result: unknown, text: string][] = [
    [5, "5"],
    [true, "True"],
    [undefined, "None"],
    [null, "null"],
    ["text", "'text'"],
    ["it's", `"it's"`],
    [`both ' and "`, `'both \\' and "'`],
    ["two\nlines\t\\", "'two\\nlines\\t\\\\'"],
    [NaN, "nan"],
    [-Infinity, "-inf"],
    [[1, ["a"]], "[1, ['a']]"],
    [callback, "<function callback>"],
    [{ code: 5, text: ["a"] }, "{'code': 5, 'text': ['a']}"],
    [new Map(), "<Map object>"],
    [new CancelledError(), "CancelledError()"],
  ];

  it.each(results)("prints its result in Python's words: %s", (result, text) => {
    const finished = future<unknown>();
    finished.setResult(result);
    expect(shown(finished)).toBe(`<Future finished result=${text}>`);
  });

  it.each([
    [new ValueError("x"), "ValueError('x')"],
    [new ValueError(), "ValueError()"],
    [new SystemExit(3), "SystemExit(3)"],
    [new (class OwnError extends Error {})("x"), "OwnError('x')"],
    [new (class OwnError extends ValueError {})("x"), "OwnError('x')"],
  ])("prints its exception: %s", (exception, text) => {
    const finished = future();
    finished.setException(exception);
    expect(shown(finished)).toBe(`<Future finished exception=${text}>`);
    finished.cancel();
  });

  it("prints up to two callbacks by their names", () => {
    const pending = future();
    pending.addDoneCallback(callback);
    expect(shown(pending)).toBe("<Future pending cb=[callback()]>");
    pending.addDoneCallback(() => {});
    expect(shown(pending)).toBe("<Future pending cb=[callback(), <lambda>()]>");
    pending.addDoneCallback(callback);
    expect(shown(pending)).toBe("<Future pending cb=[callback(), <1 more>, callback()]>");
    pending.addDoneCallback(callback);
    expect(shown(pending)).toBe("<Future pending cb=[callback(), <2 more>, callback()]>");
  });

  it("prints as the class it is of", () => {
    class Reply extends Future<void> {}
    expect(shown(new Reply({ loop: new VirtualTimeLoop() }))).toBe("<Reply pending>");
  });

  it("prints a placeholder for a result that cannot be printed", () => {
    class Unprintable {
      toString(): string {
        throw new Error("unprintable");
      }
    }
    const finished = future<unknown>();
    finished.setResult(new Unprintable());
    expect(shown(finished)).toBe("<Future finished result=<unprintable Unprintable object>>");
  });
});

describe("a task", () => {
  it("prints its name, its coroutine and the awaited future", () => {
    const printedTexts = inTask(function* () {
      const inner = createTask(sleep(1), { name: "inner" });
      const outer = createTask(
        (function* () {
          yield* inner;
        })(),
        { name: "it's" },
      );
      const before = shown(outer);
      yield* sleep(0.5);
      const texts = [before, shown(inner), shown(outer)];
      yield* outer;
      return texts;
    });
    const innerText =
      "<Task pending name='inner' coro=<coroutine object sleep> wait_for=<Future pending cb=[Task.task_wakeup()]> " +
      "cb=[Task.task_wakeup()]>";
    expect(printedTexts).toEqual([
      `<Task pending name="it's" coro=<coroutine object>>`,
      innerText,
      `<Task pending name="it's" coro=<coroutine object> wait_for=${innerText}>`,
    ]);
  });

  it("prints that it is being cancelled, that it was, and how it ended", () => {
    const texts = inTask(function* () {
      const cancelled = createTask(sleep(1), { name: "a" });
      yield* sleep(0);
      cancelled.cancel();
      const cancelling = shown(cancelled);
      const finished = createTask(sleep(0, "done"), { name: "b" });
      const failed = createTask(failing(), { name: "c" });
      yield* sleep(1);
      failed.exception();
      return [cancelling, shown(cancelled), shown(finished), shown(failed)];
    });
    function* failing(): Coroutine {
      throw new ValueError("x");
    }
    expect(texts).toEqual([
      "<Task cancelling name='a' coro=<coroutine object sleep> wait_for=<Future cancelled>>",
      "<Task cancelled name='a' coro=<coroutine object sleep>>",
      "<Task finished name='b' coro=<coroutine object sleep> result='done'>",
      "<Task finished name='c' coro=<coroutine object> exception=ValueError('x')>",
    ]);
  });
});

describe("a handle", () => {
  it("prints its callback, until it is cancelled", () => {
    const loop = new VirtualTimeLoop();
    const handles = [loop.callSoon(callback), loop.callSoon(() => {}), loop.callAt(2.5, callback)];
    expect(handles.map(shown)).toEqual([
      "<Handle callback()>",
      "<Handle <lambda>()>",
      "<TimerHandle when=2.5 callback()>",
    ]);
    for (const handle of handles) handle.cancel();
    expect(handles.map(shown)).toEqual([
      "<Handle cancelled>",
      "<Handle cancelled>",
      "<TimerHandle cancelled when=2.5>",
    ]);
  });

  it("prints its callback even after it is cancelled, in debug mode", () => {
    const loop = new VirtualTimeLoop();
    loop.setDebug(true);
    const handles = [loop.callSoon(callback), loop.callAt(2.5, callback)];
    for (const handle of handles) handle.cancel();
    expect(handles.map(shown)).toEqual([
      expect.stringMatching(/^<Handle cancelled callback\(\)/),
      expect.stringMatching(/^<TimerHandle cancelled when=2\.5 callback\(\)/),
    ]);
  });
});

describe("a loop", () => {
  it("prints its class and whether it runs, is closed, and debugs", () => {
    const loop = new EventLoop();
    expect(shown(loop)).toBe("<EventLoop running=False closed=False debug=False>");
    loop.setDebug(true);
    loop.close();
    expect(shown(loop)).toBe("<EventLoop running=False closed=True debug=True>");
    expect(
      inTask(function* () {
        return shown(getRunningLoop());
      }),
    ).toBe("<VirtualTimeLoop running=True closed=False debug=False>");
  });
});

describe("a context variable", () => {
  it("prints its name as Python would", () => {
    expect(shown(new ContextVar("v"))).toBe("<ContextVar name='v'>");
    expect(shown(new ContextVar("it's"))).toBe(`<ContextVar name="it's">`);
  });

  it("prints its default", () => {
    expect(shown(new ContextVar("v", { default: 5 }))).toBe("<ContextVar name='v' default=5>");
  });

  it("prints inside its token", () => {
    const variable = new ContextVar<number>("v");
    const token = variable.set(1);
    expect(shown(token)).toBe("<Token var=<ContextVar name='v'>>");
    variable.reset(token);
    expect(shown(token)).toBe("<Token used var=<ContextVar name='v'>>");
  });

  it("does not print in its context", () => {
    expect(shown(new Context())).toBe("<Context>");
  });
});

describe("an error", () => {
  it("prints with the name of its class", () => {
    class OwnError extends ValueError {}
    expect(String(new CancelledError())).toBe("CancelledError");
    expect(String(new CancelledError("text"))).toBe("CancelledError: text");
    expect(String(new KeyboardInterrupt())).toBe("KeyboardInterrupt");
    expect(inspect(new ValueError("text"))).toMatch(/^ValueError: text\n +at /);
    expect(inspect(new OwnError("text"))).toMatch(/^OwnError\b.*: text\n +at /);
  });

  it("takes any value as its message", () => {
    const message = { code: 5 };
    expect(new CancelledError(message).args).toEqual([message]);
    expect(new CancelledError(undefined).args).toEqual([undefined]);
    expect(String(new CancelledError(5))).toBe("CancelledError: 5");
    expect(String(new CancelledError(Symbol("s")))).toBe("CancelledError: Symbol(s)");
  });

  it("lists the tasks of a deadlock, one on a line", () => {
    expect(new DeadlockError(["<Task a>", "<Task b>"]).message).toBe(
      "nothing is ready and no timer is set, but these tasks are pending:\n  <Task a>\n  <Task b>",
    );
  });

  it("says of a deadlock without tasks that there are none", () => {
    expect(new DeadlockError([]).message).not.toContain("these tasks are pending:");
  });
});

describe("coroutines", () => {
  it("print their name where it is known", () => {
    const [first, second] = runVirtual(
      (function* (): Coroutine<string[]> {
        const tasks = [createTask(sleep(1)), createTask((function* named(): Coroutine {})())];
        for (const task of tasks) yield* task;
        return tasks.map(String);
      })(),
    );
    expect(first).toContain("coro=<coroutine object sleep>");
    expect(second).toContain("coro=<coroutine object>");
  });
});

it("our coroutines and managers print as what they are, without what they hold", () => {
  const texts = inTask(function* (loop) {
    const promise = fromPromise(Promise.resolve());
    const coroutines = [sleep(1), sleep(0), promise, asyncWith(abortOnCancel(), () => sleep(0))].map(shown);
    const objects = [asCompleted([loop.createFuture()]), new Runner(), abortOnCancel()];
    yield* sleep(0);
    return [...coroutines, ...objects.map((each) => inspect(each))];
  });
  expect(texts).toEqual([
    "<coroutine object sleep>",
    "<coroutine object sleep>",
    "<coroutine object fromPromise>",
    "<coroutine object asyncWith>",
    "<AsCompleted object>",
    "<Runner object>",
    "<AbortOnCancel object>",
  ]);
});

it("a future that promise code awaits says so", () => {
  const loop = new VirtualTimeLoop();
  const [first, second] = [loop.createFuture<void>(), loop.createFuture<void>()];
  void first.toPromise().catch(() => {});
  void toPromise(second, { loop }).catch(() => {});
  expect([first, second].map(String)).toEqual([
    "<Future pending cb=[Future.toPromise()]>",
    "<Future pending cb=[toPromise()]>",
  ]);
  loop.close();
});
