import {
  type Awaitable,
  asyncWith,
  BaseEventLoop,
  CancelledError,
  type Coroutine,
  createTask,
  getRunningLoop,
  KeyboardInterrupt,
  RuntimeError,
  sleep,
  ValueError,
} from "@yieldstar/loop";
import { BaseExceptionGroup, ExceptionGroup, exceptStar, exceptStarSync, on, TaskGroup } from "@yieldstar/taskgroup";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";

function* caught(awaitable: Awaitable<unknown>): Coroutine<unknown> {
  try {
    yield* awaitable;
  } catch (thrown) {
    return thrown;
  }
  throw new Error("nothing was thrown");
}

function* attempt(action: () => unknown): Coroutine {
  action();
}

/** A closed coroutine cannot be given to a task any more. */
function expectClosed(coroutine: Coroutine<unknown>): void {
  expect(() => createTask(coroutine)).toThrow("cannot reuse already awaited coroutine");
}

describe("TaskGroup.createTask", () => {
  it("is refused before the group is entered, and closes the coroutine", () => {
    const main = function* (): Coroutine<string> {
      const coroutine = sleep(1);
      expect(() => new TaskGroup().createTask(coroutine)).toThrow(
        new RuntimeError("TaskGroup <TaskGroup> has not been entered"),
      );
      expectClosed(coroutine);
      return yield* sleep(1, "usable");
    };
    expect(runVirtual(main())).toBe("usable");
  });

  it("fails when the task factory makes no task, and the group ends all the same", () => {
    const main = function* (): Coroutine<string> {
      return yield* asyncWith(new TaskGroup(), function* (group) {
        const loop = getRunningLoop();
        loop.setTaskFactory(() => undefined as never);
        expect(() => group.createTask(sleep(1))).toThrow(TypeError);
        loop.setTaskFactory(undefined);
        expect(String(group)).toBe("<TaskGroup entered>");
        return yield* sleep(1, "usable");
      });
    };
    expect(runVirtual(main())).toBe("usable");
  });

  it("is refused after the group has ended, and closes the coroutine", () => {
    const main = function* (): Coroutine<string> {
      const group = new TaskGroup();
      yield* asyncWith(group, function* () {});
      const coroutine = sleep(1);
      expect(() => group.createTask(coroutine)).toThrow(new RuntimeError("TaskGroup <TaskGroup entered> is finished"));
      expectClosed(coroutine);
      return yield* sleep(1, "usable");
    };
    expect(runVirtual(main())).toBe("usable");
  });

  it("is refused while the group shuts down, and closes the coroutine", () => {
    const coroutine = sleep(1);
    const main = function* (): Coroutine<unknown> {
      return yield* caught(
        asyncWith(new TaskGroup(), function* (group) {
          group.createTask(
            (function* (): Coroutine {
              try {
                yield* sleep(5);
              } finally {
                group.createTask(coroutine);
              }
            })(),
          );
          yield* sleep(1);
          throw new ValueError("boom");
        }),
      );
    };
    const error = runVirtual(main()) as ExceptionGroup;
    expect(error.exceptions.map(String)).toEqual([
      "RuntimeError: TaskGroup <TaskGroup tasks=1 cancelling> is shutting down",
      "ValueError: boom",
    ]);
    expect(() => runVirtual(coroutine)).toThrow("cannot reuse already awaited coroutine");
  });

  it("closes a coroutine that is suspended already, so that it cleans up", () => {
    const events: string[] = [];
    const worker = function* (): Coroutine {
      try {
        yield* sleep(0);
      } finally {
        events.push("cleaned up");
      }
    };
    const coroutine = worker();
    coroutine.next();
    expect(() => new TaskGroup().createTask(coroutine)).toThrow("has not been entered");
    expect(events).toEqual(["cleaned up"]);
  });

  it.each([
    ["a function", sleep, "a coroutine was expected, got <function sleep> (hint: call it: sleep())"],
    ["a number", 5, "a coroutine was expected, got 5"],
  ])("is refused for %s, and the group goes on", (_what, value, text) => {
    const main = function* (): Coroutine<string> {
      return yield* asyncWith(new TaskGroup(), function* (group) {
        expect(() => group.createTask(value as never)).toThrow(new TypeError(text));
        return yield* group.createTask(sleep(1, "usable"));
      });
    };
    expect(runVirtual(main())).toBe("usable");
  });

  it.each([
    ["a function", sleep],
    ["a number", 5],
    ["undefined", undefined],
  ])("says that the group has not been entered even if it is given %s", (_what, value) => {
    expect(() => new TaskGroup().createTask(value as never)).toThrow(
      /^(TaskGroup <TaskGroup> has not been entered|a coroutine was expected, got .*)$/,
    );
  });
});

