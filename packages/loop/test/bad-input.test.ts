import {
  asCompleted,
  asyncWith,
  type Awaitable,
  CancelledError,
  closeCoroutine,
  type Coroutine,
  createEagerTaskFactory,
  createTask,
  ensureFuture,
  EventLoop,
  fromPromise,
  gather,
  getEventLoop,
  getRunningLoop,
  run,
  RuntimeError,
  setEventLoop,
  sleep,
  Task,
  ValueError,
  wait,
} from "@yieldstar/loop";
import { runVirtual, VirtualTimeLoop } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import { caught, expectUsableAfter } from "./usable.ts";

interface BadValue {
  readonly what: string;
  readonly value: unknown;
  readonly text: string;
}

function* work(): Coroutine<string> {
  yield* sleep(1);
  return "worked";
}

async function load(): Promise<void> {}

describe("a name whose toString throws", () => {
  it("loses no coroutine", () => {
    const name = {
      toString(): string {
        throw new Error("a text that throws");
      },
    };
    expectUsableAfter(function* () {
      expect(yield* createTask(work(), { name })).toBe("worked");
    });
  });
});

describe("a value that is not a coroutine", () => {
  const notCoroutines: BadValue[] = [
    { what: "a generator function", value: work, text: "<function work> (hint: call it: work())" },
    { what: "an arrow function", value: [() => {}][0], text: "<function <lambda>> (hint: call it)" },
    {
      what: "an async function",
      value: load,
      text: "<function load> (hint: call it in fromPromise: fromPromise(load()))",
    },
    {
      what: "an async function without a name",
      value: [async () => {}][0],
      text: "<function <lambda>> (hint: call it in fromPromise: fromPromise(f()))",
    },
    {
      what: "a promise",
      value: Promise.resolve(),
      text: "<Promise object> (hint: wrap it in fromPromise: fromPromise(promise))",
    },
    { what: "undefined", value: undefined, text: "None" },
    { what: "null", value: null, text: "null" },
    { what: "a number", value: 5, text: "5" },
    { what: "a string", value: "work", text: "'work'" },
    { what: "an array", value: [], text: "[]" },
    { what: "an object", value: {}, text: "{}" },
  ];

  it.each(notCoroutines)("is refused by createTask: $what", ({ value, text }) => {
    const error = new TypeError(`a coroutine was expected, got ${text}`);
    expectUsableAfter(function* (loop) {
      expect(() => createTask(value as never)).toThrow(error);
      expect(() => loop.createTask(value as never)).toThrow(error);
    });
  });

  it("is refused by createTask: a future, which can be awaited as it is", () => {
    expectUsableAfter(function* (loop) {
      const future = loop.createFuture();
      // @ts-expect-error A future is not a coroutine.
      expect(() => createTask(future)).toThrow(new TypeError("a coroutine was expected, got <Future pending>"));
    });
  });

  const required = "An asyncio.Future, a coroutine or an awaitable is required";
  const notAwaitables: BadValue[] = [
    { what: "a generator function", value: work, text: `${required} (hint: call it: work())` },
    { what: "an arrow function", value: [() => {}][0], text: `${required} (hint: call it)` },
    {
      what: "an async function",
      value: load,
      text: `${required} (hint: call it in fromPromise: fromPromise(load()))`,
    },
    {
      what: "a promise",
      value: Promise.resolve(),
      text: `${required} (hint: wrap it in fromPromise: fromPromise(promise))`,
    },
    { what: "undefined", value: undefined, text: required },
    { what: "null", value: null, text: required },
    { what: "a number", value: 5, text: required },
    { what: "a string", value: "work", text: required },
    { what: "an array", value: [], text: required },
    { what: "an object", value: {}, text: required },
  ];

  it.each(notAwaitables)("is refused by ensureFuture, gather and runUntilComplete: $what", ({ value, text }) => {
    const error = new TypeError(text);
    expectUsableAfter(function* () {
      expect(() => ensureFuture(value as Awaitable<void>)).toThrow(error);
      expect(() => gather([value as Awaitable<void>])).toThrow(error);
    });
    const loop = new VirtualTimeLoop();
    expect(() => loop.runUntilComplete(value as Awaitable<void>)).toThrow(error);
    expect(loop.runUntilComplete(work())).toBe("worked");
    loop.close();
  });

  it.each(notAwaitables)("is refused by run at the call: $what", async ({ value, text }) => {
    expect(() => run(value as Awaitable<void>)).toThrow(new TypeError(text));
    expect(await run(sleep(0, "usable"))).toBe("usable");
  });
});

