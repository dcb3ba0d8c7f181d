import {
  aclosing,
  aiter,
  anext,
  AsyncExitStack,
  asyncContextManager,
  asyncFor,
  type AsyncGenerator,
  asyncGenerator,
  suppress,
} from "@yieldstar/asyncgen";
import {
  asyncWith,
  type Awaitable,
  type Coroutine,
  createTask,
  getRunningLoop,
  run,
  RuntimeError,
  sleep,
  type Suspension,
} from "@yieldstar/loop";
import { runVirtual, VirtualTimeLoop } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";

/** The error that awaiting fails with. A loop that would spin for ever is stopped. */
function errorOf(awaitable: () => Awaitable<unknown>): unknown {
  const loop = new VirtualTimeLoop();
  let iterations = 0;
  const count = (): void => {
    iterations += 1;
    if (iterations === 50) loop.stop();
    else loop.callSoon(count);
  };
  loop.callSoon(count);
  let failure: unknown = "nothing";
  function* main(): Coroutine {
    try {
      yield* awaitable();
    } catch (error) {
      failure = error;
    }
  }
  loop.runUntilComplete(main());
  loop.runUntilComplete(loop.shutdownAsyncgens());
  loop.close();
  return failure;
}

const numbers = asyncGenerator(function* numbers(emit, to: number) {
  for (let number = 0; number < to; number++) yield* emit(number);
});

/** The remaining values of a generator. */
function* rest<T>(generator: AsyncGenerator<T>): Coroutine<T[]> {
  const values: T[] = [];
  yield* asyncFor(generator, function* (value) {
    values.push(value);
  });
  return values;
}

const notIterable: [name: string, value: unknown][] = [
  ["a number", 5],
  ["a string", "text"],
  ["nothing", undefined],
  ["an array", [1, 2]],
  ["an object", {}],
  ["a native generator", (function* () {})()],
  ["a promise", Promise.resolve()],
  ["a generator that was not called", numbers],
];

describe("asyncFor", () => {
  it.each(notIterable)("refuses %s, which is not an async iterable", (_, value) => {
    const error = errorOf(() => asyncFor(value as never, function* () {}));
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toMatch(/^'\w+' object is not an async iterable/);
    expect(() => aiter(value as never)).toThrow((error as Error).message);
  });

  it("refuses an iterable whose aiter returns no async iterator", () => {
    expect(errorOf(() => asyncFor({ aiter: () => ({}) } as never, function* () {}))).toBeInstanceOf(TypeError);
    expect(errorOf(() => anext({} as never))).toBeInstanceOf(TypeError);
    expect(errorOf(() => anext({} as never, "fallback"))).toBeInstanceOf(TypeError);
  });

  it.each([
    ["an array", [1, 2]],
    ["a string", "text"],
    ["a map", new Map()],
  ])("refuses %s, as Python does, and hints how to iterate it", (_, value) => {
    const error = errorOf(() => asyncFor(value as never, function* () {})) as Error;
    expect(error.message).toMatch(/^'\w+' object is not an async iterable \(hint: write for \(const value of …\)\)$/);
  });

  it.each([0, 5, null, false, "text", Symbol("BREAK"), {}])("refuses %o as the result of its body", (returned) => {
    const events: unknown[] = [];
    const generator = numbers(3);
    function* main(): Coroutine<Error> {
      try {
        yield* asyncFor(generator, function* (number) {
          events.push(number);
          return returned as never;
        });
      } catch (error) {
        events.push(yield* rest(generator));
        return error as Error;
      }
      throw new Error("nothing was thrown");
    }
    const error = runVirtual(main());
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(/^the body of asyncFor\(\) can return nothing but BREAK, got /);
    expect(error.message).toMatch(/\(hint: set a variable outside of it, and return BREAK\)$/);
    expect(events).toEqual([0, [1, 2]]);
  });

  it("closes a native iterator when its body returns a value", async () => {
    const closed: string[] = [];
    const iterable = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: false, value: 1 }),
        return: async () => void closed.push("closed"),
      }),
    };
    const loop = asyncFor(iterable, function* () {
      return 5 as unknown as undefined;
    });
    await expect(run(loop)).rejects.toThrow("can return nothing but BREAK, got 5");
    expect(closed).toEqual(["closed"]);
  });

  it.each([
    ["nothing", undefined],
    ["a plain function", () => {}],
    ["an async function", async () => {}],
  ])("refuses %s as its body, and the generator is usable afterwards", (_, body) => {
    const generator = numbers(3);
    function* main(): Coroutine<unknown[]> {
      const results: unknown[] = [];
      try {
        yield* asyncFor(generator, body as never);
      } catch (error) {
        results.push((error as Error).constructor);
      }
      results.push(yield* rest(generator));
      return results;
    }
    const [error, values] = runVirtual(main());
    expect(error).toBe(TypeError);
    expect([
      [0, 1, 2],
      [1, 2],
    ]).toContainEqual(values);
  });
});

