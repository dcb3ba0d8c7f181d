import {
  asyncWith,
  CancelledError,
  closeCoroutine,
  type Coroutine,
  coroutine,
  createTask,
  getRunningLoop,
  RuntimeError,
  sleep,
} from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import { caught } from "./usable.ts";

interface Plan {
  /** The error of `aenter`. */
  readonly enterError?: Error;
  /** The error of `aexit`. */
  readonly exitError?: Error;
  readonly swallows?: boolean;
  /** How long entering and leaving take. */
  readonly delay?: number;
}

/** Makes managers that record their calls. */
class Record {
  readonly events: string[] = [];

  manager(name: string, { enterError, exitError, swallows = false, delay = 0 }: Plan = {}) {
    const { events } = this;
    return {
      *aenter(): Coroutine<string> {
        events.push(`enter ${name}`);
        if (delay > 0) yield* sleep(delay);
        if (enterError !== undefined) throw enterError;
        return name;
      },
      *aexit(error: Error | undefined): Coroutine<boolean> {
        events.push(`exit ${name} ${error === undefined ? "normally" : error.name}`);
        if (delay > 0) yield* sleep(delay);
        if (exitError !== undefined) throw exitError;
        return swallows;
      },
    };
  }
}

describe("asyncWith", () => {
  it("gives the body what aenter returned, and the caller what the body returned", () => {
    const record = new Record();
    const result = runVirtual(
      asyncWith(record.manager("a", { delay: 1 }), function* (name) {
        record.events.push(`body ${name}`);
        yield* sleep(1);
        return getRunningLoop().time();
      }),
    );
    expect(result).toBe(2);
    expect(record.events).toEqual(["enter a", "body a", "exit a normally"]);
  });

  it("does nothing before it is awaited", () => {
    const record = new Record();
    asyncWith(record.manager("a"), function* () {});
    expect(record.events).toEqual([]);
  });

  it("leaves the managers in reverse order", () => {
    const record = new Record();
    const result = runVirtual(
      asyncWith([record.manager("a"), record.manager("b"), record.manager("c")], function* (names) {
        record.events.push(`body ${names.join("")}`);
        return names.length;
      }),
    );
    expect(result).toBe(3);
    expect(record.events).toEqual([
      "enter a",
      "enter b",
      "enter c",
      "body abc",
      "exit c normally",
      "exit b normally",
      "exit a normally",
    ]);
  });

  it("runs the body without managers for an empty array", () => {
    expect(
      runVirtual(
        asyncWith([], function* (values) {
          return values;
        }),
      ),
    ).toEqual([]);
  });
});

describe("an error in the body", () => {
  it("is passed to every manager and thrown on", () => {
    const record = new Record();
    const error = new RangeError("boom");
    const block = asyncWith([record.manager("a"), record.manager("b")], function* () {
      throw error;
    });
    expect(() => runVirtual(block)).toThrow(error);
    expect(record.events).toEqual(["enter a", "enter b", "exit b RangeError", "exit a RangeError"]);
  });

  it("is swallowed by a manager that returns true: the outer ones end normally, and there is no result", () => {
    const record = new Record();
    const block = asyncWith(
      [record.manager("a"), record.manager("b", { swallows: true })],
      function* (): Coroutine<string> {
        throw new RangeError("boom");
      },
    );
    expect(runVirtual(block)).toBeUndefined();
    expect(record.events).toEqual(["enter a", "enter b", "exit b RangeError", "exit a normally"]);
  });

  it("is swallowed even if the body was cancelled", () => {
    const record = new Record();
    const main = function* (): Coroutine {
      const task = createTask(
        asyncWith(record.manager("a", { swallows: true }), function* () {
          yield* sleep(5);
          return "not reached";
        }),
      );
      yield* sleep(1);
      task.cancel();
      expect(yield* task).toBeUndefined();
      expect(task.cancelled()).toBe(false);
      expect(task.cancelling()).toBe(1);
    };
    runVirtual(main());
    expect(record.events).toEqual(["enter a", "exit a CancelledError"]);
  });
});

describe("an error in aenter", () => {
  it("leaves the managers before it, and runs neither the body nor its own aexit", () => {
    const record = new Record();
    const enterError = new RangeError("boom");
    const managers = [record.manager("a"), record.manager("b", { enterError }), record.manager("c")] as const;
    const block = asyncWith(managers, function* () {
      record.events.push("body");
    });
    expect(() => runVirtual(block)).toThrow(enterError);
    expect(record.events).toEqual(["enter a", "enter b", "exit a RangeError"]);
  });

  it("can be swallowed by a manager before it", () => {
    const record = new Record();
    const managers = [
      record.manager("a", { swallows: true }),
      record.manager("b", { enterError: new RangeError("boom") }),
    ] as const;
    expect(
      runVirtual(
        asyncWith(managers, function* () {
          return "not reached";
        }),
      ),
    ).toBeUndefined();
  });

  it("may be a cancellation", () => {
    const record = new Record();
    const main = function* (): Coroutine {
      const task = createTask(asyncWith(record.manager("a", { delay: 5 }), function* () {}));
      yield* sleep(1);
      task.cancel();
      expect(yield* caught(task)).toBeInstanceOf(CancelledError);
    };
    runVirtual(main());
    expect(record.events).toEqual(["enter a"]);
  });
});

