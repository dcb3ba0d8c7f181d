import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  type BaseEventLoop,
  type Coroutine,
  createTask,
  EventLoop,
  type ExceptionContext,
  fromPromise,
  Future,
  gather,
  getRunningLoop,
  run,
  shield,
  sleep,
  SystemExit,
  toPromise,
} from "@yieldstar/loop";
import { VirtualTimeLoop } from "@yieldstar/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { printed } from "../../../.ci/vitest/quiet.ts";
import { caught } from "./usable.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const hooks = Error as { prepareStackTrace?: unknown };
const { prepareStackTrace } = hooks;

/** Makes the error in a separate function, inside the step of the task that fails. */
function boom(): Error {
  return new Error("boom");
}

function* failing(): Coroutine {
  throw boom();
}

function* failingLater(): Coroutine {
  yield* sleep(0);
  throw boom();
}

/** The ways in which an error may hold another one. */
const held: [string, (error: Error) => unknown][] = [
  ["an object", (inner) => ({ details: { inner } })],
  ["an object without a prototype", (inner) => Object.assign(Object.create(null) as object, { inner })],
  ["an array in an array", (inner) => [[inner]]],
  ["a Map's value", (inner) => new Map([["field", { inner }]])],
  ["a Map's key", (inner) => new Map([[inner, "field"]])],
  ["a Set", (inner) => new Set([[inner]])],
  ["an object that holds itself", circle],
  ["an object with a getter that throws", besideGetter],
];

function circle(inner: Error): object {
  const object: Record<string, unknown> = {};
  return Object.assign(object, { object, later: { inner } });
}

function besideGetter(inner: Error): object {
  return {
    get first(): never {
      throw new TypeError("no value");
    },
    inner,
  };
}

/** Collects often enough to free everything that can be freed, with turns of the host in between. */
async function untilCollected(): Promise<void> {
  for (let count = 0; count < 5; count += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    collectGarbage();
  }
  await new Promise((resolve) => setTimeout(resolve, 10));
}

/** The reports of running `lose` a few times, in tasks without references, while the loop runs. */
async function reportsOf(lose: () => Coroutine, debug = false): Promise<ExceptionContext[]> {
  const contexts: ExceptionContext[] = [];
  const main = function* (): Coroutine<ExceptionContext[]> {
    getRunningLoop().setExceptionHandler((_loop, context) => contexts.push(context));
    getRunningLoop().slowCallbackDuration = Infinity;
    for (let count = 0; count < 3; count += 1) createTask(lose());
    yield* sleep(0.001);
    yield* fromPromise(untilCollected());
    return [...contexts];
  };
  return run(main(), { debug });
}

