import {
  asyncWith,
  type AsyncContextManager,
  type Awaitable,
  type BaseEventLoop,
  type Context,
  ContextVar,
  type Coroutine,
  createTask,
  currentTask,
  ensureFuture,
  EventLoop,
  type Future,
  gather,
  getRunningLoop,
  type Handle,
  run,
  Runner,
  sleep,
  type Task,
  type TimerHandle,
  type Token,
  VirtualHost,
} from "@yieldstar/loop";
import { runVirtual, VirtualTimeLoop } from "@yieldstar/testing";
import { describe, expectTypeOf, it } from "vitest";
import { expectUsableAfter } from "./usable.ts";

function* text(): Coroutine<string> {
  return "text";
}

function* number(): Coroutine<number> {
  return 5;
}

/** The manager that `asyncWith` enters; it gives a `T`. */
function manager<T, S extends boolean | void>(value: T, result: S): AsyncContextManager<T, S> {
  return {
    *aenter() {
      return value;
    },
    *aexit() {
      return result;
    },
  };
}

describe("yield*", () => {
  it("has the type of the awaited result", () => {
    expectUsableAfter(function* () {
      const future = getRunningLoop().createFuture<Date>();
      future.setResult(new Date());
      const awaitable: Awaitable<RegExp> = { [Symbol.iterator]: () => sleep(0, /x/) };
      expectTypeOf(yield* text()).toEqualTypeOf<string>();
      expectTypeOf(yield* future).toEqualTypeOf<Date>();
      expectTypeOf(yield* createTask(number())).toEqualTypeOf<number>();
      expectTypeOf(yield* sleep(0)).toEqualTypeOf<void>();
      expectTypeOf(yield* sleep(0, "result")).toEqualTypeOf<string>();
      expectTypeOf(yield* awaitable).toEqualTypeOf<RegExp>();
    });
  });

  it("infers the type of a coroutine without an annotation", () => {
    const main = function* () {
      yield;
      const [first, second] = yield* gather([text(), number()]);
      return { first, second };
    };
    expectTypeOf(runVirtual(main())).toEqualTypeOf<{ first: string; second: number }>();
  });

  it("keeps never for a coroutine that does not end", () => {
    const main = function* (): Coroutine<never> {
      throw new Error("boom");
    };
    expectTypeOf(main).returns.toEqualTypeOf<Coroutine<never>>();
    const caller = function* () {
      return yield* main();
    };
    expectTypeOf<ReturnType<typeof caller>>().toExtend<Coroutine<never>>();
  });
});

describe("tasks and futures", () => {
  it("have the type of their coroutine's result", () => {
    expectUsableAfter(function* () {
      const task = createTask(text(), { name: "t" });
      expectTypeOf(task).toEqualTypeOf<Task<string>>();
      expectTypeOf(getRunningLoop().createTask(number())).toEqualTypeOf<Task<number>>();
      expectTypeOf(yield* task).toEqualTypeOf<string>();
      expectTypeOf(task.result()).toEqualTypeOf<string>();
      expectTypeOf(task.exception()).toEqualTypeOf<Error | undefined>();
      expectTypeOf(getRunningLoop()).toEqualTypeOf<BaseEventLoop>();
      expectTypeOf(currentTask()).toEqualTypeOf<Task<unknown> | undefined>();
    });
  });

  it("come out of ensureFuture: a task for a coroutine, the rest unchanged", () => {
    expectUsableAfter(function* () {
      const future = getRunningLoop().createFuture<number>();
      expectTypeOf(ensureFuture(text())).toEqualTypeOf<Task<string>>();
      expectTypeOf(ensureFuture(createTask(text()))).toEqualTypeOf<Task<string>>();
      expectTypeOf(ensureFuture(future)).toEqualTypeOf<Future<number>>();
      expectTypeOf(ensureFuture(number() as Awaitable<number>)).toEqualTypeOf<Future<number>>();
    });
  });

  it("give their own type to their callbacks", () => {
    expectUsableAfter(function* () {
      const task = createTask(text());
      task.addDoneCallback((done) => {
        expectTypeOf(done.result()).toEqualTypeOf<string>();
        expectTypeOf(done.getName()).toEqualTypeOf<string>();
      });
      const loop = getRunningLoop();
      expectTypeOf(loop.callSoon(() => {})).toEqualTypeOf<Handle>();
      expectTypeOf(loop.callLater(1, () => {})).toEqualTypeOf<TimerHandle>();
      yield* task;
    });
  });

  it("are covariant: a task of a string is an awaitable of string or number", () => {
    expectTypeOf<Task<string>>().toExtend<Awaitable<string | number>>();
    expectTypeOf<Task<string>>().toExtend<Task<unknown>>();
    expectTypeOf<Coroutine<string>>().toExtend<Coroutine<string | number>>();
    expectTypeOf<Coroutine<number>>().not.toExtend<Coroutine<string>>();
  });
});

