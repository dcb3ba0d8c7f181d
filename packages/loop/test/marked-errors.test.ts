// What the stack of an error shows of marked functions, where it is reported or leaves the loop.

import {
  asyncWith,
  coroutine,
  type Coroutine,
  createTask,
  EventLoop,
  gather,
  getRunningLoop,
  run,
  sleep,
  type Task,
} from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import { printed } from "../../../.ci/vitest/quiet.ts";

const fail = coroutine(function* fail(message: string): Coroutine<never> {
  yield* sleep(0);
  throw new Error(message);
});

const find = coroutine(function* find(message: string): Coroutine<never> {
  return yield* fail(message);
});

function errorOf(main: Coroutine<unknown>): Promise<Error> {
  return run(main).then(
    () => new Error("it has not failed"),
    (error: unknown) => error as Error,
  );
}

/** The names of the functions that a stack shows, the innermost first. */
function namesIn({ stack }: Error): string[] {
  return Array.from((stack ?? "").matchAll(/^ +at (?:async )?(?:Generator\.)?([\w<>.]+)/gm), ([, name = ""]) => name);
}

const callersIn = (error: Error): string[] =>
  Array.from((error.stack ?? "").matchAll(/^ {4}at async (.*)$/gm), ([, name = ""]) => name);

describe("the callers are in the stacks", () => {
  it("of the members of a group, also of a group inside it", async () => {
    function* main(): Coroutine {
      const results = yield* gather([find("first"), find("second")], { returnExceptions: true });
      throw new AggregateError([new AggregateError([results[0]]), results[1]]);
    }
    const { errors } = (await errorOf(main())) as AggregateError;
    const [inner, second] = errors as [AggregateError, Error];
    for (const error of [inner.errors[0] as Error, second]) expect(callersIn(error)).toEqual(["find"]);
  });

  it("of a cause, each with its own", async () => {
    const wrapping = coroutine(function* wrapping(): Coroutine {
      try {
        yield* find("cause");
      } catch (cause) {
        throw new Error("wrapper", { cause });
      }
    });
    const main = coroutine(function* main(): Coroutine {
      yield* wrapping();
    });
    const error = await errorOf(main());
    expect(callersIn(error)).toEqual(["main"]);
    expect(callersIn(error.cause as Error)).toEqual(["find", "wrapping", "main"]);
  });

  it("of errors in a circle", async () => {
    const circle = coroutine(function* circle(): Coroutine {
      try {
        yield* find("first");
      } catch (first) {
        const second = new AggregateError([first]);
        (first as Error).cause = second;
        throw second;
      }
    });
    const error = (await errorOf(circle())) as AggregateError;
    expect(callersIn(error.errors[0] as Error)).toEqual(["find", "circle"]);
  });

  it("of a failure inside another, where it is reported and where a promise is rejected", async () => {
    const wrap = function* (): Coroutine {
      const [cause] = yield* gather([find("cause")], { returnExceptions: true });
      throw new Error("wrapper", { cause });
    };
    function* main(): Coroutine<Error> {
      const task = createTask(wrap());
      yield* sleep(1);
      const error = task.exception() as Error;
      task.getLoop().callExceptionHandler({ message: "told", exception: error });
      return error.cause as Error;
    }
    expect(callersIn(runVirtual(main()))).toEqual(["find"]);
    expect(printed()).toHaveLength(1);
    const loop = new EventLoop();
    const rejection = loop
      .createTask(wrap())
      .toPromise()
      .catch((error: unknown) => (error as Error).cause);
    await loop.runUntilComplete(sleep(0.001));
    expect(callersIn((await rejection) as Error)).toEqual(["find"]);
    loop.close();
  });
});

it("no stack is made for an error inside that no marked function has thrown", async () => {
  let made = 0;
  const lazy = new Error("lazy");
  Object.defineProperty(lazy, "stack", { get: () => String((made += 1)), configurable: true });
  function* main(): Coroutine {
    const [error] = yield* gather([find("other")], { returnExceptions: true });
    throw new AggregateError([lazy, error], "", { cause: lazy });
  }
  await errorOf(main());
  expect(made).toBe(0);
});