describe("an error that was made in a task is reported after the next collections if it is never retrieved:", () => {
  afterEach(() => {
    hooks.prepareStackTrace = prepareStackTrace;
  });

  it.each<[string, string, () => Coroutine]>([
    ["of a task that fails in its first step", "Task", failing],
    ["of a task that fails later", "Task", failingLater],
    [
      "of an eager task",
      "Task",
      function* () {
        createTask(failing(), { eagerStart: true });
      },
    ],
    [
      "of a future that was given one",
      "Future",
      function* () {
        getRunningLoop().createFuture().setException(boom());
      },
    ],
    [
      "of a gather",
      "_GatheringFuture",
      function* () {
        gather([failing(), failingLater()]);
      },
    ],
    [
      "of a shield",
      "Future",
      function* () {
        shield(failingLater());
      },
    ],
    [
      "whose cause was made in the task too",
      "Task",
      function* () {
        throw new Error("outer", { cause: yield* caught(failing()) });
      },
    ],
    [
      "that holds another in one of its fields",
      "Task",
      function* () {
        throw Object.assign(boom(), { original: boom() });
      },
    ],
    [
      "that is a group",
      "Task",
      function* () {
        throw new AggregateError([boom(), new AggregateError([boom()])]);
      },
    ],
    [
      "that is its own cause",
      "Task",
      function* () {
        const loop = boom();
        loop.cause = loop;
        throw loop;
      },
    ],
    ...held.map(([title, hold]): [string, string, () => Coroutine] => [
      `that holds another in ${title}`,
      "Task",
      function* () {
        throw Object.assign(boom(), { held: hold(boom()) });
      },
    ]),
    [
      "that is a group of very many errors",
      "Task",
      function* () {
        throw new AggregateError(Array.from({ length: 1500 }, boom));
      },
    ],
    [
      "that is frozen",
      "Task",
      function* () {
        throw Object.freeze(boom());
      },
    ],
    [
      "whose text throws",
      "Task",
      function* () {
        throw Object.defineProperty(boom(), "message", {
          get(): string {
            throw new TypeError("no text");
          },
        });
      },
    ],
    [
      "with a hook for stacks that throws",
      "Task",
      function* () {
        hooks.prepareStackTrace = () => {
          throw new TypeError("no stack");
        };
        throw boom();
      },
    ],
  ])("%s", async (_title, kind, lose) => {
    const contexts = await reportsOf(lose);
    const messages = contexts.map(({ message }) => message);
    expect(messages).toEqual(Array(3).fill(`${kind} exception was never retrieved`));
  });

  it("in debug mode too, with the awaiting tasks, and the place where the task was created", async () => {
    const contexts = await reportsOf(function* (): Coroutine {
      yield* createTask(failingLater());
    }, true);
    expect(contexts.map(({ exception }) => exception?.stack)).toEqual(
      Array(3).fill(expect.stringContaining("at async")),
    );
    expect(contexts.map(({ sourceTraceback }) => sourceTraceback)).toEqual(
      Array(3).fill(expect.stringMatching(/reportsOf|main/)),
    );
  });

  it("with the stack that the program's hook makes, which is called once", async () => {
    let asked = 0;
    hooks.prepareStackTrace = () => {
      asked += 1;
      return "a stack of the program's own";
    };
    const contexts = await reportsOf(failing);
    expect(contexts.map(({ exception }) => exception?.stack)).toEqual(Array(3).fill("a stack of the program's own"));
    expect(asked).toBe(3);
  });
});

describe("an error that is never retrieved is reported after the next collections", () => {
  it("although the loop is never idle", async () => {
    const contexts: ExceptionContext[] = [];
    const main = function* (): Coroutine {
      getRunningLoop().setExceptionHandler((_loop, context) => contexts.push(context));
      const collecting = { isOver: false };
      createTask(failing());
      void untilCollected().then(() => (collecting.isOver = true));
      while (!collecting.isOver) yield* sleep(0);
      expect(contexts).toHaveLength(1);
    };
    await run(main());
    expect(contexts).toHaveLength(1);
  });

  it("although it was set from outside, while its loop waits", async () => {
    const contexts: ExceptionContext[] = [];
    const main = function* (): Coroutine<number> {
      const loop = getRunningLoop();
      loop.setExceptionHandler((_loop, context) => contexts.push(context));
      setTimeout(() => loop.createFuture().setException(boom()), 1);
      setTimeout(() => void untilCollected().then(finish), 5);
      const done = loop.createFuture<void>();
      const finish = (): void => done.setResult();
      yield* done;
      return contexts.length;
    };
    expect(await run(main())).toBe(1);
  });

  it.each<[string, (loop: BaseEventLoop) => void]>([
    ["never ran", () => {}],
    ["is closed", (loop) => loop.close()],
    ["the program has dropped", (loop) => (loop as VirtualTimeLoop).advance(1)],
  ])("although the loop %s, which is collected then", async (_title, prepare) => {
    const contexts: ExceptionContext[] = [];
    const lose = (): WeakRef<BaseEventLoop> => {
      const loop = new VirtualTimeLoop();
      loop.setExceptionHandler((_loop, context) => contexts.push(context));
      prepare(loop);
      new Future({ loop }).setException(boom());
      return new WeakRef<BaseEventLoop>(loop);
    };
    const loop = lose();
    await untilCollected();
    expect(contexts.map(({ message }) => message)).toEqual(["Future exception was never retrieved"]);
    contexts.length = 0;
    await untilCollected();
    expect(loop.deref()).toBeUndefined();
  });
});

