import { asyncWith, coroutine, type Coroutine, createTask, currentTask, repr, sleep } from "@yieldstar/loop";
import { immediate } from "@yieldstar/loop/internal";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";

const manager = { aenter: () => immediate(() => 1), aexit: () => immediate(() => {}) };

type Body = (value: number) => Coroutine<number>;

function* waitFirst(value: number): Coroutine<number> {
  yield* sleep(0.1);
  return value + 1;
}

function makeBody(): Body {
  return function* (value) {
    return yield* waitFirst(value);
  };
}

const bodies: Record<string, () => Body> = {
  "a function in place": makeBody,
  "a marked function": () => coroutine(makeBody()),
  "a frozen function": () => Object.freeze(makeBody()),
  "a function with a frozen prototype": () => {
    const body = makeBody();
    Object.freeze(body.prototype);
    return body;
  },
  "a bound function": () => makeBody().bind(undefined),
  "a bound marked function": () => coroutine(makeBody()).bind(undefined),
  "an arrow function": () => (value) => waitFirst(value),
  "a Proxy": () => new Proxy(makeBody(), {}),
  "a method": () =>
    ({
      *body(this: void, value: number): Coroutine<number> {
        return yield* waitFirst(value);
      },
    }).body,
};

describe("the body of a block", () => {
  it.each(Object.entries(bodies))("can be %s, called again and again", (_, make) => {
    const body = make();
    function* main(): Coroutine<number[]> {
      const first = yield* asyncWith(manager, body);
      return [first, yield* asyncWith(manager, body), yield* body(1)];
    }
    expect(runVirtual(main())).toEqual([2, 2, 2]);
  });

  it.each(Object.entries(bodies))("can be %s, whose coroutine becomes a task", (_, make) => {
    const body = make();
    function* main(): Coroutine<number[]> {
      const task = createTask(body(4));
      return [yield* asyncWith(manager, body), yield* task, yield* createTask(body(5))];
    }
    expect(runVirtual(main())).toEqual([2, 5, 6]);
  });

  it("keeps the name of a marked function", () => {
    const worker = coroutine(function* worker(): Coroutine<string> {
      yield* sleep(0);
      return repr(currentTask());
    });
    function* main(): Coroutine<string> {
      yield* asyncWith(manager, worker);
      return yield* createTask(worker());
    }
    expect(runVirtual(main())).toContain("coro=<worker() running>");
  });

  it("can be marked later, and other bodies do not get its name", () => {
    function* first(): Coroutine<string> {
      yield* sleep(0);
      return repr(currentTask());
    }
    const second = function* (): Coroutine<string> {
      yield* sleep(0);
      return repr(currentTask());
    };
    function* main(): Coroutine<string[]> {
      yield* asyncWith(manager, first);
      yield* asyncWith(manager, second);
      coroutine(first);
      yield* asyncWith(manager, first);
      return [yield* createTask(first()), yield* createTask(second())];
    }
    const [named, unnamed] = runVirtual(main());
    expect(named).toContain("coro=<first() running>");
    expect(unnamed).toContain("coro=<coroutine object>");
  });

  it("can be iterated as a generator elsewhere", () => {
    const body = function* (): Generator<undefined, number, unknown> {
      yield undefined;
      yield undefined;
      return 3;
    };
    expect(runVirtual(asyncWith(manager, body))).toBe(3);
    const generator = body();
    expect(generator).toBeInstanceOf(body);
    expect(String(generator)).toBe("[object Generator]");
    expect([...generator]).toEqual([undefined, undefined]);
    const closed = body();
    closed.next();
    expect(closed.return(5)).toEqual({ done: true, value: 5 });
  });

  it("cannot give a coroutine that a task has", () => {
    function* main(): Coroutine {
      const coro = waitFirst(1);
      const task = createTask(coro);
      yield* asyncWith(manager, () => coro);
      yield* task;
    }
    expect(() => runVirtual(main())).toThrow("coroutine is being awaited already");
  });
});