it("an error with members and a cause that cannot be read stays as it is", async () => {
  const unreadable = Object.defineProperty(new Error("unreadable"), "cause", {
    get: () => {
      throw new Error("read");
    },
  });
  function* main(): Coroutine {
    yield* gather([find("other")], { returnExceptions: true });
    throw new AggregateError([unreadable, 5, null]);
  }
  expect(((await errorOf(main())) as AggregateError).errors).toEqual([unreadable, 5, null]);
});

describe("a caller", () => {
  it("whose function is not marked has no line", async () => {
    function* main(): Coroutine {
      yield* find("deep");
    }
    expect(callersIn(await errorOf(main()))).toEqual(["find"]);
  });

  it("that is the body of a block has its name, also if an arrow function returns its coroutine", async () => {
    const manager = { aenter: () => sleep(0), aexit: () => sleep(0) };
    const middle = coroutine(function* middle(): Coroutine {
      yield* find("deep");
    });
    const blocks = [
      () => asyncWith(manager, () => middle()),
      () => asyncWith(manager, middle),
      () => asyncWith([manager, manager], () => middle()),
      () => asyncWith([], () => middle()),
    ];
    for (const block of blocks) {
      const main = coroutine(function* main(): Coroutine {
        yield* block();
      });
      expect(callersIn(await errorOf(main()))).toEqual(["find", "middle", "main"]);
    }
  });

  it("that is a body in place has no line of its own", async () => {
    const manager = { aenter: () => sleep(0), aexit: () => sleep(0) };
    const main = coroutine(function* main(): Coroutine {
      yield* asyncWith(manager, function* () {
        yield* find("deep");
      });
    });
    expect(callersIn(await errorOf(main()))).toEqual(["find", "main"]);
  });
});

it("a message that quotes another stack stays whole", async () => {
  const wrapping = coroutine(function* wrapping(): Coroutine {
    try {
      yield* find("cause");
    } catch (error) {
      throw new Error(`failed: ${(error as Error).stack}\nplease retry`, { cause: error });
    }
  });
  const main = coroutine(function* main(): Coroutine {
    yield* wrapping();
  });
  const { message, stack = "" } = await errorOf(main());
  expect(message).toContain("_resumeFrame");
  expect(stack.startsWith(`Error: ${message}\n    at `)).toBe(true);
  const frames = stack.slice(stack.indexOf("please retry"));
  const names = namesIn({ stack: frames } as Error).filter((name) => !name.endsWith(".next"));
  expect(names).toEqual(["wrapping", "main"]);
});

it("a class of the program that is named Task keeps its lines", async () => {
  class Task {
    *_step(): Coroutine {
      yield* sleep(0);
      throw new Error("down");
    }
    *_run(): Coroutine {
      yield* this._step();
    }
  }
  coroutine(Task);
  const error = await errorOf(new Task()._run());
  expect(error.stack).toContain("at Task._step (");
  expect(callersIn(error)).toEqual(["_run"]);
});

it("an error that is thrown again and again gets its callers once", async () => {
  const cached = new Error("down");
  const query = coroutine(function* query(): Coroutine {
    yield* sleep(0);
    throw cached;
  });
  const main = coroutine(function* main(): Coroutine {
    yield* query();
  });
  for (let count = 0; count < 3; count += 1) expect(callersIn(await errorOf(main()))).toEqual(["main"]);
});

it.each([0, 3])("a stack has no more callers than the %d lines that the program has asked for", async (limit) => {
  const { stackTraceLimit: before } = Error;
  const nest = coroutine(function* nest(depth: number): Coroutine<never> {
    return depth === 0 ? yield* find("deep") : yield* nest(depth - 1);
  });
  Error.stackTraceLimit = limit;
  try {
    expect(callersIn(await errorOf(nest(20)))).toHaveLength(limit);
  } finally {
    Error.stackTraceLimit = before;
  }
});

