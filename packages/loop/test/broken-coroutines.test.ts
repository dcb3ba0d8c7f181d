import {
  type Awaitable,
  CancelledError,
  type Context,
  type Coroutine,
  createTask,
  currentTask,
  FIRST_EXCEPTION,
  Future,
  gather,
  getRunningLoop,
  shield,
  sleep,
  Task,
  wait,
} from "@yieldstar/loop";
import { runVirtual, VirtualTimeLoop } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import { caught, expectUsableAfter } from "./usable.ts";

const refuse = (): never => {
  throw new RangeError("refused");
};

/** A coroutine written by hand, or an object that is mistaken for one. */
function byHand(parts: object): Coroutine<unknown> {
  const coroutine = {
    throw(error: unknown): never {
      throw error;
    },
    return: (value: unknown) => ({ done: true, value }),
    [Symbol.iterator]: () => coroutine,
    ...parts,
  };
  return coroutine as unknown as Coroutine<unknown>;
}

function* native(): Coroutine<number> {
  yield* sleep(1);
  return 7;
}

/** Results of `next` or `throw`, with the reaction of `yield*`. */
const makers: Readonly<Record<string, () => Coroutine<unknown>>> = {
  undefined: () => byHand({ next: () => undefined }),
  null: () => byHand({ next: () => null }),
  "a number": () => byHand({ next: () => 5 }),
  "a string": () => byHand({ next: () => "text" }),
  "a symbol": () => byHand({ next: () => Symbol("symbol") }),
  "a truthy `done`": () => byHand({ next: () => ({ done: 1, value: 42 }) }),
  "a falsy `done`, and then a truthy one": () => {
    let calls = 0;
    return byHand({ next: () => (++calls > 3 ? { done: true, value: calls } : { done: 0 }) });
  },
  "a result without `done`, and then the end": () => {
    let calls = 0;
    return byHand({ next: () => (++calls > 3 ? { done: true, value: calls } : { value: undefined }) });
  },
  "a function as its result": () => byHand({ next: () => Object.assign(() => {}, { done: true, value: 42 }) }),
  "a `done` that throws": () =>
    byHand({
      next: () => ({
        get done(): never {
          return refuse();
        },
      }),
    }),
  "a `value` that throws at the end": () =>
    byHand({
      next: () => ({
        done: true,
        get value(): never {
          return refuse();
        },
      }),
    }),
  "an error": () => byHand({ next: refuse }),
  "an await, and then an error": () => {
    let calls = 0;
    return byHand({ next: () => (calls++ === 0 ? { done: false, value: undefined } : refuse()) });
  },
  "undefined, when an error is thrown in": () => {
    let calls = 0;
    return byHand({ next: () => (calls++ === 0 ? { done: false, value: {} } : {}), throw: () => undefined });
  },
  "a coroutine that is frozen": () => Object.freeze(native()),
  "a frozen result of a coroutine written by hand": () =>
    Object.freeze(byHand({ next: () => ({ done: true, value: 7 }) })),
};

/** The ways to get the outcome of a coroutine. */
const ways: Readonly<Record<string, (coroutine: Coroutine<unknown>) => Awaitable<unknown>>> = {
  "in a task": (coroutine) => createTask(coroutine),
  "in an eager task": (coroutine) => new Task(coroutine, { loop: getRunningLoop(), eagerStart: true }),
  "in a gathering": (coroutine) =>
    (function* () {
      return (yield* gather([coroutine]))[0];
    })(),
  "in a task that awaits it": (coroutine) =>
    createTask(
      (function* () {
        return yield* coroutine;
      })(),
    ),
};

/** The result, or the error's text. */
function* outcomeOf(awaitable: () => Awaitable<unknown>): Coroutine<string> {
  try {
    return `gives ${String(yield* awaitable())}`;
  } catch (error) {
    return String(error);
  }
}

describe.each(Object.entries(makers))("a coroutine that gives %s", (_name, make) => {
  it.each(Object.entries(ways))("ends %s as if it were awaited, and others go on", (_way, start) => {
    expectUsableAfter(function* () {
      const sibling = createTask(sleep(5, "sibling"));
      const outcome = yield* outcomeOf(() => start(make()));
      expect(outcome).toBe(yield* outcomeOf(make));
      expect(yield* sibling).toBe("sibling");
    });
  });
});

