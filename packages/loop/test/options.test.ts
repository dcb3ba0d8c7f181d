import * as loop from "@yieldstar/loop";
import {
  asCompleted,
  Context,
  ContextVar,
  type Coroutine,
  createTask,
  currentTask,
  ensureFuture,
  EventLoop,
  fromPromise,
  Future,
  gather,
  getRunningLoop,
  run,
  Runner,
  sleep,
  Task,
  toPromise,
  wait,
} from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, it, vi } from "vitest";
import { expectUsableAfter } from "./usable.ts";

function* work(): Coroutine<string> {
  yield* sleep(1);
  return "worked";
}

const nothing = (): void => {};

/** Every function with options, called with them inside a step. */
const calls: Readonly<Record<string, (options: never) => unknown>> = {
  Future: (options) => new Future(options),
  Task: (options) => new Task(work(), options),
  createTask: (options) => createTask(work(), options),
  ensureFuture: (options) => ensureFuture(work(), options),
  gather: (options) => gather([], options),
  wait: (options) => wait([], options),
  asCompleted: (options) => asCompleted([], options),
  callSoon: (options) => getRunningLoop().callSoon(nothing, options),
  callLater: (options) => getRunningLoop().callLater(1, nothing, options),
  callAt: (options) => getRunningLoop().callAt(1, nothing, options),
  addDoneCallback: (options) => getRunningLoop().createFuture().addDoneCallback(nothing, options),
  getStack: (options) => currentTask()?.getStack(options),
  printStack: (options) => currentTask()?.printStack(options),
  run: (options) => run(work(), options),
  Runner: (options) => new Runner(options),
  "Runner.run": (options) => new Runner().run(work(), options),
  toPromise: (options) => toPromise(work(), options),
  fromPromise: (options) => fromPromise(Promise.resolve(), options),
  EventLoop: (options) => new EventLoop(options),
  ContextVar: (options) => new ContextVar("name", options),
  runVirtual: (options) => runVirtual(work(), options),
};

describe.each(Object.entries(calls))("the options of %s", (method, call) => {
  it.each([
    [null, "null"],
    [5, "5"],
    ["name", "'name'"],
    [true, "true"],
    [nothing, "<function nothing>"],
  ])("are refused at the call when they are not options: %o", (options, text) => {
    expectUsableAfter(function* () {
      expect(() => call(options as never)).toThrow(TypeError);
      expect(() => call(options as never)).toThrow(`${method}() options must be an object, got ${text}`);
    });
  });

  it("are refused at the call when they have an unknown name", () => {
    expectUsableAfter(function* () {
      // As in CPython, where create_task() passes its options on.
      const callee = method === "createTask" ? "Task" : method;
      const message = `${callee}() got an unexpected keyword argument 'zzz'`;
      expect(() => call({ zzz: undefined } as never)).toThrow(new TypeError(message));
    });
  });
});

describe("an unknown option", () => {
  it.each([
    ["nane", "name"],
    ["Name", "name"],
    ["contxt", "context"],
    ["eager_start", "eagerStart"],
    ["eagerstart", "eagerStart"],
  ])("%s gets the hint that %s may be meant", (key, meant) => {
    const message = `Task() got an unexpected keyword argument '${key}'. Did you mean '${meant}'?`;
    expectUsableAfter(function* () {
      expect(() => createTask(work(), { [key]: 1 })).toThrow(new TypeError(message));
    });
  });

  it("is also loop, when the loop itself makes the task", () => {
    expectUsableAfter(function* (running) {
      expect(() => createTask(work(), { loop: running } as never)).toThrow(
        new TypeError("Task() got multiple values for keyword argument 'loop'"),
      );
    });
  });

  it("leaves the other arguments untouched", () => {
    expectUsableAfter(function* () {
      const coroutine = work();
      expect(() => createTask(coroutine, { nane: 1 } as never)).toThrow(TypeError);
      expect(() => createTask(coroutine, { context: 5 } as never)).toThrow(TypeError);
      expect(() => asCompleted([coroutine], { timeout: "1" } as never)).toThrow(TypeError);
      expect(yield* createTask(coroutine)).toBe("worked");
    });
  });
});

describe("an option that is undefined", () => {
  it("counts as absent", () => {
    const { name, ...others } = { name: undefined, context: undefined, eagerStart: undefined };
    expectUsableAfter(function* (running) {
      expect(createTask(work(), { name, ...others }).getName()).toMatch(/^Task-/);
      running.callSoon(nothing, { context: undefined });
      expect(yield* gather([work()], { returnExceptions: undefined } as never)).toEqual(["worked"]);
      const [done] = yield* wait([createTask(work())], { timeout: undefined, returnWhen: undefined });
      expect(done.size).toBe(1);
    });
  });

  it("is a default for a ContextVar", () => {
    expect(new ContextVar("name", { default: undefined }).get()).toBe(undefined);
    expect(() => new ContextVar("name", {}).get()).toThrow(loop.LookupError);
  });
});