describe("a value that is not an iterable of awaitables", () => {
  const values: BadValue[] = [
    { what: "a coroutine, as Python's gather takes it", value: work(), text: "not coroutine" },
    { what: "undefined", value: undefined, text: "not undefined" },
    { what: "a number", value: 5, text: "not number" },
    { what: "a promise", value: Promise.resolve(), text: "not Promise" },
  ];

  it.each(values)("is refused by gather: $what", ({ value, text }) => {
    expectUsableAfter(function* () {
      expect(() => gather(value as never)).toThrow(`expects an iterable of awaitables, ${text}`);
    });
  });

  it("is refused by gather: a future", () => {
    expectUsableAfter(function* (loop) {
      expect(() => gather(loop.createFuture() as never)).toThrow("expects an iterable of awaitables, not Future");
    });
  });
});

describe("a cancel message that cannot be printed", () => {
  it("is delivered as it is", () => {
    const message: unknown = Object.create(null);
    expectUsableAfter(function* () {
      const task = createTask(sleep(5));
      yield* sleep(1);
      task.cancel(message);
      const error = yield* caught(task);
      expect(error).toBeInstanceOf(CancelledError);
      expect((error as CancelledError).args[0]).toBe(message);
    });
  });
});

describe("a coroutine that has a task", () => {
  const reused = new RuntimeError(
    "cannot reuse already awaited coroutine (hint: call the generator function again for a new coroutine)",
  );

  it("cannot be given to a second one", () => {
    expectUsableAfter(function* () {
      const coroutine = work();
      const task = createTask(coroutine);
      expect(() => createTask(coroutine)).toThrow(reused);
      expect(() => ensureFuture(coroutine)).toThrow(reused);
      expect(yield* task).toBe("worked");
    });
  });

  it("cannot be given to a second one when it is finished", () => {
    expectUsableAfter(function* () {
      const coroutine = work();
      yield* createTask(coroutine);
      expect(() => createTask(coroutine)).toThrow(reused);
      expect(() => gather([coroutine])).toThrow(reused);
    });
  });

  it("cannot be run by itself when it is finished", async () => {
    const coroutine = sleep(0);
    await run(coroutine);
    expect(() => run(coroutine)).toThrow(reused);
  });

  it("cannot be given to one after it was closed", () => {
    expectUsableAfter(function* () {
      const coroutine = work();
      closeCoroutine(coroutine);
      expect(() => createTask(coroutine)).toThrow(reused);
    });
  });

  it("differs from CPython: a coroutine that was only awaited counts as new", () => {
    expectUsableAfter(function* () {
      const coroutine = work();
      expect(yield* coroutine).toBe("worked");
      expect(yield* coroutine).toBeUndefined();
      expect(yield* createTask(coroutine)).toBeUndefined();
    });
  });
});