describe("a TaskGroup", () => {
  it("cannot be entered twice, inside its block or after it", () => {
    const used = new RuntimeError("TaskGroup <TaskGroup entered> has already been entered");
    const main = function* (): Coroutine<string> {
      const group = new TaskGroup();
      const result = yield* asyncWith(group, function* () {
        expect(yield* caught(asyncWith(group, function* () {}))).toEqual(used);
        return yield* group.createTask(sleep(1, "usable"));
      });
      expect(yield* caught(asyncWith(group, function* () {}))).toEqual(used);
      return result;
    };
    expect(runVirtual(main())).toBe("usable");
  });

  it("cannot be entered outside of a task", () => {
    const errors: unknown[] = [];
    const main = function* (): Coroutine {
      getRunningLoop().callSoon(() => {
        try {
          new TaskGroup().aenter().next();
        } catch (error) {
          errors.push(error);
        }
      });
      yield* sleep(1);
    };
    runVirtual(main());
    expect(errors).toEqual([new RuntimeError("TaskGroup <TaskGroup> cannot determine the parent task")]);
    expect(() => new TaskGroup().aenter().next()).toThrow(
      new RuntimeError("no running event loop (hint: call it inside a coroutine)"),
    );
  });

  it("collects a thrown value that is not an Error as a TypeError", () => {
    const throwing = function* (): Coroutine {
      throw "text";
    };
    const main = function* (): Coroutine<unknown> {
      return yield* caught(
        asyncWith(new TaskGroup(), function* (group) {
          group.createTask(throwing());
        }),
      );
    };
    const error = runVirtual(main()) as ExceptionGroup;
    expect(error).toBeInstanceOf(ExceptionGroup);
    expect(error.exceptions.map(String)).toEqual([
      'TypeError: exceptions must derive from BaseException (hint: "text" was thrown; throw an Error instead)',
    ]);
  });
});

describe("a group of errors", () => {
  const error = new ValueError("v");

  const badArguments: [what: string, args: unknown[], error: Error][] = [
    ["no text", [5, [error]], new TypeError("BaseExceptionGroup.__new__() argument 1 must be str, not number")],
    ["no errors", ["g"], new TypeError("second argument (exceptions) must be a sequence")],
    ["a number for errors", ["g", 5], new TypeError("second argument (exceptions) must be a sequence")],
    ["an empty array", ["g", []], new ValueError("second argument (exceptions) must be a non-empty sequence")],
    [
      "a string among the errors",
      ["g", [error, "text"]],
      new ValueError("Item 1 of second argument (exceptions) is not an exception"),
    ],
    [
      "a class among the errors",
      ["g", [ValueError]],
      new ValueError("Item 0 of second argument (exceptions) is not an exception"),
    ],
  ];

  it.each(badArguments)("cannot be made of %s", (_what, args, expected) => {
    const [message, exceptions] = args as [string, Error[]];
    expect(() => new ExceptionGroup(message, exceptions)).toThrow(expected);
    expect(() => new BaseExceptionGroup(message, exceptions)).toThrow(expected);
  });

  it("that is an ExceptionGroup holds no base exceptions", () => {
    class OwnGroup extends ExceptionGroup {}
    for (const base of [new CancelledError(), new KeyboardInterrupt()]) {
      expect(() => new ExceptionGroup("g", [base])).toThrow(
        new TypeError("Cannot nest BaseExceptions in an ExceptionGroup"),
      );
      expect(() => new OwnGroup("g", [base])).toThrow(new TypeError("Cannot nest BaseExceptions in 'OwnGroup'"));
      expect(() => new ExceptionGroup("g", [new BaseExceptionGroup("b", [base])])).toThrow(TypeError);
    }
  });

  it.each([
    ["a number", 5],
    ["undefined", undefined],
    ["a text", "ValueError"],
    ["an error", error],
    ["a class of other things", BaseEventLoop],
    ["an array with a function in it", [() => true]],
  ])("cannot be split by %s", (_what, condition) => {
    const group = new ExceptionGroup("g", [error]);
    const expected = new TypeError(
      "expected an exception type, a tuple of exception types, or a callable (other than a class)",
    );
    expect(() => group.split(condition as never)).toThrow(expected);
    expect(() => group.subgroup(condition as never)).toThrow(expected);
  });
});