it("getStack and printStack of a failed task show all functions, the outermost first", () => {
  const top = coroutine(function* top(): Coroutine {
    yield* find("deep");
  });
  function* main(): Coroutine<Task<void>> {
    const task = createTask(top());
    yield* sleep(1);
    task.exception();
    return task;
  }
  const task = runVirtual(main());
  expect(task.getStack().map(({ name }) => name)).toEqual(["top", "find", "fail"]);
  expect(task.getStack({ limit: 2 }).map(({ name }) => name)).toEqual(["top", "find"]);
  task.printStack();
  const [[, text]] = printed() as [[string, string]];
  expect(text).toMatch(/\n {2}in top\n {2}in find\n {2}.*:\d+:\d+, in fail$/);
});

it("a task that waits in marked functions when debug mode is switched on shows them from its next step on", () => {
  const poll = coroutine(function* poll(): Coroutine {
    for (;;) yield* sleep(1);
  });
  const serve = coroutine(function* serve(): Coroutine {
    yield* poll();
  });
  function* main(): Coroutine<string[]> {
    const loop = getRunningLoop();
    const task = loop.createTask(serve());
    yield* sleep(2);
    loop.setDebug(true);
    yield* sleep(2);
    const names = task.getStack().map(({ name }) => name);
    loop.setDebug(false);
    task.cancel();
    return names;
  }
  expect(runVirtual(main())).toEqual(["serve", "poll"]);
});

describe("in debug mode", () => {
  const nest = coroutine(function* nest(depth: number): Coroutine<never> {
    return depth === 0 ? yield* find("deep") : yield* nest(depth - 1);
  });
  const main = coroutine(function* main(): Coroutine<never> {
    return yield* nest(40);
  });
  const awaiting = coroutine(function* awaiting(): Coroutine<never> {
    return yield* createTask(main());
  });
  const debugging = { debug: true };
  const failureOf = (start: () => Coroutine<unknown>): Promise<Error> =>
    run(start(), debugging).then(
      () => new Error("it has not failed"),
      (error: unknown) => error as Error,
    );

  it("a stack shows each function with its place, however deep the chain is, and no other line", async () => {
    const error = await failureOf(main);
    expect(namesIn(error)).toEqual(["fail", "find", ...Array.from({ length: 41 }, () => "nest"), "main"]);
    const lines = (error.stack ?? "").split("\n").slice(1);
    for (const line of lines) expect(line).toMatch(/marked-errors\.test\.ts:\d+:\d+\)$/);
    expect(namesIn(await failureOf(awaiting))).toEqual([...namesIn(error), "awaiting"]);
  });

  it("a program that marks nothing inside still sees the line in which the library has thrown", async () => {
    function* wrong(): Coroutine {
      yield* sleep("1" as unknown as number);
    }
    const error = await failureOf(wrong);
    expect(namesIn(error)).toContain("wrong");
    expect(error.stack).toContain("loop/src/");
  });

  it("a step leaves the limit of stacks as it was, or as the program has set it", () => {
    const { stackTraceLimit: before } = Error;
    const seen: unknown[] = [];
    function* setting(limit?: number): Coroutine {
      seen.push(Error.stackTraceLimit);
      if (limit !== undefined) Error.stackTraceLimit = limit;
      yield* sleep(0);
      seen.push(Error.stackTraceLimit);
    }
    try {
      for (const first of [10, 0, 1000]) {
        Error.stackTraceLimit = first;
        runVirtual(setting(), debugging);
        expect(Error.stackTraceLimit).toBe(first);
      }
      runVirtual(setting(5), debugging);
      expect(Error.stackTraceLimit).toBe(5);
      runVirtual(setting());
    } finally {
      Error.stackTraceLimit = before;
    }
    const raised = seen[0];
    expect(raised).toBeGreaterThan(100);
    expect(seen).toEqual([raised, raised, 0, 0, 1000, 1000, 1000, raised, 5, 5]);
  });
});