describe("a yield without an await", () => {
  /** A coroutine that yields `value` once, as JavaScript allows. */
  function* yielding(value: unknown): Coroutine {
    yield value as undefined;
  }

  const badYields: BadValue[] = [
    { what: "a number", value: 5, text: "5" },
    { what: "null", value: null, text: "null" },
    { what: "a string", value: "text", text: "'text'" },
    { what: "an array", value: [1], text: "[1]" },
    { what: "a generator function", value: work, text: "<function work>" },
    {
      what: "a promise",
      value: Promise.resolve(1),
      text: "<Promise object> (hint: wrap it in fromPromise: yield* fromPromise(promise))",
    },
  ];

  it.each(badYields)("throws at the yield: $what", ({ value, text }) => {
    expectUsableAfter(function* () {
      expect(yield* caught(yielding(value))).toEqual(new RuntimeError(`Task got bad yield: ${text}`));
    });
  });

  it("throws at the yield of a future without the star", () => {
    expectUsableAfter(function* (loop) {
      const task = loop.createTask(caught(yielding(loop.createFuture())), { name: "t" });
      expect(yield* task).toEqual(
        new RuntimeError(
          "yield was used instead of yield from in task <Task pending name='t' coro=<coroutine object> " +
            "cb=[Task.task_wakeup()]> with <Future pending> (hint: write yield* with a star)",
        ),
      );
    });
  });

  it("throws at the yield of a coroutine without the star", () => {
    expectUsableAfter(function* (loop) {
      const task = loop.createTask(caught(yielding(work())), { name: "t" });
      expect(yield* task).toEqual(
        new RuntimeError(
          "yield was used instead of yield from for generator in task <Task pending name='t' coro=<coroutine object> " +
            "cb=[Task.task_wakeup()]> with <coroutine object> (hint: write yield* with a star)",
        ),
      );
    });
  });

  it("fails the task if it is not caught", () => {
    expectUsableAfter(function* () {
      expect(yield* caught(createTask(yielding(5)))).toEqual(new RuntimeError("Task got bad yield: 5"));
    });
  });
});

describe("a delay that is not a number", () => {
  const delays: BadValue[] = [
    { what: "null", value: null, text: "delay must not be None (hint: pass a number of seconds)" },
    { what: "undefined", value: undefined, text: "delay must not be None (hint: pass a number of seconds)" },
    { what: "a string", value: "1", text: "delay must be a number of seconds, got '1'" },
    { what: "a bigint", value: 1n, text: "delay must be a number of seconds, got 1" },
    { what: "a callback", value: work, text: "delay must be a number of seconds, got <function work>" },
  ];

  it.each(delays)("is refused by callLater: $what", ({ value, text }) => {
    expectUsableAfter(function* (loop) {
      expect(() => loop.callLater(value as number, () => {})).toThrow(new TypeError(text));
    });
  });

  const times: BadValue[] = [
    { what: "null", value: null, text: "when cannot be None (hint: pass a number of seconds)" },
    { what: "undefined", value: undefined, text: "when cannot be None (hint: pass a number of seconds)" },
    { what: "a string", value: "1", text: "when must be a number of seconds, got '1'" },
  ];

  it.each(times)("is refused by callAt: $what", ({ value, text }) => {
    expectUsableAfter(function* (loop) {
      expect(() => loop.callAt(value as number, () => {})).toThrow(new TypeError(text));
    });
  });

  const sleeps: BadValue[] = [
    { what: "null", value: null, text: "null" },
    { what: "undefined", value: undefined, text: "undefined" },
    { what: "a string", value: "1", text: "'1'" },
  ];

  it.each(sleeps)("is refused by sleep, where it is awaited: $what", ({ value, text }) => {
    expectUsableAfter(function* () {
      const error = new TypeError(`delay must be a number of seconds, got ${text}`);
      expect(yield* caught(sleep(value as number))).toEqual(error);
      expect(yield* caught(createTask(sleep(value as number)))).toEqual(error);
    });
  });

  it("is refused by wait under the name of its option", () => {
    expectUsableAfter(function* (loop) {
      const future = loop.createFuture<void>();
      const error = new TypeError("timeout must be a number of seconds, got '1'");
      expect(yield* caught(wait([future], { timeout: "1" as never }))).toEqual(error);
    });
  });

  it("is refused everywhere: NaN", () => {
    expectUsableAfter(function* (loop) {
      expect(() => loop.callLater(NaN, () => {})).toThrow(new ValueError("Invalid delay: NaN (not a number)"));
      expect(() => loop.callAt(NaN, () => {})).toThrow(new ValueError("Invalid when: NaN (not a number)"));
      expect(yield* caught(sleep(NaN))).toEqual(new ValueError("Invalid delay: NaN (not a number)"));
    });
  });
});