describe("a property of Object.prototype", () => {
  const polluted = {
    name: "polluted",
    context: {},
    eagerStart: true,
    loop: {},
    returnExceptions: true,
    timeout: 0,
    returnWhen: "never",
    limit: 0,
    debug: true,
    loopFactory: 5,
    signal: {},
    dispose: 5,
    host: {},
    turnBudget: -1,
    default: "polluted",
    other: "polluted",
  };

  function withPollution(action: () => void): void {
    const added = Object.keys(polluted).filter((key) => !(key in Object.prototype));
    try {
      Object.assign(Object.prototype, polluted);
      action();
    } finally {
      for (const key of added) Reflect.deleteProperty(Object.prototype, key);
    }
  }

  it("is not an option", () => {
    const seen: unknown[] = [];
    function* failing(): Coroutine {
      yield* sleep(0.5);
      throw new RangeError("failed");
    }
    function* main(): Coroutine {
      const task = createTask(work(), {});
      seen.push(task.getName(), createTask(work(), { name: "own" }).getName());
      seen.push(createTask(work(), { eagerStart: false }).getName(), yield* task);
      getRunningLoop().callSoon(nothing, {});
      const [done, pending] = yield* wait([createTask(work())], {});
      seen.push(done.size, pending.size);
      try {
        yield* gather([failing()], {});
      } catch (error) {
        seen.push((error as Error).message);
      }
      for (const next of asCompleted([work()], {})) seen.push(yield* next);
      seen.push(new ContextVar("variable", {}).get("unset"), getRunningLoop().getDebug());
      seen.push(yield* ensureFuture(work(), {}));
    }
    withPollution(() => {
      runVirtual(main(), {});
      new EventLoop({}).close();
    });
    expect(seen).toEqual([
      expect.stringMatching(/^Task-\d+$/),
      "own",
      expect.stringMatching(/^Task-\d+$/),
      "worked",
      1,
      0,
      "failed",
      "worked",
      "unset",
      false,
      "worked",
    ]);
  });
});

describe("a value that is not a context", () => {
  const values: readonly [what: string, value: unknown][] = [
    ["null", null],
    ["an object", {}],
    ["a number", 5],
    ["a text", "x"],
    ["a map", new Map()],
    ["a class", Context],
  ];
  const taking = ["Task", "createTask", "callSoon", "callLater", "callAt", "addDoneCallback", "Runner.run"] as const;

  it.each(values)("is refused at the call: %s", (_, context) => {
    expectUsableAfter(function* () {
      for (const method of taking) {
        expect(() => calls[method]?.({ context } as never)).toThrow(TypeError);
        expect(() => calls[method]?.({ context } as never)).toThrow(/^context must be a Context, got /);
      }
    });
  });

  it("gets a hint for the default: null", () => {
    expectUsableAfter(function* () {
      expect(() => createTask(work(), { context: null as never })).toThrow(
        "context must be a Context, got null (hint: leave it out for a copy of the current one)",
      );
    });
  });

  it("is refused when an eager task would run in it", () => {
    expectUsableAfter(function* (running) {
      running.setTaskFactory(loop.eagerTaskFactory);
      expect(() => createTask(work(), { context: {} as never })).toThrow(TypeError);
      running.setTaskFactory(undefined);
    });
  });

  it("is refused with the copy of the package that it belongs to", async () => {
    vi.resetModules();
    const other = await import("@yieldstar/loop");
    expect(other.Context).not.toBe(Context);
    expectUsableAfter(function* (running) {
      const context = new other.Context() as never;
      const text = /^context must be a Context, got <Context> \(hint: it belongs to another copy of @yieldstar\/loop/;
      expect(() => running.callSoon(nothing, { context })).toThrow(text);
      const variable = new other.ContextVar("theirs") as never;
      expect(() => new Context().get(variable)).toThrow(/^a ContextVar key was expected, got .*another copy/);
    });
  });
});

describe("a value that is not a loop", () => {
  it.each([
    ["null", null],
    ["an object", {}],
    ["a number", 5],
    ["a class", EventLoop],
  ])("is refused at the call: %s", (_, value) => {
    expectUsableAfter(function* () {
      for (const method of ["Future", "Task", "ensureFuture", "toPromise"] as const) {
        expect(() => calls[method]?.({ loop: value } as never)).toThrow(TypeError);
        expect(() => calls[method]?.({ loop: value } as never)).toThrow(/^an event loop was expected, got /);
      }
    });
  });

  it("cannot come from a loopFactory that is not a function", () => {
    expect(() => run(work(), { loopFactory: 5 as never })).toThrow(
      new TypeError("loopFactory must be a function, got 5"),
    );
    expect(() => new Runner({ loopFactory: null as never })).toThrow(TypeError);
  });
});

describe("a value that is not a number", () => {
  it.each(["1", {}, null])("is refused as a limit of getStack: %o", (limit) => {
    expectUsableAfter(function* () {
      expect(() => currentTask()?.getStack({ limit: limit as never })).toThrow(TypeError);
    });
  });

  it("is refused as a timeout of asCompleted", () => {
    expectUsableAfter(function* () {
      expect(() => asCompleted([], { timeout: "1" as never })).toThrow(TypeError);
      expect(() => asCompleted([], { timeout: NaN })).toThrow(loop.ValueError);
    });
  });
});

describe("a class of tasks", () => {
  it("has the type of a constructor of eager tasks", () => {
    class MyTask<T> extends Task<T> {}
    loop.createEagerTaskFactory(MyTask);
    loop.createEagerTaskFactory(Task);
    loop.createEagerTaskFactory((coroutine, options) => new MyTask(coroutine, options));
    // @ts-expect-error It makes no tasks.
    expect(() => runVirtual(createdBy(loop.createEagerTaskFactory(Map)))).toThrow(TypeError);
  });

  function* createdBy(factory: loop.TaskFactory): Coroutine {
    getRunningLoop().setTaskFactory(factory);
    createTask(work());
  }
});