describe("except*", () => {
  const noGroups = new TypeError("catching ExceptionGroup with except* is not allowed. Use except instead.");
  const noErrors = new TypeError("catching classes that do not inherit from BaseException is not allowed");

  it("does not catch groups by their class", () => {
    class OwnGroup extends ExceptionGroup {}
    for (const groupClass of [ExceptionGroup, BaseExceptionGroup, OwnGroup, [ValueError, ExceptionGroup]]) {
      expect(() => on(groupClass as typeof ExceptionGroup, () => {})).toThrow(noGroups);
    }
  });

  it.each([
    ["a number", 5],
    ["undefined", undefined],
    ["a class of other things", BaseEventLoop],
    ["a function", () => true],
    ["an array with a text in it", [ValueError, "TypeError"]],
  ])("does not catch %s", (_what, errorClass) => {
    expect(() => on(errorClass as never, () => {})).toThrow(noErrors);
  });

  it("needs clauses that were made by on, each as an argument", () => {
    const clause = on(ValueError, () => {});
    const error = new TypeError("except* clauses are made by on() (hint: pass them one by one: on(…), on(…))");
    expect(() => exceptStarSync(new ValueError(), [clause] as never)).toThrow(error);
    expect(() => exceptStarSync(new ValueError(), clause, undefined as never)).toThrow(error);
    expect(runVirtual(caught(exceptStar(new ValueError(), [clause] as never)))).toEqual(error);
  });

  it("needs a handler", () => {
    expect(() => exceptStarSync(new ValueError(), on(ValueError, undefined as never))).toThrow(TypeError);
  });

  it.each([
    ["a coroutine", () => sleep(0), "<coroutine object sleep>"],
    ["a block", () => asyncWith(new TaskGroup(), function* () {}), "<coroutine object asyncWith>"],
    ["a task", () => createTask(sleep(0)), "<Task pending "],
    ["a generator function", () => function* block() {}, "<function block>"],
    ["a function", () => () => {}, "<function <lambda>>"],
  ])("refuses %s, which was not caught", (_, make, shown) => {
    const clause = on(ValueError, () => {});
    function* main(): Coroutine {
      for (const [call, run] of [
        ["yield* exceptStar", (value: unknown) => exceptStar(value, clause).next()],
        ["exceptStarSync", (value: unknown) => exceptStarSync(value, clause)],
      ] as const) {
        const error = (yield* caught(attempt(() => run(make())))) as Error;
        expect(error).toBeInstanceOf(TypeError);
        expect(error.message).toContain("except* handles what was caught, got <");
        expect(error.message).toContain(`(hint: write try { … } catch (error) { ${call}(error, on(…)); })`);
        expect(error.message).toContain(`got ${shown}`);
      }
    }
    runVirtual(main());
  });

  it("refuses handlers that await in exceptStarSync", () => {
    const clause = on(ValueError, function* () {
      yield* sleep(1);
    });
    expect(() => exceptStarSync(new ValueError("v"), clause)).toThrow(
      new TypeError("exceptStarSync() cannot await (hint: use yield* exceptStar())"),
    );
  });

  it("passes on a thrown value that is not an error", () => {
    const clause = on(ValueError, () => {});
    let thrown: unknown;
    try {
      exceptStarSync("text", clause);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBe("text");
    expect(runVirtual(caught(exceptStar("text", clause)))).toBe("text");
  });
});

describe("a handler of except*", () => {
  const group = new ExceptionGroup("group", [new TypeError("one"), new ValueError("two")]);

  it("is refused if it is an async function, and the uncaught rest is not lost", () => {
    const clause = on(TypeError, async () => {});
    const main = function* (): Coroutine {
      for (const error of [yield* caught(exceptStar(group, clause)), syncError(group, clause)]) {
        expect((error as ExceptionGroup).exceptions.map(String)).toEqual([
          expect.stringMatching(
            /^TypeError: a handler of except\* must return no promise, got <Promise object> \(hint: .*fromPromise/,
          ),
          "ExceptionGroup: group (1 sub-exception)",
        ]);
      }
    };
    expect(runVirtual(main())).toBeUndefined();
  });

  it("is refused by on() if it is not a function", () => {
    const text = "the handler of on() must be a function, got None (hint: on(errorClass, handler))";
    expect(() => on(TypeError, undefined as never)).toThrow(new TypeError(text));
    expect(() => on([], null as never)).toThrow(TypeError);
  });

  function syncError(error: unknown, ...clauses: ReturnType<typeof on>[]): unknown {
    try {
      exceptStarSync(error, ...clauses);
    } catch (thrown) {
      return thrown;
    }
    return undefined;
  }
});

it("exceptStar refuses a promise, whose rejection it could not catch", () => {
  const clause = on(TypeError, () => {});
  const text = /^except\* handles what was caught, got <Promise object> \(hint: /;
  const main = function* (): Coroutine {
    const error = yield* caught(exceptStar(Promise.resolve(), clause));
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toMatch(text);
    expect(() => exceptStarSync(Promise.resolve(), clause)).toThrow(text);
  };
  expect(runVirtual(main())).toBeUndefined();
});