describe("an error in aexit", () => {
  const exitError = new RangeError("in aexit");

  it("replaces the body's", () => {
    const record = new Record();
    const block = asyncWith([record.manager("a"), record.manager("b", { exitError })], function* () {
      throw new TypeError("in the body");
    });
    expect(() => runVirtual(block)).toThrow(exitError);
    expect(record.events).toEqual(["enter a", "enter b", "exit b TypeError", "exit a RangeError"]);
  });

  it("replaces the body's result, and aexit is not called again", () => {
    const record = new Record();
    const block = asyncWith(record.manager("a", { exitError }), function* () {
      return "result";
    });
    expect(() => runVirtual(block)).toThrow(exitError);
    expect(record.events).toEqual(["enter a", "exit a normally"]);
  });

  it("may be a cancellation while aexit waits", () => {
    const record = new Record();
    const main = function* (): Coroutine {
      const task = createTask(asyncWith(record.manager("a", { delay: 5 }), function* () {}));
      yield* sleep(6);
      task.cancel("late");
      expect(yield* caught(task)).toEqual(new CancelledError("late"));
    };
    runVirtual(main());
    expect(record.events).toEqual(["enter a", "exit a normally"]);
  });
});

describe("closing a coroutine that is suspended inside the block", () => {
  /** Runs `block` until it first waits. */
  function suspended<T>(block: Coroutine<T>): Coroutine<T> {
    expect(block.next().done).toBe(false);
    return block;
  }

  it("passes GeneratorExit to every manager", () => {
    const record = new Record();
    closeCoroutine(
      suspended(
        asyncWith([record.manager("a"), record.manager("b")], function* () {
          yield* sleep(0);
        }),
      ),
    );
    expect(record.events).toEqual(["enter a", "enter b", "exit b GeneratorExit", "exit a GeneratorExit"]);
  });

  it("runs the body's finally blocks first", () => {
    const record = new Record();
    closeCoroutine(
      suspended(
        asyncWith(record.manager("a"), function* () {
          try {
            yield* sleep(0);
          } finally {
            record.events.push("finally");
          }
        }),
      ),
    );
    expect(record.events).toEqual(["enter a", "finally", "exit a GeneratorExit"]);
  });

  it("works by the generator's own return() too", () => {
    const record = new Record();
    suspended(
      asyncWith(record.manager("a"), function* () {
        yield* sleep(0);
      }),
    ).return();
    expect(record.events).toEqual(["enter a", "exit a GeneratorExit"]);
  });

  it("does not call aexit when it waits in aenter", () => {
    const record = new Record();
    const manager = {
      ...record.manager("a"),
      *aenter(): Coroutine {
        yield* sleep(0);
      },
    };
    closeCoroutine(suspended(asyncWith(manager, function* () {})));
    expect(record.events).toEqual([]);
  });

  it("ends it even if a manager swallows the error", () => {
    const record = new Record();
    const block = suspended(
      asyncWith(record.manager("a", { swallows: true }), function* () {
        yield* sleep(0);
      }),
    );
    closeCoroutine(block);
    expect(block.next()).toEqual({ done: true, value: undefined });
  });

  it("is refused when aexit waits", () => {
    const manager = {
      *aenter(): Coroutine {},
      *aexit(): Coroutine {
        yield* sleep(0);
      },
    };
    const block = suspended(
      asyncWith(manager, function* () {
        yield* sleep(0);
      }),
    );
    expect(() => closeCoroutine(block)).toThrow(new RuntimeError("coroutine ignored GeneratorExit"));
  });

  it("throws what aexit throws", () => {
    const exitError = new RangeError("boom");
    const block = suspended(
      asyncWith(new Record().manager("a", { exitError }), function* () {
        yield* sleep(0);
      }),
    );
    expect(() => closeCoroutine(block)).toThrow(exitError);
  });
});

describe("the prototype of a body", () => {
  const greet = { value: () => "hello" };
  const greetingOf = (generator: object): unknown => (generator as { greet?: () => string }).greet?.();

  it("differs from Python: is another one once a block had the body", () => {
    function* body(): Coroutine {}
    Object.defineProperty(body.prototype, "greet", greet);
    expect(greetingOf(body())).toBe("hello");
    runVirtual(asyncWith(new Record().manager("a"), body));
    expect(greetingOf(body())).toBeUndefined();
  });

  it("stays that of a marked function", () => {
    const body = coroutine(function* (): Coroutine {});
    Object.defineProperty(body.prototype, "greet", greet);
    runVirtual(asyncWith(new Record().manager("a"), body));
    expect(greetingOf(body())).toBe("hello");
  });
});