describe("gather", () => {
  it("gives a tuple for a tuple, and an array for an array or another iterable", () => {
    expectUsableAfter(function* () {
      expectTypeOf(yield* gather([text(), createTask(number()), sleep(0)])).toEqualTypeOf<[string, number, void]>();
      const coroutines = [text(), text()];
      expectTypeOf(yield* gather(coroutines)).toEqualTypeOf<string[]>();
      expectTypeOf(yield* gather(new Set([number()]))).toEqualTypeOf<number[]>();
      expectTypeOf(yield* gather([])).toEqualTypeOf<[]>();
    });
  });

  it("includes errors in the results when it is asked to", () => {
    expectUsableAfter(function* () {
      const options = { returnExceptions: true } as const;
      expectTypeOf(yield* gather([text(), number()], options)).toEqualTypeOf<[string | Error, number | Error]>();
      expectTypeOf(yield* gather([text()], { returnExceptions: false })).toEqualTypeOf<[string]>();
      expectTypeOf(yield* gather(new Set([text()]), options)).toEqualTypeOf<(string | Error)[]>();
    });
  });

  it("does not know whether there are errors when the option is not known", () => {
    expectUsableAfter(function* () {
      const options: { returnExceptions: boolean } = { returnExceptions: false };
      expectTypeOf(yield* gather([text()], options)).toEqualTypeOf<[string] | [string | Error]>();
    });
  });
});

describe("asyncWith", () => {
  it("gives the body the manager's value, and the caller the body's result", () => {
    expectUsableAfter(function* () {
      const result = yield* asyncWith(manager(new Date(), undefined), function* (value) {
        expectTypeOf(value).toEqualTypeOf<Date>();
        return yield* text();
      });
      expectTypeOf(result).toEqualTypeOf<string>();
    });
  });

  it("may have no result where the manager may swallow an error", () => {
    expectUsableAfter(function* () {
      const body = function* (): Coroutine<string> {
        return "result";
      };
      const always = true;
      const maybe = Number.isNaN(1);
      expectTypeOf(yield* asyncWith(manager(1, false as const), body)).toEqualTypeOf<string>();
      expectTypeOf(yield* asyncWith(manager(1, always), body)).toEqualTypeOf<string | undefined>();
      expectTypeOf(yield* asyncWith(manager(1, maybe), body)).toEqualTypeOf<string | undefined>();
      const unknownManager: AsyncContextManager<number> = manager(1, maybe);
      expectTypeOf(yield* asyncWith(unknownManager, body)).toEqualTypeOf<string | undefined>();
    });
  });

  it("gives the body a tuple for several managers", () => {
    expectUsableAfter(function* () {
      const managers = [manager("a", undefined), manager(1, undefined)] as const;
      const result = yield* asyncWith(managers, function* ([a, b]) {
        expectTypeOf(a).toEqualTypeOf<string>();
        expectTypeOf(b).toEqualTypeOf<number>();
        return b;
      });
      expectTypeOf(result).toEqualTypeOf<number>();
      const inline = yield* asyncWith([manager(/x/, undefined), manager(1, true)], function* ([a, b]) {
        expectTypeOf(a).toEqualTypeOf<RegExp>();
        return b;
      });
      expectTypeOf(inline).toEqualTypeOf<number | undefined>();
    });
  });
});

describe("a function that runs a coroutine", () => {
  it("returns its result, in a promise where the host is shared", async () => {
    const loopFactory = (): EventLoop => new EventLoop({ host: new VirtualHost() });
    expectTypeOf(run(text(), { loopFactory })).toEqualTypeOf<Promise<string>>();
    expectTypeOf(await run(number(), { loopFactory })).toEqualTypeOf<number>();
    expectTypeOf(runVirtual(text())).toEqualTypeOf<string>();
    const runner = new Runner({ loopFactory });
    expectTypeOf(await runner.run(text())).toEqualTypeOf<string>();
    expectTypeOf(await runner.getLoop().runUntilComplete(number())).toEqualTypeOf<number>();
    await runner.close();
    const loop = new VirtualTimeLoop();
    expectTypeOf(loop.runUntilComplete(text())).toEqualTypeOf<string>();
    loop.close();
  });
});

describe("a context variable", () => {
  it("has the declared type", () => {
    const variable = new ContextVar<number>("v");
    const withDefault = new ContextVar("w", { default: "x" });
    const token = variable.set(1);
    expectTypeOf(token).toEqualTypeOf<Token<number>>();
    expectTypeOf(variable.get()).toEqualTypeOf<number>();
    expectTypeOf(variable.get("fallback")).toEqualTypeOf<number | string>();
    expectTypeOf(withDefault.get()).toEqualTypeOf<string>();
    expectTypeOf<Context["get"]>().not.toBeAny();
    variable.reset(token);
  });
});

describe("the public interface", () => {
  it("contains no any", () => {
    expectTypeOf(run).parameters.not.toBeAny();
    expectTypeOf<Future<string>["result"]>().returns.toEqualTypeOf<string>();
    expectTypeOf<Coroutine["next"]>().parameters.toEqualTypeOf<[] | [unknown]>();
    expectTypeOf<ReturnType<Awaitable<string>[typeof Symbol.iterator]>>().not.toBeAny();
  });
});
