import { readFile } from "node:fs/promises";
import {
  CancelledError,
  type Coroutine,
  createTask,
  EventLoop,
  fromPromise,
  getRunningLoop,
  gather,
  run,
  sleep,
} from "@yieldstar/loop";
import { afterEach, describe, expect, it } from "vitest";
import { printed } from "../../../.ci/vitest/quiet.ts";
import { caught } from "./usable.ts";

const file = /\(.*traceback\.test\.ts:\d+:\d+\)/.source;

/** The functions of this file that a stack names as awaiting, the innermost first. */
function placesOf(error: unknown): string[] {
  const lines = String((error as Error).stack).matchAll(new RegExp(`^    at async (.*) ${file}$`, "gm"));
  return Array.from(lines, ([, name = ""]) => name);
}

/** In debug mode, on a loop without warnings about slow steps. */
function runDebugging<T>(main: Coroutine<T>): Promise<T> {
  const loopFactory = (): EventLoop => Object.assign(new EventLoop(), { slowCallbackDuration: Infinity });
  return run(main, { debug: true, loopFactory });
}

/** The error of `main`. */
function failureOf(main: Coroutine<unknown>): Promise<unknown> {
  return runDebugging(main).then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** An error that was made outside of steps, like those of sockets and files. */
const foreign = (): Error => new TypeError("made elsewhere");
const rejectingLater = (error: unknown = foreign()): Promise<never> =>
  new Promise((_resolve, reject) => {
    setTimeout(() => reject(error), 1);
  });

describe("in debug mode the stack of an error names where it was awaited:", () => {
  function* load(): Coroutine<unknown> {
    return yield* fromPromise(() => readFile("/not/there"));
  }
  function* main(): Coroutine<unknown> {
    return yield* load();
  }

  it("of a promise", async () => {
    const error = await failureOf(main());
    expect((error as Error).stack).toMatch(/^Error: ENOENT/);
    expect(placesOf(error)).toEqual(["load", "main"]);
  });

  it("of a promise that was rejected before", async () => {
    const error = foreign();
    function* late(): Coroutine {
      yield* fromPromise(Promise.reject(error));
    }
    function* early(): Coroutine {
      const waiting = fromPromise(Promise.reject(error));
      yield* sleep(0.001);
      yield* waiting;
    }
    expect(placesOf(await failureOf(late()))).toEqual(["late"]);
    expect(placesOf(await failureOf(early()))).toEqual(["late"]);
    expect(await failureOf(early())).toBe(error);
  });

  it("of a future, whether it has failed or will", async () => {
    function* waiting(isEarly: boolean): Coroutine {
      const future = getRunningLoop().createFuture<void>();
      const fail = (): void => future.setException(foreign());
      if (isEarly) fail();
      else getRunningLoop().callLater(0.001, fail);
      yield* future;
    }
    expect(placesOf(await failureOf(waiting(true)))).toEqual(["waiting"]);
    expect(placesOf(await failureOf(waiting(false)))).toEqual(["waiting"]);
  });

  it("of a task, and of the tasks that await it in turn", async () => {
    function* worker(): Coroutine<unknown> {
      return yield* load();
    }
    function* joining(): Coroutine<unknown> {
      return yield* createTask(worker());
    }
    function* outermost(): Coroutine<unknown> {
      return yield* createTask(joining());
    }
    const error = await failureOf(outermost());
    expect(placesOf(error)).toEqual(["load", "worker", "joining", "outermost"]);
  });

  it("of a future that many tasks await: where the first awaits it", async () => {
    let promise = Promise.resolve();
    function* first(): Coroutine {
      yield* fromPromise(promise);
    }
    function* other(): Coroutine {
      yield* fromPromise(promise);
    }
    function* all(): Coroutine {
      promise = rejectingLater();
      promise.catch(() => {});
      yield* gather([first(), other(), other()], { returnExceptions: true });
      yield* fromPromise(promise);
    }
    expect(placesOf(await failureOf(all()))).toEqual(["first"]);
  });

  it("of a cancellation", async () => {
    function* waiting(): Coroutine {
      yield* sleep(60);
    }
    function* cancelling(): Coroutine<unknown> {
      const task = createTask(waiting());
      yield* sleep(0);
      task.cancel("why");
      return yield* caught(task);
    }
    const error = await runDebugging(cancelling());
    expect(error).toBeInstanceOf(CancelledError);
    expect((error as Error).stack).toMatch(/^CancelledError: why\n {4}at async waiting/);
    expect(Object.keys(error as Error)).toEqual(["args"]);
  });

  it("but an endless chain of tasks makes no endless stack", async () => {
    function* chained(depth: number): Coroutine<unknown> {
      return depth === 0 ? yield* fromPromise(rejectingLater()) : yield* createTask(chained(depth - 1));
    }
    const error = (await failureOf(chained(150))) as Error;
    expect(placesOf(error).length).toBeGreaterThan(50);
    expect(error.stack?.split("\n").length).toBeLessThanOrEqual(100);
  });

  it("and so does getStack() of a task that failed with the error", async () => {
    function* joining(): Coroutine<unknown> {
      const task = createTask(main());
      yield* caught(task);
      return task.getStack().map(({ name }) => name);
    }
    expect(await runDebugging(joining())).toEqual(expect.arrayContaining(["main", "load"]));
  });
});

describe("in debug mode an error whose stack cannot be changed arrives as it is:", () => {
  const throwing = (): Error =>
    Object.defineProperty(foreign(), "stack", {
      get() {
        throw new Error("no stack");
      },
    });
  const refuse = (): never => {
    throw new Error("trap");
  };
  it.each<[string, unknown]>([
    ["a frozen error", Object.freeze(foreign())],
    ["an error whose stack is a getter that throws", throwing()],
    ["an error whose stack is not a string", Object.assign(foreign(), { stack: [1, 2] })],
    ["an object that is not an error", { message: "none" }],
    ["a Proxy whose traps throw", new Proxy(foreign(), { set: refuse, defineProperty: refuse })],
  ])("%s", async (_name, error) => {
    const before = Reflect.ownKeys(error as object);
    function* main(): Coroutine<unknown> {
      return yield* caught(createTask(fromPromise(rejectingLater(error))));
    }
    expect(await runDebugging(main())).toBe(error);
    expect(Reflect.ownKeys(error as object)).toEqual(before);
  });
});

it("without debug mode stacks stay as they are", async () => {
  const error = foreign();
  const { stack } = error;
  function* main(): Coroutine {
    yield* fromPromise(rejectingLater(error));
  }
  expect(await run(caught(main()), { debug: false })).toBe(error);
  expect(error.stack).toBe(stack);
});

describe("in debug mode a hook for stacks", () => {
  const hooks = Error as { prepareStackTrace?: unknown };
  const { prepareStackTrace } = hooks;

  afterEach(() => {
    hooks.prepareStackTrace = prepareStackTrace;
  });

  it.each<[string, (error: Error, sites: unknown) => unknown]>([
    ["returns the sites", (_error, sites) => sites],
    [
      "throws",
      () => {
        throw new TypeError("no stack");
      },
    ],
  ])("that %s leaves a program as it is", async (_title, hook) => {
    hooks.prepareStackTrace = hook;
    const failing = function* (): Coroutine {
      yield* sleep(0);
      throw new RangeError("boom");
    };
    const main = function* (): Coroutine<unknown> {
      const task = createTask(failing());
      const failed = getRunningLoop().createFuture();
      failed.setException(new RangeError("early"));
      const errors = [yield* caught(task), yield* caught(failed), yield* caught(fromPromise(rejectingLater()))];
      task.printStack();
      return [errors.map(String), task.getStack(), createTask(sleep(0)).getStack()];
    };
    const result = await runDebugging(main());
    expect(result).toEqual([["RangeError: boom", "RangeError: early", "TypeError: made elsewhere"], [], []]);
    expect(printed()).toEqual([["error", expect.stringMatching(/^No stack for <Task finished/)]]);
  });

  it("is not needed for an error whose stack is not a string", async () => {
    const stackless = Object.defineProperty(foreign(), "stack", { value: 5 });
    const main = function* (): Coroutine<unknown> {
      const task = createTask(
        (function* () {
          throw stackless;
        })(),
      );
      yield* caught(task);
      return task.getStack();
    };
    expect(await runDebugging(main())).toEqual([]);
  });
});
