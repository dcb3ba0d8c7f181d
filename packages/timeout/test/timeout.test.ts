import { inspect } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  asyncWith,
  type Awaitable,
  type Coroutine,
  createTask,
  currentTask,
  DeadlockError,
  type Future,
  getRunningLoop,
  run,
  sleep,
  type Task,
  TimeoutError,
  ValueError,
} from "@yieldstar/loop";
import { runVirtual, VirtualTimeLoop } from "@yieldstar/testing";
import { Timeout, timeout, timeoutAt, waitFor } from "@yieldstar/timeout";
import * as fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { other } from "../../../.ci/vitest/other-realm.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const t = (): number => getRunningLoop().time();

function* work(): Coroutine<string> {
  yield* sleep(1);
  return "worked";
}

/** The error of awaiting `awaitable`. */
function* thrownBy(awaitable: Awaitable<unknown>): Coroutine<unknown> {
  try {
    yield* awaitable;
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("a deadline that is not a number", () => {
  const badDeadlines = [
    { what: "a string", value: "1", text: "'1'" },
    { what: "undefined", value: undefined, text: "undefined" },
    { what: "an object", value: {}, text: "{}" },
    { what: "a bigint", value: 1n, text: "1" },
    { what: "a boolean", value: false, text: "false" },
  ].map(({ what, value, text }) => ({ what, value: value as never, text }));

  it.each(badDeadlines)("is refused at the call: $what", ({ value, text }) => {
    const got = `must be a number of seconds, or null for no deadline, got ${text}`;
    function* main(): Coroutine {
      expect(() => timeout(value)).toThrow(new TypeError(`delay ${got}`));
      expect(() => timeoutAt(value)).toThrow(new TypeError(`when ${got}`));
    }
    runVirtual(main());
  });

  it("is refused at the call: NaN", () => {
    function* main(): Coroutine {
      expect(() => timeout(NaN)).toThrow(new ValueError("Invalid delay: NaN (not a number)"));
      expect(() => timeoutAt(NaN)).toThrow(new ValueError("Invalid when: NaN (not a number)"));
    }
    runVirtual(main());
  });

  it.each([...badDeadlines, { what: "NaN", value: NaN }])(
    "is refused by reschedule, and the old deadline stays: $what",
    ({ value }) => {
      function* main(): Coroutine<number> {
        const cm = timeout(5);
        const error = yield* thrownBy(
          asyncWith(cm, function* () {
            expect(() => cm.reschedule(value)).toThrow("when");
            expect(cm.when()).toBe(5);
            yield* sleep(10);
          }),
        );
        expect(error).toBeInstanceOf(TimeoutError);
        return t();
      }
      expect(runVirtual(main())).toBe(5);
    },
  );

  it.each([...badDeadlines, { what: "a string for zero", value: "0" as never }, { what: "NaN", value: NaN }])(
    "is refused by waitFor, which then awaits nothing: $what",
    ({ value }) => {
      function* begin(): Coroutine {
        expect.unreachable();
      }
      function* main(): Coroutine {
        const task = createTask(work());
        for (const awaitable of [task, begin()]) {
          const error = yield* thrownBy(waitFor<unknown>(awaitable, value));
          expect(error).toBeInstanceOf(Number.isNaN(value) ? ValueError : TypeError);
        }
        expect(yield* task).toBe("worked");
      }
      runVirtual(main());
    },
  );

  it("does not compile", () => {
    expectTypeOf(timeout).parameters.toEqualTypeOf<[delay: number | null]>();
    expectTypeOf(timeoutAt).parameters.toEqualTypeOf<[when: number | null]>();
    expectTypeOf<Timeout["reschedule"]>().parameters.toEqualTypeOf<[when: number | null]>();
    expectTypeOf(waitFor<string>).parameters.toEqualTypeOf<[awaitable: Awaitable<string>, timeout: number | null]>();
  });
});

describe("reschedule from outside the loop", () => {
  it("moves the deadline", () => {
    const loop = new VirtualTimeLoop();
    const cm = new Timeout(1);
    const task = loop.createTask(asyncWith(cm, () => sleep(10)));
    loop.advance(0.5);
    cm.reschedule(2);
    loop.advance(1);
    expect([task.done(), String(cm)]).toEqual([false, "<Timeout [active] when=2.0>"]);
    loop.advance(1);
    expect(task.exception()).toBeInstanceOf(TimeoutError);
    loop.close();
  });

  it("to the past ends the block in the next iteration, and to null lifts the deadline", () => {
    const loop = new VirtualTimeLoop();
    const [past, lifted] = [new Timeout(5), new Timeout(5)];
    const tasks = [past, lifted].map((cm) => loop.createTask(asyncWith(cm, () => sleep(10, "done"))));
    loop.advance(1);
    past.reschedule(0);
    lifted.reschedule(null);
    loop.advance(0);
    expect(tasks.map((task) => task.done())).toEqual([true, false]);
    expect(tasks[0]?.exception()).toBeInstanceOf(TimeoutError);
    loop.advance(9);
    expect(tasks[1]?.result()).toBe("done");
    loop.close();
  });

  it.each([60, null])(
    "wakes the loop, as from a timer of the host, in a block with a deadline of %s",
    async (delay) => {
      const main = function* (): Coroutine<boolean> {
        const cm = timeout(delay);
        setTimeout(() => cm.reschedule(0), 1);
        return (yield* thrownBy(asyncWith(cm, () => sleep(60)))) instanceof TimeoutError;
      };
      expect(await run(main())).toBe(true);
    },
  );

  it.each([1, null])("uses the loop of its task, even in a step of another loop: from %s", (when) => {
    const [own, foreign] = [new VirtualTimeLoop(), new VirtualTimeLoop()];
    const cm = new Timeout(when);
    const task = own.createTask(asyncWith(cm, () => sleep(10)));
    own.advance(0);
    foreign.callSoon(() => cm.reschedule(3));
    foreign.advance(5);
    own.advance(2);
    expect(task.done()).toBe(false);
    own.advance(1);
    expect(task.exception()).toBeInstanceOf(TimeoutError);
    own.close();
    foreign.close();
  });

  it("that fails leaves the deadline as it was", () => {
    const refusal = new RangeError("no more timers");
    class Refusing extends VirtualTimeLoop {
      isRefusing = false;
      override callAt(...args: Parameters<VirtualTimeLoop["callAt"]>): ReturnType<VirtualTimeLoop["callAt"]> {
        if (this.isRefusing) throw refusal;
        return super.callAt(...args);
      }
    }
    const loop = new Refusing();
    const cm = new Timeout(1);
    const task = loop.createTask(asyncWith(cm, () => sleep(10)));
    loop.advance(0);
    loop.isRefusing = true;
    expect(() => cm.reschedule(2)).toThrow(refusal);
    expect(cm.when()).toBe(1);
    loop.advance(1);
    expect(task.exception()).toBeInstanceOf(TimeoutError);
    loop.close();
  });

  it.each([1, null])("is refused when the loop is closed, and changes nothing: from %s", (when) => {
    const loop = new VirtualTimeLoop();
    loop.setExceptionHandler(() => {}); // The task is destroyed while it is pending.
    const cm = new Timeout(when);
    loop.createTask(asyncWith(cm, () => sleep(10)));
    loop.advance(0);
    loop.close();
    expect(() => cm.reschedule(2)).toThrow("Event loop is closed");
    expect(cm.when()).toBe(when);
  });
});

it("a block sets its first deadline by a reschedule that a subclass overrides, as in CPython", () => {
  const deadlines: (number | null)[] = [];
  class Logged extends Timeout {
    override reschedule(when: number | null): void {
      deadlines.push(when);
      super.reschedule(when);
    }
  }
  function* main(): Coroutine<unknown> {
    return yield* thrownBy(asyncWith(new Logged(1), () => sleep(2)));
  }
  expect(runVirtual(main())).toBeInstanceOf(TimeoutError);
  expect(deadlines).toEqual([1]);
});

it("differs from CPython: the entry of a block and a sleep call no callAt that a loop overrides", () => {
  const calls: number[] = [];
  class Logged extends VirtualTimeLoop {
    override callAt(...args: Parameters<VirtualTimeLoop["callAt"]>): ReturnType<VirtualTimeLoop["callAt"]> {
      calls.push(args[0]);
      return super.callAt(...args);
    }
  }
  const loop = new Logged();
  const cm = new Timeout(1);
  loop.createTask(asyncWith(cm, () => sleep(2)));
  loop.advance(0);
  expect(calls).toEqual([]);
  cm.reschedule(3);
  expect(calls).toEqual([3]);
  loop.advance(4);
  loop.close();
});

it("an error of the deadline's callback is reported with a timer", () => {
  const loop = new VirtualTimeLoop();
  const reports: string[] = [];
  loop.setExceptionHandler((_loop, { message, handle }) => reports.push(`${message}: ${String(handle)}`));
  const task = loop.createTask(asyncWith(new Timeout(1), () => sleep(2)));
  task.cancel = () => {
    throw new RangeError("not now");
  };
  loop.advance(2);
  expect(task.done()).toBe(true);
  expect(reports).toEqual(["Exception in callback onTimeout(): <TimerHandle when=1.0 onTimeout()>"]);
  loop.close();
});

it("a timeout that is over keeps neither its task nor the result", async () => {
  const main = function* (): Coroutine<unknown[]> {
    const background = createTask(sleep(3000));
    const refs = yield* (function* (): Coroutine<WeakRef<object>[]> {
      const task = createTask(asyncWith(timeout(3600), () => sleep(0.001, { large: true })));
      return [new WeakRef(yield* task), new WeakRef(task)];
    })();
    for (let count = 0; count < 100 && refs.some((ref) => ref.deref() !== undefined); count += 1) {
      yield* sleep(0.001);
      collectGarbage();
    }
    background.cancel();
    return refs.map((ref) => ref.deref());
  };
  expect(await run(main())).toEqual([undefined, undefined]);
});

describe("an error that a timeout led to", () => {
  it("gets its TimeoutError even if it is of another realm", () => {
    const error = new other.Error("outer");
    error.cause = new other.RangeError("inner");
    function* main(): Coroutine<unknown> {
      const block = asyncWith(timeout(1), function* () {
        try {
          yield* sleep(10);
        } catch (cancelled) {
          (error.cause as Error).cause = cancelled;
          throw error;
        }
      });
      expect(yield* thrownBy(block)).toBe(error);
      return (error.cause as Error).cause;
    }
    expect(runVirtual(main())).toBeInstanceOf(TimeoutError);
  });

  it("is left as it is when its cause cannot be read", () => {
    const error = Object.defineProperty(new Error("boom"), "cause", {
      get() {
        throw new Error("a cause that throws");
      },
    });
    function* main(): Coroutine<unknown> {
      const block = asyncWith(timeout(1), function* () {
        try {
          yield* sleep(10);
        } catch {
          throw error;
        }
      });
      return yield* thrownBy(block);
    }
    expect(runVirtual(main())).toBe(error);
  });
});

describe("a deadline of null", () => {
  it("means no deadline", () => {
    function* main(): Coroutine<string> {
      for (const cm of [timeout(null), timeoutAt(null)]) {
        expect(cm.when()).toBeNull();
        yield* asyncWith(cm, () => sleep(1e9));
        expect(cm.expired()).toBe(false);
      }
      return yield* waitFor(work(), null);
    }
    expect(runVirtual(main())).toBe("worked");
  });
});

describe("an infinite deadline", () => {
  it("never comes", () => {
    function* main(): Coroutine<string> {
      const cm = timeout(Infinity);
      yield* asyncWith(cm, () => sleep(1e9));
      expect(cm.when()).toBe(Infinity);
      expect(cm.expired()).toBe(false);
      return yield* waitFor(work(), Infinity);
    }
    expect(runVirtual(main())).toBe("worked");
  });

  it("sets no timer for the loop to wait for", () => {
    function* main(): Coroutine {
      yield* waitFor(getRunningLoop().createFuture<void>(), Infinity);
    }
    expect(() => runVirtual(main())).toThrow(DeadlockError);
  });

  it("can be replaced by a finite one, and vice versa", () => {
    function* main(): Coroutine {
      const cm = timeout(Infinity);
      const error = yield* thrownBy(
        asyncWith(cm, function* () {
          cm.reschedule(1);
          cm.reschedule(Infinity);
          yield* sleep(2);
          cm.reschedule(3);
          yield* sleep(10);
        }),
      );
      expect(error).toBeInstanceOf(TimeoutError);
      expect(t()).toBe(3);
    }
    runVirtual(main());
  });

  it("of minus infinity is in the past", () => {
    function* main(): Coroutine {
      expect(yield* thrownBy(asyncWith(timeout(-Infinity), () => sleep(0)))).toBeInstanceOf(TimeoutError);
      expect(yield* thrownBy(waitFor(work(), -Infinity))).toBeInstanceOf(TimeoutError);
      expect(t()).toBe(0);
    }
    runVirtual(main());
  });
});

describe("waitFor of a value that cannot be awaited", () => {
  const required = "An asyncio.Future, a coroutine or an awaitable is required";
  const notAwaitables = [
    { what: "a number", value: 5 },
    { what: "a string", value: "work" },
    { what: "undefined", value: undefined },
    { what: "null", value: null },
    { what: "an object", value: {} },
    { what: "an array", value: [] },
    { what: "a class", value: Timeout },
  ];

  it.each(notAwaitables)("throws CPython's errors: $what", ({ value }) => {
    function* main(): Coroutine {
      const awaitable = value as unknown as Awaitable<void>;
      for (const seconds of [1, null]) {
        const error = yield* thrownBy(waitFor(awaitable, seconds));
        expect(error).toBeInstanceOf(TypeError);
        expect(String(error)).toContain("object can't be awaited");
      }
      for (const seconds of [0, -1]) {
        const error = yield* thrownBy(waitFor(awaitable, seconds));
        expect(error).toBeInstanceOf(TypeError);
        expect(String(error)).toContain(required);
      }
      expect(currentTask()?.cancelling()).toBe(0);
      expect(yield* waitFor(work(), 5)).toBe("worked");
    }
    runVirtual(main());
  });

  it("names the fix for a promise", () => {
    const hint = "(hint: wrap it in fromPromise: fromPromise(promise))";
    function* main(): Coroutine {
      const promise = Promise.resolve(1);
      // @ts-expect-error A promise is not awaited without fromPromise.
      const first = yield* thrownBy(waitFor(promise, 1));
      expect(first).toEqual(new TypeError(`'Promise' object can't be awaited ${hint}`));
      // @ts-expect-error The same where it would become a task.
      const second = yield* thrownBy(waitFor(promise, 0));
      expect(second).toEqual(new TypeError(`${required} ${hint}`));
    }
    runVirtual(main());
  });

  it("names the fix for a generator function that was not called", () => {
    function* main(): Coroutine {
      for (const seconds of [1, 0]) {
        // @ts-expect-error It is not a coroutine before it is called.
        const error = yield* thrownBy(waitFor(work, seconds));
        expect(String(error)).toContain("(hint: call it: work())");
      }
    }
    runVirtual(main());
  });
});

describe("the types", () => {
  it("of waitFor are those of the awaited result", () => {
    function* main(): Coroutine {
      const future = getRunningLoop().createFuture<boolean>();
      future.setResult(true);
      expectTypeOf(yield* waitFor(work(), 5)).toEqualTypeOf<string>();
      expectTypeOf(yield* waitFor(createTask(work()), null)).toEqualTypeOf<string>();
      expectTypeOf(yield* waitFor(future, 0)).toEqualTypeOf<boolean>();
      expectTypeOf(yield* waitFor(sleep(1), 5)).toEqualTypeOf<void>();
      expectTypeOf(yield* waitFor(sleep(1, [1, "a"] as const), 5)).toEqualTypeOf<readonly [1, "a"]>();
    }
    runVirtual(main());
    expectTypeOf(waitFor<number>).returns.toEqualTypeOf<Coroutine<number>>();
    expectTypeOf<Future<string> | Task<string> | Coroutine<string>>().toExtend<Parameters<typeof waitFor<string>>[0]>();
  });

  it("of a block with a timeout are those of its body", () => {
    function* main(): Coroutine {
      const length = yield* asyncWith(timeout(5), function* (cm) {
        expectTypeOf(cm).toEqualTypeOf<Timeout>();
        return (yield* work()).length;
      });
      expectTypeOf(length).toEqualTypeOf<number>();
      expect(length).toBe("worked".length);
      const text = yield* asyncWith([timeout(5), timeoutAt(10)], function* ([inner, outer]) {
        expectTypeOf(inner).toEqualTypeOf<Timeout>();
        expectTypeOf(outer).toEqualTypeOf<Timeout>();
        return yield* work();
      });
      expectTypeOf(text).toEqualTypeOf<string>();
      expectTypeOf(yield* asyncWith(timeout(5), () => sleep(1))).toEqualTypeOf<void>();
    }
    runVirtual(main());
    expectTypeOf<Timeout["when"]>().returns.toEqualTypeOf<number | null>();
  });
});

describe("a Timeout", () => {
  it("is shown by console.log as its repr", () => {
    function* main(): Coroutine {
      const cm = timeout(1.5);
      expect(inspect(cm)).toBe("<Timeout [created]>");
      yield* asyncWith(cm, function* () {
        expect(inspect({ cm })).toBe("{ cm: <Timeout [active] when=1.5> }");
        expect(`${cm}`).toBe("<Timeout [active] when=1.5>");
      });
      expect(inspect([cm])).toBe("[ <Timeout [finished]> ]");
    }
    runVirtual(main());
  });

  it.each([
    { what: "a string", thrown: "text" },
    { what: "undefined", thrown: undefined },
    { what: "an object", thrown: { cause: "a cause that is not an error" } },
    { what: "an error whose cause is not an error", thrown: new Error("x", { cause: "text" }) },
  ])("lets through other errors thrown at its expiry: $what", ({ thrown }) => {
    function* main(): Coroutine<unknown> {
      let caught: unknown = "nothing";
      try {
        yield* asyncWith(timeout(1), function* () {
          try {
            yield* sleep(10);
          } catch {
            throw thrown;
          }
        });
      } catch (error) {
        caught = error;
      }
      expect(currentTask()?.cancelling()).toBe(0);
      return caught;
    }
    expect(runVirtual(main())).toBe(thrown);
  });

  it("lets through an error that is its own cause", () => {
    const error = new ValueError("round");
    error.cause = new ValueError("about", { cause: error });
    function* main(): Coroutine<unknown> {
      return yield* thrownBy(
        asyncWith(timeout(1), function* () {
          try {
            yield* sleep(10);
          } catch {
            throw error;
          }
        }),
      );
    }
    expect(runVirtual(main())).toBe(error);
  });

  it("lets through an error that cannot be changed", () => {
    function* main(): Coroutine<unknown> {
      return yield* thrownBy(
        asyncWith(timeout(1), function* () {
          try {
            yield* sleep(10);
          } catch (cause) {
            throw Object.freeze(new ValueError("frozen", { cause }));
          }
        }),
      );
    }
    expect(runVirtual(main())).toMatchObject({ name: "ValueError", message: "frozen" });
  });
});

describe("nested blocks", () => {
  /** Runs the body inside all of `blocks`, the first of which is the outermost. */
  function* inside(blocks: readonly Timeout[], body: () => Coroutine): Coroutine {
    const [first, ...rest] = blocks;
    if (first === undefined) yield* body();
    else yield* asyncWith(first, () => inside(rest, body));
  }

  const delay = fc.option(fc.integer({ min: -2, max: 6 }));
  const cancelAt = fc.option(fc.integer({ min: 1, max: 6 }), { nil: Infinity });

  it("end when the first deadline passes, or the task is cancelled, or the body ends", () => {
    fc.assert(
      fc.property(fc.array(delay, { maxLength: 5 }), fc.nat(6), cancelAt, (delays, seconds, cancelTime) => {
        const deadlines = delays.map((each) => (each === null ? Infinity : Math.max(each, 0)));
        const deadline = Math.min(...deadlines);
        const end = Math.min(deadline, seconds, cancelTime);

        function* main(): Coroutine {
          const blocks = delays.map(timeout);
          const task = createTask(inside(blocks, () => sleep(seconds)));
          getRunningLoop().callAt(cancelTime, () => task.cancel());
          const error = yield* thrownBy(task);
          const expected = cancelTime === end ? "CancelledError" : deadline === end ? "TimeoutError" : undefined;
          expect((error as Error | undefined)?.name).toBe(expected);
          expect(t()).toBe(end);
          expect(task.cancelling()).toBe(cancelTime === end ? 1 : 0);
          expect(blocks.map((block) => block.expired())).toEqual(deadlines.map((each) => each === end));
        }
        runVirtual(main());
      }),
    );
  });
});

describe("in debug mode the stack of a TimeoutError", () => {
  function* slow(): Coroutine {
    yield* sleep(60);
  }
  function* waiting(): Coroutine {
    yield* waitFor(slow(), 1);
  }
  function* within(): Coroutine {
    yield* asyncWith(timeout(1), () => slow());
  }

  it.each([waiting, within])("names where the task waited (%s)", (main) => {
    const error = runVirtual(thrownBy(main()), { debug: true }) as TimeoutError;
    expect(error).toBeInstanceOf(TimeoutError);
    const [first = "", ...rest] = error.stack?.match(/^ {4}at async .*timeout\.test\.ts.*$/gm) ?? [];
    expect(first).toContain("at async slow (");
    expect(rest.join()).toContain(`at async ${main.name} (`);
    expect((error.cause as Error).stack).toContain(`CancelledError\n${first}\n`);
  });

  it.each([waiting, within])("is the value that a hook for stacks makes, even if it is not a string (%s)", (main) => {
    const hooks = Error as { prepareStackTrace?: unknown };
    const { prepareStackTrace } = hooks;
    hooks.prepareStackTrace = (_error: Error, sites: unknown) => sites;
    try {
      const error = runVirtual(thrownBy(main()), { debug: true }) as TimeoutError;
      expect(error).toBeInstanceOf(TimeoutError);
      expect(error.stack).toBeInstanceOf(Array);
    } finally {
      hooks.prepareStackTrace = prepareStackTrace;
    }
  });

  it("has no such lines without it", () => {
    const error = runVirtual(thrownBy(waiting()), { debug: false }) as TimeoutError;
    expect(error.stack).not.toContain("at async");
    expect((error.cause as Error).stack).toBeUndefined();
  });
});
