import {
  CancelledError,
  coroutine,
  type Coroutine,
  createTask,
  run,
  RuntimeError,
  sleep,
  type Task,
} from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, expectTypeOf, it, vi } from "vitest";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { printed } from "../../../.ci/vitest/quiet.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const nest = coroutine(function* nest(depth: number, inner: () => Coroutine<number>): Coroutine<number> {
  return depth === 0 ? yield* inner() : yield* nest(depth - 1, inner);
});

describe("coroutine()", () => {
  it("returns the generator function that it marks, with its type", () => {
    const worker = function* <T>(value: T): Coroutine<T> {
      yield* sleep(0);
      return value;
    };
    const marked = coroutine(worker);
    expect(marked).toBe(worker);
    expect(coroutine(marked)).toBe(worker);
    expectTypeOf(marked).toEqualTypeOf(worker);
    expect(runVirtual(marked(5))).toBe(5);
  });

  it("decorates a method", () => {
    class Server {
      readonly #answer = 42;
      *handle(): Coroutine<number> {
        yield* sleep(1);
        return this.#answer;
      }
    }
    const handle = Object.getOwnPropertyDescriptor(Server.prototype, "handle")?.value as Server["handle"];
    expect(coroutine(handle, { kind: "method" })).toBe(handle);
    expect(runVirtual(new Server().handle())).toBe(42);
  });

  it("marks all generator functions of a class and of an object", () => {
    class Server {
      static *open(): Coroutine<Server> {
        yield* sleep(1);
        return new Server();
      }
      *handle(): Coroutine<string> {
        yield* sleep(1);
        return this.name();
      }
      name(): string {
        return "server";
      }
    }
    const handlers = {
      *first(): Coroutine<string> {
        return yield* (yield* Server.open()).handle();
      },
    };
    expect(coroutine(Server)).toBe(Server);
    expect(coroutine(handlers)).toBe(handlers);
    expect(runVirtual(handlers.first())).toBe("server");
    for (const made of [Server.open(), new Server().handle(), handlers.first()]) {
      expect(String(made[Symbol.iterator]())).not.toBe(String(made));
    }
  });

  it("refuses anything else", () => {
    function* worker(this: unknown): Coroutine {
      yield* sleep(0);
      return this as undefined;
    }
    class Plain {
      readonly value = 1;
    }
    const frozen = function* frozen(): Coroutine {};
    Object.freeze(frozen.prototype);
    const refused: readonly [unknown, string][] = [
      [
        () => {},
        "coroutine() expects a generator function, got <function <lambda>> (hint: write function* with a star)",
      ],
      [async () => {}, "(hint: write function* with a star)"],
      [async function* () {}, "(hint: use asyncGenerator)"],
      [worker.bind(undefined), "(hint: mark it before bind())"],
      [Math.max, "coroutine() expects a generator function, got "],
      [frozen, "coroutine() cannot mark <function frozen>: its prototype is frozen"],
      [{ plain() {} }, "coroutine() expects a generator function, got "],
      [Plain, "coroutine() cannot mark class Plain: it has no generator methods of its own"],
      [undefined, "coroutine() expects a generator function, got undefined"],
      [null, "coroutine() expects a generator function, got null"],
      [5, "coroutine() expects a generator function, got 5"],
    ];
    for (const [value, text] of refused) {
      expect(() => coroutine(value as object)).toThrow(TypeError);
      expect(() => coroutine(value as object)).toThrow(text);
    }
  });

  it("does not compile with a plain function's name for a coroutine's result", () => {
    const marked = coroutine(function* (): Coroutine<number> {
      yield* sleep(0);
      return 1;
    });
    expectTypeOf(runVirtual(marked())).toEqualTypeOf<number>();
  });
});