describe("an async generator", () => {
  it.each([
    ["nothing", undefined],
    ["a number", 5],
    ["a plain function", () => 5],
    ["an async function", async () => {}],
    ["a native async generator function", async function* () {}],
  ])("cannot be made of %s", (_, body) => {
    expect(errorOf(() => asyncGenerator(body as never)().anext())).toBeInstanceOf(TypeError);
  });

  it.each([
    ["a number", 5, "Task got bad yield: 5"],
    ["a promise", Promise.resolve(), "Task got bad yield: <Promise object>"],
    ["the result of emit", "emit", "(hint: write yield* with a star)"],
  ])("gets an error where it yields %s without the star, and goes on", (_, value, message) => {
    const wrong = asyncGenerator(function* (emit) {
      try {
        yield (value === "emit" ? emit(1) : value) as unknown as Suspension;
      } catch (error) {
        yield* emit(error);
      }
      yield* emit("usable");
    });
    const [error, last] = runVirtual(rest(wrong()));
    expect(error).toBeInstanceOf(RuntimeError);
    expect((error as Error).message).toContain(message);
    expect(last).toBe("usable");
  });

  it("gets a hint when it yields a future without the star", () => {
    const wrong = asyncGenerator(function* (emit) {
      try {
        yield getRunningLoop().createFuture() as unknown as Suspension;
      } catch (error) {
        yield* emit(error);
      }
    });
    const [error] = runVirtual(rest(wrong()));
    expect((error as Error).message).toMatch(/^yield was used instead of yield from .*hint: write yield\* with a star/);
  });

  it("fails and ends when it awaits outside of a loop", () => {
    const waiting = asyncGenerator(function* (emit) {
      yield* sleep(1);
      yield* emit(1);
    });
    const generator = waiting();
    expect(() => generator.anext().next()).toThrow(
      new RuntimeError("no running event loop (hint: call it inside a coroutine)"),
    );
    expect(runVirtual(rest(generator))).toEqual([]);
  });

  it("may continue on another loop", () => {
    const generator = numbers(3);
    const [one, other] = [new VirtualTimeLoop(), new VirtualTimeLoop()];
    expect(one.runUntilComplete(anext(generator))).toBe(0);
    expect(other.runUntilComplete(anext(generator))).toBe(1);
    other.runUntilComplete(other.shutdownAsyncgens());
    expect(one.runUntilComplete(anext(generator))).toBe(2);
    one.runUntilComplete(one.shutdownAsyncgens());
    expect(one.runUntilComplete(rest(generator))).toEqual([]);
    one.close();
    other.close();
  });

  it("passes on thrown values that are not objects", () => {
    const wrong = asyncGenerator(function* () {
      throw "text";
    });
    expect(errorOf(() => anext(wrong()))).toBe("text");
  });
});

describe("a value that is emitted outside its generator", () => {
  it("fails the task, with a message that says so", () => {
    function* main(): Coroutine<unknown> {
      const leak = asyncGenerator(function* (emit) {
        yield* emit(emit);
      });
      const emit = yield* anext(leak());
      const wrong = function* (): Generator {
        yield* emit(5);
      };
      return yield* createTask(wrong() as Coroutine<unknown>);
    }
    expect(() => runVirtual(main())).toThrow("Task got bad yield: <value of an async generator>");
  });
});

describe("a context manager of a generator", () => {
  it.each([
    ["nothing", undefined],
    ["a plain function", () => 5],
    ["an async function", async () => {}],
  ])("cannot be made of %s", (_, body) => {
    expect(errorOf(() => asyncWith(asyncContextManager(body as never)(), function* () {}))).toBeInstanceOf(TypeError);
  });

  it("must be called before the block", () => {
    const manager = asyncContextManager(function* (emit) {
      yield* emit(5);
    });
    const error = errorOf(() => asyncWith(manager as never, function* () {}));
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toContain("(hint: make one: call it, or use new)");
  });

  it("gets a wrapper for an error that is not an object, and the block throws the original value", () => {
    const told: unknown[] = [];
    const manager = asyncContextManager(function* (emit) {
      try {
        yield* emit(5);
      } catch (error) {
        told.push(error);
        throw error;
      }
    });
    const error = errorOf(() =>
      asyncWith(manager(), function* () {
        throw "text";
      }),
    );
    expect(error).toBe("text");
    expect(told).toEqual([expect.objectContaining({ name: "TypeError", cause: "text" })]);
  });
});