describe("the listener for the end of the process", () => {
  const listeners = (): number => process.listenerCount("exit");
  let before = 0;

  beforeEach(() => {
    before = listeners();
  });

  it("exists once for all loops, and only while an error might be lost", async () => {
    const loops = Array.from({ length: 20 }, () => new EventLoop());
    expect(listeners()).toBe(before);
    const futures = loops.map((loop) => loop.createFuture());
    for (const future of futures) future.setException(boom());
    expect(listeners()).toBe(before + 1);
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(listeners()).toBe(before + 1);
    for (const future of futures) future.exception();
    expect(listeners()).toBe(before);
    for (const loop of loops) loop.close();
  });

  it("is removed with the report, and with the loop", async () => {
    const contexts: ExceptionContext[] = [];
    const main = function* (): Coroutine {
      getRunningLoop().setExceptionHandler((_loop, context) => contexts.push(context));
      createTask(failing());
      yield* sleep(0.001);
      expect(listeners()).toBe(before + 1);
      yield* fromPromise(untilCollected());
      expect(contexts).toHaveLength(1);
      expect(listeners()).toBe(before);
      createTask(failing());
      yield* sleep(0.001);
      expect(listeners()).toBe(before + 1);
    };
    await run(main());
    expect(listeners()).toBe(before);
  });

  it("does not exist after errors that were retrieved", async () => {
    const main = function* (): Coroutine {
      for (let count = 0; count < 3; count += 1) {
        yield* caught(createTask(failingLater()));
        yield* sleep(0.001);
      }
      expect(listeners()).toBe(before);
    };
    await run(main());
    await expect(toPromise(failing())).rejects.toThrow("boom");
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(listeners()).toBe(before);
    expect(printed()).toEqual([]);
  });
});

describe("a SystemExit that an exception handler throws outside the loop's steps", () => {
  function exit(): never {
    throw new SystemExit(3);
  }

  it("ends the run when the collector reports", async () => {
    const main = function* (): Coroutine {
      getRunningLoop().setExceptionHandler(exit);
      createTask(failing());
      yield* sleep(0.001);
      yield* fromPromise(untilCollected());
    };
    await expect(run(main())).rejects.toMatchObject({ name: "SystemExit", code: 3 });
  });

  it("ends the run when dispose of fromPromise fails", async () => {
    const main = function* (): Coroutine {
      getRunningLoop().setExceptionHandler(exit);
      let settle = (): void => {};
      const late = new Promise<void>((resolve) => {
        settle = resolve;
      });
      const dispose = (): never => {
        throw boom();
      };
      const task = createTask(fromPromise(late, { dispose }));
      yield* sleep(0);
      task.cancel();
      setTimeout(() => settle(), 1);
      yield* sleep(1);
    };
    await expect(run(main())).rejects.toMatchObject({ name: "SystemExit", code: 3 });
  });

  it("is written to the console when no loop runs", async () => {
    const lose = (): void => {
      const loop = new EventLoop();
      loop.setExceptionHandler(exit);
      loop.createFuture().setException(boom());
    };
    lose();
    await untilCollected();
    expect(printed()).toEqual([["error", "Exception ignored in the exception handler", expect.any(SystemExit)]]);
  });

  it("leaves close() after everything is reported", () => {
    const told: (string | undefined)[] = [];
    const loop = new VirtualTimeLoop();
    loop.setExceptionHandler((_loop, { message }) => {
      told.push(message);
      throw new SystemExit(told.length);
    });
    loop.createTask(sleep(1));
    loop.createTask(sleep(1));
    loop.createFuture().setException(boom());
    loop.createFuture().setException(boom());
    loop.advance(0);
    expect(() => loop.close()).toThrow(expect.objectContaining({ code: 1 }));
    const pending = "Task was destroyed but it is pending!";
    const lost = "Future exception was never retrieved";
    expect(told).toEqual([pending, pending, lost, lost]);
  });
});