describe("a callback that is not a plain function", () => {
  const schedulers = {
    callSoon: (callback: never) => getRunningLoop().callSoon(callback),
    callLater: (callback: never) => getRunningLoop().callLater(1, callback),
    callAt: (callback: never) => getRunningLoop().callAt(1, callback),
  };

  it.each(Object.entries(schedulers))("is refused by %s", (name, schedule) => {
    expectUsableAfter(function* () {
      const refusals: [callback: unknown, text: string][] = [
        [undefined, `a callable object was expected by ${name}(), got None`],
        [5, `a callable object was expected by ${name}(), got 5`],
        [work, `coroutines cannot be used with ${name}() (hint: use createTask)`],
        [work(), `coroutines cannot be used with ${name}() (hint: use createTask)`],
      ];
      for (const [callback, text] of refusals) expect(() => schedule(callback as never)).toThrow(new TypeError(text));
    });
  });

  it("is refused by callSoonThreadsafe under that name", () => {
    expectUsableAfter(function* (loop) {
      const error = new TypeError("a callable object was expected by callSoonThreadsafe(), got 5");
      expect(() => loop.callSoonThreadsafe(5 as never)).toThrow(error);
    });
  });

  it("is refused by addDoneCallback", () => {
    expectUsableAfter(function* (loop) {
      const future = loop.createFuture();
      expect(() => future.addDoneCallback(5 as never)).toThrow(
        new TypeError("a callable object was expected by addDoneCallback(), got 5"),
      );
      expect(() => future.addDoneCallback(work)).toThrow("coroutines cannot be used with addDoneCallback()");
    });
  });

  it("is refused as an exception handler", () => {
    expectUsableAfter(function* (loop) {
      const error = new TypeError("A callable object or None is expected, got 5");
      expect(() => loop.setExceptionHandler(5 as never)).toThrow(error);
    });
  });
});

describe("a value that is not an exception", () => {
  const values: [what: string, value: unknown][] = [
    ["undefined", undefined],
    ["null", null],
    ["a string", "text"],
    ["a function", () => {}],
    ["a class of other things", Map],
  ];

  it.each(values)("is refused by setException: %s", (_what, value) => {
    expectUsableAfter(function* (loop) {
      const future = loop.createFuture();
      expect(() => future.setException(value as never)).toThrow(new TypeError("invalid exception object"));
      expect(future.done()).toBe(false);
    });
  });
});

describe("a value that is not a context manager", () => {
  const unsupported = "does not support the asynchronous context manager protocol";

  class OnlyEnters {
    *aenter(): Coroutine {}
  }
  class OnlyExits {
    *aexit(): Coroutine {}
  }
  class Manager extends OnlyEnters {
    *aexit(): Coroutine {}
  }

  const managers: BadValue[] = [
    { what: "undefined", value: undefined, text: `${unsupported} (missed aexit method)` },
    { what: "a number", value: 5, text: `${unsupported} (missed aexit method)` },
    { what: "no aexit", value: new OnlyEnters(), text: `'OnlyEnters' object ${unsupported} (missed aexit method)` },
    { what: "no aenter", value: new OnlyExits(), text: `'OnlyExits' object ${unsupported} (missed aenter method)` },
    {
      what: "one of two",
      value: [new Manager(), new OnlyEnters()],
      text: `'OnlyEnters' object ${unsupported} (missed aexit method)`,
    },
  ];

  it.each(managers)("is refused by asyncWith, before the body: $what", ({ value, text }) => {
    let entered = false;
    const body = function* (): Coroutine {
      entered = true;
    };
    expectUsableAfter(function* () {
      const error = yield* caught(asyncWith(value as never, body));
      expect(error).toBeInstanceOf(TypeError);
      expect((error as TypeError).message).toContain(text);
      expect(entered).toBe(false);
    });
  });
});