describe("a marked coroutine", () => {
  it("is resumed at its innermost frame", () => {
    let resumed = 0;
    /** Counts how often the coroutine whose iterator it drives is resumed from above. */
    const counting = (inner: Coroutine<number>): Coroutine<number> => {
      const iterator = inner[Symbol.iterator]();
      return Object.assign(Object.create(inner) as Coroutine<number>, {
        [Symbol.iterator]() {
          return this;
        },
        next(value: unknown) {
          resumed += 1;
          return iterator.next(value);
        },
        throw: (error: unknown) => iterator.throw(error),
        return: (value: number) => iterator.return(value),
      });
    };
    function* spin(): Coroutine<number> {
      for (let count = 0; count < 100; count += 1) yield* sleep(0);
      return 7;
    }
    const main = coroutine(function* main(): Coroutine<number> {
      return yield* counting(nest(10, coroutine(spin)));
    });
    expect(runVirtual(main())).toBe(7);
    expect(resumed).toBe(2);
  });

  it("sees a cancellation at its innermost yield*, with every finally on the way", () => {
    const log: string[] = [];
    const guarded = coroutine(function* guarded(depth: number): Coroutine {
      try {
        if (depth > 0) yield* guarded(depth - 1);
        else yield* sleep(10);
      } catch (error) {
        log.push(`${depth} ${String(error instanceof CancelledError)}`);
        throw error;
      } finally {
        yield* sleep(1);
        log.push(`${depth} finally`);
      }
    });
    function* main(): Coroutine {
      const task = createTask(guarded(2));
      yield* sleep(1);
      task.cancel();
      yield* sleep(5);
      log.push(String(task.cancelled()));
    }
    runVirtual(main());
    expect(log).toEqual(["0 true", "0 finally", "1 true", "1 finally", "2 true", "2 finally", "true"]);
  });

  it("names its function in the text of its task, and in its own", () => {
    const worker = coroutine(function* worker(): Coroutine {
      yield* sleep(1);
    });
    function* main(): Coroutine<string[]> {
      const task = createTask(worker(), { name: "w" });
      const texts = [String(task)];
      yield* task;
      return [...texts, String(task)];
    }
    expect(runVirtual(main())).toEqual([
      "<Task pending name='w' coro=<worker() running>>",
      "<Task finished name='w' coro=<worker() done> result=None>",
    ]);
  });

  it("leaves an error with the names of its awaiting callers", async () => {
    const fail = coroutine(function* fail(): Coroutine<number> {
      yield* sleep(0.001);
      throw new Error("deep");
    });
    const outer = coroutine(function* outer(): Coroutine<number> {
      return yield* nest(2, fail);
    });
    const error = await run(outer()).then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    const lines = (error?.stack ?? "").split("\n").slice(1);
    expect(lines[0]).toMatch(/at (Generator\.)?fail.* \(/);
    expect(lines.slice(-4).map((line) => line.trim())).toEqual([
      "at async nest",
      "at async nest",
      "at async nest",
      "at async outer",
    ]);
    expect(error?.stack).not.toContain("FrameChain");
  });

  it("leaves the lines of a program's own methods in the stack, whatever their names are", async () => {
    class Player {
      _resume(): never {
        throw new Error("deep");
      }
    }
    const play = coroutine(function* play(): Coroutine<number> {
      yield* sleep(0.001);
      return new Player()._resume();
    });
    const thrown: unknown = await run(nest(0, play)).catch((error: unknown) => error);
    expect((thrown as Error).stack).toMatch(/at Player\._resume .*\n +at (Generator\.)?play[\s\S]*at async nest$/);
  });

  it("gets the callers where the error is reported, and no earlier", () => {
    const fail = coroutine(function* fail(): Coroutine<number> {
      yield* sleep(0);
      throw new Error("lost");
    });
    let task: Task<number> | undefined;
    function* main(): Coroutine<string | undefined> {
      task = createTask(nest(1, fail));
      yield* sleep(1);
      const before = (task.exception() as Error).stack;
      task.getLoop().callExceptionHandler({ message: "told", exception: task.exception() as Error });
      return before;
    }
    expect(runVirtual(main())).not.toContain("at async nest");
    expect(task?.exception()?.stack).toContain("at async nest");
    expect(printed()).toHaveLength(1);
  });
});

describe("in debug mode", () => {
  it("awaiting a coroutine a second time is refused, in a coroutine and by a task", () => {
    const worker = coroutine(function* worker(): Coroutine {
      yield* sleep(0);
    });
    function* twice(): Coroutine {
      const made = worker();
      yield* made;
      yield* made;
    }
    function* taken(): Coroutine {
      const made = worker();
      yield* made;
      createTask(made);
    }
    for (const main of [twice, taken]) {
      expect(() => runVirtual(main(), { debug: true })).toThrow(RuntimeError);
      expect(() => runVirtual(main(), { debug: true })).toThrow("cannot reuse already awaited coroutine");
    }
  });

  it("a coroutine that is made and never awaited is warned about, with its place", async () => {
    vi.stubEnv("YIELDSTAR_DEBUG", "1");
    const worker = coroutine(function* worker(): Coroutine {
      yield* sleep(0);
    });
    vi.unstubAllEnvs();
    expect(worker.name).toBe("worker");
    runVirtual(worker(), { debug: true });
    (function makeAndForget() {
      worker();
    })();
    const lines: unknown[] = [];
    for (let count = 0; count < 100 && lines.length === 0; count += 1) {
      collectGarbage();
      await new Promise((resolve) => setTimeout(resolve, 1));
      lines.push(...printed().map(([, line]) => line));
    }
    const [text] = lines;
    expect(text).toMatch(
      /^RuntimeWarning: coroutine 'worker' was never awaited\nCoroutine created at\n.*marked\.test\.ts/,
    );
  });
});

describe("a driver written by hand, over an unmarked coroutine with marked ones inside", () => {
  it("gets a step that is meant for it, also after the task has resumed the marked coroutine directly", () => {
    const request = coroutine(function* request(text: string): Generator<unknown, unknown, unknown> {
      yield* sleep(1);
      const answer = yield { text };
      yield* sleep(1);
      return [answer, yield { text: "again" }];
    });
    function* body(): Generator<unknown, unknown, unknown> {
      return yield* request("first");
    }
    /** Answers the requests of `inner`, and passes everything else on to the task. */
    function answering(inner: Generator<unknown, unknown, unknown>): Coroutine<unknown> {
      const answer = (step: IteratorResult<unknown, unknown>): IteratorResult<unknown, unknown> => {
        const value = step.value as { readonly text?: string } | undefined;
        return step.done !== true && typeof value?.text === "string" ? answer(inner.next(`${value.text}!`)) : step;
      };
      const driver = {
        [Symbol.iterator]: () => driver,
        next: (value: unknown) => answer(inner.next(value)),
        throw: (error: unknown) => answer(inner.throw(error)),
        return: (value: unknown) => inner.return(value),
      };
      return driver as unknown as Coroutine<unknown>;
    }
    function* plain(): Coroutine<unknown> {
      return yield* answering(body());
    }
    const marked = coroutine(function* marked(): Coroutine<unknown> {
      return yield* answering(body());
    });
    for (const main of [plain, marked]) {
      expect(runVirtual(main())).toEqual(["first!", "again!"]);
    }
  });

  it("does not hide a bad yield from the task", () => {
    const bad = coroutine(function* bad(): Generator<unknown, string, unknown> {
      yield* sleep(1);
      try {
        yield 5;
      } catch (error) {
        return String(error);
      }
      return "nothing";
    });
    const main = coroutine(function* main(): Coroutine<string> {
      return yield* bad() as Coroutine<string>;
    });
    expect(runVirtual(main())).toBe("RuntimeError: Task got bad yield: 5");
  });
});