describe("a coroutine", () => {
  it("whose `value` throws while it waits gets that error, and may clean up", () => {
    const unreadable = (): object => ({
      done: false,
      get value(): never {
        return refuse();
      },
    });
    const events: unknown[] = [];
    expectUsableAfter(function* () {
      const body = function* (): Coroutine {
        try {
          yield* byHand({ next: unreadable });
        } catch (error) {
          events.push(error);
          yield* sleep(1);
        }
      };
      yield* createTask(body());
      // A coroutine that answers the error in the same way ends with the error.
      const stubborn = byHand({ next: unreadable, throw: unreadable });
      events.push(yield* caught(createTask(stubborn)));
    });
    expect(events).toEqual([new RangeError("refused"), new RangeError("refused")]);
  });

  it("whose `next` is asynchronous gets an error that names the fix, and does not spin", () => {
    expectUsableAfter(function* () {
      const text = "Task got bad yield: <Promise object> (hint: wrap it in fromPromise: yield* fromPromise(promise))";
      const make = (): Coroutine<unknown> => byHand({ next: async () => ({ done: true }) });
      expect(yield* caught(createTask(make()))).toHaveProperty("message", text);
      expect(yield* caught(make())).toHaveProperty("message", text);
    });
  });

  it("that yields a revoked Proxy gets a TypeError, which it may catch", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expectUsableAfter(function* () {
      const body = function* (): Coroutine<string> {
        try {
          yield proxy as never;
        } catch (error) {
          return (error as Error).name;
        }
        return "nothing";
      };
      expect(yield* createTask(body())).toBe("TypeError");
    });
  });
});

describe("a task that is ended by a method of Future", () => {
  it("refuses its next step, as in CPython, and is in no list of tasks", () => {
    const reported: unknown[] = [];
    const events: unknown[] = [];
    const main = function* (): Coroutine {
      const loop = getRunningLoop();
      loop.setExceptionHandler((_loop, { message, exception }) => reported.push(message, String(exception)));
      const work = function* (): Coroutine {
        yield* sleep(1);
        events.push("never");
      };
      const first = createTask(work(), { name: "first" });
      const second = createTask(work(), { name: "second" });
      yield* sleep(0);
      Future.prototype.setResult.call(first, "result");
      Future.prototype.setException.call(second, new RangeError("mine"));
      events.push(yield* first, yield* caught(second));
      yield* sleep(2);
    };
    runVirtual(main());
    const text = "InvalidStateError: __step(): already done: <Task finished name=";
    expect(events).toEqual(["result", new RangeError("mine")]);
    expect(reported).toEqual([
      "Exception in callback Task.task_wakeup()",
      `${text}'first' coro=<coroutine object> wait_for=<Future finished result=None> result='result'> None`,
      "Exception in callback Task.task_wakeup()",
      `${text}'second' coro=<coroutine object> wait_for=<Future finished result=None> exception=RangeError('mine')> None`,
    ]);
  });

  // The expected values are those of CPython 3.14.
  it.each([
    { end: "returns", reports: ["InvalidStateError: invalid state"] },
    { end: "throws", reports: ["InvalidStateError: invalid state"] },
    { end: "is cancelled", reports: [] },
    { end: "goes on", reports: ["InvalidStateError: __step(): already done: "] },
  ])("inside its own step, keeps that outcome when its coroutine $end", ({ end, reports }) => {
    const reported: string[] = [];
    const body = function* (): Coroutine<string> {
      Future.prototype.setResult.call(currentTask() as Task<unknown>, "from outside");
      if (end === "throws") throw new RangeError("own");
      if (end === "is cancelled") throw new CancelledError();
      if (end === "goes on") yield;
      return "own";
    };
    const main = function* (): Coroutine<unknown> {
      getRunningLoop().setExceptionHandler((_loop, { exception }) => reported.push(String(exception)));
      const task = createTask(body());
      const result = yield* task;
      yield* sleep(1);
      return result;
    };
    expect(runVirtual(main())).toBe("from outside");
    expect(reported).toEqual(reports.map((text) => expect.stringContaining(text) as string));
  });
});