describe("a block that is not a generator function", () => {
  const manager = { *aenter(): Coroutine {}, *aexit(): Coroutine {} };
  const required = "the body of asyncWith() must be a generator function, got";
  const hint = "(hint: write asyncWith(manager, function* (value) { … }))";

  it("is refused by asyncWith at the call", () => {
    expectUsableAfter(function* () {
      const error = new TypeError(`${required} undefined ${hint}`);
      expect(() => asyncWith(manager, undefined as never)).toThrow(error);
    });
  });

  it("is refused when it is called: a plain function", () => {
    expectUsableAfter(function* () {
      const error = new TypeError(`${required} 5 ${hint}`);
      expect(yield* caught(asyncWith(manager, (() => 5) as never))).toEqual(error);
    });
  });

  it("is refused when it is called: an async function", () => {
    expectUsableAfter(function* () {
      const error = new TypeError(`${required} <Promise object> ${hint}`);
      expect(yield* caught(asyncWith(manager, (async () => {}) as never))).toEqual(error);
    });
  });
});

describe("a refused value is named with its hint", () => {
  it("null is not an object", () => {
    const text = "'null' object does not support the asynchronous context manager protocol (missed aexit method)";
    expectUsableAfter(function* () {
      expect(yield* caught(asyncWith(null as never, () => work()))).toEqual(new TypeError(text));
    });
  });

  it("a coroutine given to fromPromise, and several to asCompleted", () => {
    expect(() => fromPromise(work() as never)).toThrow(
      new TypeError(
        "a promise was expected by fromPromise(), got <coroutine object> (hint: await it: yield* …, without fromPromise)",
      ),
    );
    const text = "expects an iterable of awaitables, not coroutine (hint: asCompleted([a(), b()]))";
    expect(() => asCompleted(work() as never, work() as never)).toThrow(new TypeError(text));
  });

  it("a class as a task factory, and one of no tasks", () => {
    class MyTask<T> extends Task<T> {}
    class NoTask extends Map {}
    const loop = new VirtualTimeLoop();
    for (const each of [Task, MyTask]) {
      expect(() => loop.setTaskFactory(each as never)).toThrow(
        /^task factory must be a function, not a class \(hint: .*createEagerTaskFactory\(MyTask\)\)$/,
      );
    }
    expect(loop.getTaskFactory()).toBeUndefined();
    expect(() => createEagerTaskFactory(NoTask as never)).toThrow(
      new TypeError("a class that extends Task was expected, got <function NoTask>"),
    );
    expect(() => createEagerTaskFactory(function* () {} as never)).toThrow(
      "coroutines cannot be used with createEagerTaskFactory() (hint: use a class that extends Task, or a plain function)",
    );
    loop.close();
  });
});

it("setEventLoop refuses a value that is no loop, and keeps the loop that was set", () => {
  const loop = new EventLoop();
  setEventLoop(loop);
  for (const [value, type] of [
    [3, "number"],
    ["a", "string"],
    [{}, "Object"],
  ] as const) {
    expect(() => setEventLoop(value as never)).toThrow(
      new TypeError(`loop must be an instance of AbstractEventLoop or undefined, not '${type}'`),
    );
  }
  expect(getEventLoop()).toBe(loop);
  setEventLoop(null as never);
  expect(getEventLoop).toThrow("There is no current event loop");
  loop.close();
});

it("a task's name of another type is converted as createTask converts it", () => {
  function* main(): Coroutine<string[]> {
    const made = createTask(sleep(0), { name: { a: 1 } });
    const named = createTask(sleep(0));
    named.setName({ a: 1 });
    const unreadable = {
      toString: () => {
        throw new ValueError("no");
      },
    };
    const before = named.getName();
    named.setName(unreadable);
    yield* made;
    return [made.getName(), before, named.getName()];
  }
  const [made, named, unreadable] = runVirtual(main());
  expect(named).toBe(made);
  expect(unreadable).toBe("{'toString': <function toString>}");
});