describe("an AsyncExitStack", () => {
  it.each([5, undefined, {}, numbers, { *aenter() {} }])(
    "refuses to enter %o, and leaves the managers that it has entered",
    (manager) => {
      const events: string[] = [];
      const error = errorOf(() =>
        asyncWith(new AsyncExitStack(), function* (stack) {
          stack.callback(() => events.push("left"));
          yield* stack.enterAsyncContext(manager as never);
        }),
      );
      expect(error).toBeInstanceOf(TypeError);
      expect((error as Error).message).toContain("does not support the asynchronous context manager protocol");
      expect(events).toEqual(["left"]);
    },
  );

  it.each(["callback", "push", "pushAsyncCallback", "pushAsyncExit"] as const)(
    "refuses values that %s cannot call, and leaves the rest",
    (method) => {
      const events: string[] = [];
      const stack = new AsyncExitStack();
      stack.callback(() => events.push("left"));
      for (const value of [5, undefined, {}]) expect(() => stack[method](value as never)).toThrow(TypeError);
      expect(errorOf(() => stack.aclose())).toBe("nothing");
      expect(events).toEqual(["left"]);
    },
  );

  it("passes on an error that is not an object, in a wrapper", () => {
    const stack = new AsyncExitStack();
    const told: unknown[] = [];
    stack.push((error) => void told.push(error));
    stack.callback(() => {
      throw "text";
    });
    const error = errorOf(() => stack.aclose());
    expect(error).toMatchObject({ name: "TypeError", cause: "text" });
    expect(told).toEqual([error]);
  });
});

describe("aclosing", () => {
  it.each([
    ["an async generator function that was not called", numbers, "'function' object", "call it: numbers()"],
    ["an object", {}, "'Object' object", "of what JavaScript made: aclosing(aiter(stream))"],
    ["null", null, "'null' object", "of what JavaScript made: aclosing(aiter(stream))"],
  ])("refuses at the call an object without aclose: %s", (_, thing, subject, hint) => {
    const text = `${subject} has no attribute 'aclose' (hint: ${hint})`;
    expect(() => aclosing(thing as never)).toThrow(new TypeError(text));
  });
});

describe("AsyncExitStack refuses", () => {
  const used = (method: string, instead: string): TypeError =>
    new TypeError(`coroutines cannot be used with ${method}() (hint: use ${instead})`);

  it("at the call, a generator function that would never run", () => {
    const stack = new AsyncExitStack();
    expect(() => stack.callback(function* () {})).toThrow(used("callback", "pushAsyncCallback"));
    expect(() => stack.push(function* () {} as never)).toThrow(used("push", "pushAsyncExit"));
  });

  it("a coroutine that a plain function returns", () => {
    const stack = new AsyncExitStack();
    stack.callback(() => sleep(0));
    expect(errorOf(() => stack.aclose())).toEqual(used("callback", "pushAsyncCallback"));
    stack.push(() => sleep(0) as never);
    expect(errorOf(() => stack.aclose())).toEqual(used("push", "pushAsyncExit"));
  });
});

describe("a value that is not a function, or not a class of errors, is refused at the call", () => {
  it.each([
    ["asyncGenerator", asyncGenerator],
    ["asyncContextManager", asyncContextManager],
  ])("by %s", (name, make) => {
    const text = `the body of ${name}() must be a generator function, got 5`;
    expect(() => make(5 as never)).toThrow(new TypeError(text));
    const odd = make((() => 5) as never);
    expect(() => odd()).toThrow(new TypeError(text));
  });

  it("by suppress", () => {
    const text = "suppress() expects classes of errors, got 'x'";
    expect(() => suppress(TypeError, "x" as never)).toThrow(new TypeError(text));
    expect(() => suppress([TypeError] as never)).toThrow("(hint: pass them one by one: suppress(A, B))");
  });
});

describe("a typical mistake of a JavaScript programmer gets a hint:", () => {
  it.each([
    ["a number", 1, "1"],
    ["a string", "row", "'row'"],
    ["null", null, "null"],
    ["an array", [1], "[1]"],
    ["an object", { id: 1 }, "{'id': 1}"],
  ])("a body that yields a plain value: %s", (_, value, text) => {
    const odd = asyncGenerator(function* () {
      yield value as never;
    });
    const message = `Task got bad yield: ${text} (hint: hand it out by yield* emit(${text}))`;
    expect(errorOf(() => odd().anext())).toEqual(new RuntimeError(message));
  });

  it("an async generator that was not called, and a plain one", () => {
    const text = "object is not an async iterable";
    expect(errorOf(() => asyncFor(numbers as never, function* () {}))).toEqual(
      new TypeError(`'function' ${text} (hint: call it: numbers())`),
    );
    function* plain(): Generator<number> {
      yield 1;
    }
    expect(errorOf(() => asyncFor(plain() as never, function* () {}))).toEqual(
      new TypeError(`'coroutine' ${text} (hint: make it with asyncGenerator(function* (emit) { … }))`),
    );
  });
});