describe("a future of the user's own class", () => {
  it("has its addDoneCallback called by a task that awaits it, as in CPython", () => {
    let calls = 0;
    class OwnFuture<T> extends Future<T> {
      override addDoneCallback(callback: (future: this) => void, options?: { readonly context?: Context }): void {
        calls += 1;
        super.addDoneCallback(callback, options);
      }
    }
    const main = function* (): Coroutine {
      const loop = getRunningLoop();
      const future = new OwnFuture<number>();
      loop.callSoon(() => future.setResult(1));
      expect([yield* future, calls]).toEqual([1, 1]);
      const failed = new OwnFuture<number>();
      const cancelled = new OwnFuture<number>();
      const tasks = [failed, cancelled].map((awaited) => createTask(waitFor(awaited)));
      yield* sleep(0);
      expect(calls).toBe(3);
      expect(String(failed)).toContain("cb=[Task.task_wakeup()]");
      failed.setException(new RangeError("mine"));
      tasks[1]?.cancel();
      expect(yield* caught(tasks[0] as Task<number>)).toEqual(new RangeError("mine"));
      expect(yield* caught(tasks[1] as Task<number>)).toHaveProperty("name", "CancelledError");
      expect(cancelled.cancelled()).toBe(true);
    };
    expect(runVirtual(main())).toBeUndefined();
  });

  it("whose addDoneCallback throws throws that into the awaiting task", () => {
    class Refusing<T> extends Future<T> {
      override addDoneCallback = refuse;
    }
    expectUsableAfter(function* () {
      expect(yield* caught(new Refusing())).toEqual(new RangeError("refused"));
    });
  });

  it("whose addDoneCallback calls back too early throws an InvalidStateError into the task", () => {
    class Early<T> extends Future<T> {
      override addDoneCallback(callback: (future: this) => void): void {
        getRunningLoop().callSoon(() => callback(this));
        getRunningLoop().callSoon(() => callback(this));
      }
    }
    expectUsableAfter(function* () {
      expect(yield* caught(new Early())).toHaveProperty("name", "InvalidStateError");
    });
  });

  it("whose cancel throws stays awaited, as in CPython, and the cancel is delivered later", () => {
    class Refusing<T> extends Future<T> {
      override cancel = refuse;
    }
    const reported: unknown[] = [];
    const main = function* (): Coroutine {
      getRunningLoop().setExceptionHandler((_loop, { exception }) => reported.push(exception));
      const future = new Refusing<number>();
      const task = createTask(waitFor(future));
      task.cancel();
      yield* sleep(1);
      expect(task.done()).toBe(true);
      const later: Task<void> = createTask(
        (function* (): Coroutine {
          currentTask()?.cancel();
          yield* waitFor(future);
        })(),
      );
      yield* sleep(1);
      expect([later.done(), later.cancelling()]).toEqual([false, 1]);
      future.setResult(1);
      yield* sleep(1);
      expect(later.cancelled()).toBe(true);
    };
    runVirtual(main());
    expect(reported).toEqual([new RangeError("refused")]);
  });

  it.each(["cancelled", "done", "exception"])("whose %s throws is awaited like any other", (method) => {
    class Broken<T> extends Future<T> {}
    class BrokenTask<T> extends Task<T> {}
    for (const each of [Broken, BrokenTask]) Object.defineProperty(each.prototype, method, { value: refuse });
    expectUsableAfter(function* () {
      const waysToWait: ((future: Future<unknown>) => Awaitable<unknown>)[] = [
        (future) => future,
        (future) => gather([future]),
        (future) => shield(future),
      ];
      for (const awaitable of waysToWait) {
        const loop = getRunningLoop();
        const [failed, cancelled, done] = [new Broken<number>(), new Broken<number>(), new Broken<number>()];
        loop.callSoon(() => failed.setException(new RangeError("set")));
        loop.callSoon(() => cancelled.cancel());
        loop.callSoon(() => done.setResult(1));
        expect(yield* caught(awaitable(failed))).toEqual(new RangeError("set"));
        expect(yield* caught(awaitable(cancelled))).toHaveProperty("name", "CancelledError");
        expect([yield* awaitable(done)].flat()).toEqual([1]);
        for (const eagerStart of [false, true]) {
          const task = new BrokenTask(fail(), { eagerStart });
          expect(yield* caught(awaitable(task))).toEqual(new RangeError("set"));
        }
      }
    });
  });

  it.each(["cancelled", "done", "exception"])("whose %s throws ends a wait, and a run", (method) => {
    class Broken<T> extends Future<T> {}
    Object.defineProperty(Broken.prototype, method, { value: refuse });
    const loop = new VirtualTimeLoop();
    const awaited = new Broken<number>({ loop });
    loop.callSoon(() => awaited.setResult(1));
    expect(loop.runUntilComplete(awaited)).toBe(1);
    const failed = new Broken<number>({ loop });
    loop.callSoon(() => failed.setException(new RangeError("set")));
    const never = new Broken<number>({ loop });
    const [ended, pending] = loop.runUntilComplete(wait([failed, never], { returnWhen: FIRST_EXCEPTION }));
    expect([ended.has(failed), ended.size, pending.has(never)]).toEqual([true, 1, true]);
    loop.close();
  });
});

function* fail(): Coroutine<never> {
  throw new RangeError("set");
}

describe("a coroutine that a task runs", () => {
  it("cannot be awaited too, either while it runs or when it has ended", () => {
    expectUsableAfter(function* () {
      const coroutine = native();
      const task = createTask(coroutine);
      yield* sleep(0);
      expect(yield* caught(coroutine)).toHaveProperty(
        "message",
        "coroutine is being awaited already (hint: await its task)",
      );
      expect(yield* task).toBe(7);
      expect(yield* caught(coroutine)).toHaveProperty(
        "message",
        expect.stringContaining("cannot reuse already awaited coroutine"),
      );
    });
  });

  it("can be awaited twice at once if it is written by hand, or if it has no task", () => {
    expectUsableAfter(function* () {
      const shared = native();
      const both = yield* gather([waitFor(shared), waitFor(shared)]);
      expect(both).toEqual([7, undefined]);
    });
  });
});

function* waitFor<T>(awaitable: Awaitable<T>): Coroutine<T> {
  return yield* awaitable;
}
