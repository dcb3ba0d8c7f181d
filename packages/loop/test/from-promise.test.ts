import { getEventListeners } from "node:events";
import {
  CancelledError,
  type Coroutine,
  createTask,
  EventLoop,
  fromPromise,
  GeneratorExit,
  getRunningLoop,
  iscoroutine,
  run,
  sleep,
  TimeoutError,
  toPromise,
} from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, expectTypeOf, it, vi } from "vitest";
import { printed } from "../../../.ci/vitest/quiet.ts";
import { caught, expectUsableAfter } from "./usable.ts";

const never = new Promise<never>(() => {});

/** A promise that other code settles. */
function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (reason: unknown) => void } {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((fulfil, fail) => {
    resolve = fulfil;
    reject = fail;
  });
  return { promise, resolve, reject };
}

/** Lets every promise settle that can. */
function settled(): Coroutine {
  return fromPromise(new Promise<void>((resolve) => setImmediate(resolve)));
}

describe("fromPromise", () => {
  it("calls the `then` of a thenable for each wait, as `await` does: a query is sent again", async () => {
    let calls = 0;
    const query: PromiseLike<string> = {
      // oxlint-disable-next-line unicorn/no-thenable -- a query builder is one
      then(onResult) {
        calls += 1;
        // The first query gets no answer.
        if (calls > 1) void onResult?.("row");
        return never;
      },
    };
    const main = function* (): Coroutine<string> {
      const first = createTask(fromPromise(query));
      yield* settled();
      first.cancel();
      expect(yield* caught(first)).toBeInstanceOf(CancelledError);
      return yield* fromPromise(query);
    };
    expect(await run(main())).toBe("row");
    expect(calls).toBe(2);
  });

  it("returns the promise's value, and has its type", async () => {
    const main = function* (): Coroutine<string> {
      const number = yield* fromPromise(Promise.resolve(5));
      expectTypeOf(number).toEqualTypeOf<number>();
      const text = yield* fromPromise(async () => `${number}`);
      expectTypeOf(text).toEqualTypeOf<string>();
      return text;
    };
    expect(await run(main())).toBe("5");
  });

  it("throws the promise's reason", async () => {
    const error = new Error("boom");
    await expect(run(fromPromise(Promise.reject(error)))).rejects.toBe(error);
    await expect(run(fromPromise(() => Promise.reject(error)))).rejects.toBe(error);
  });

  it("throws a TypeError for a rejection that is not an object", async () => {
    const error = await run(caught(fromPromise(Promise.reject("boom"))));
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toHaveProperty("cause", "boom");
  });

  it("is a coroutine, which createTask takes and which prints as one", () => {
    const coroutine = fromPromise(never);
    expectTypeOf(coroutine).toEqualTypeOf<Coroutine<never>>();
    expect(iscoroutine(coroutine)).toBe(true);
    expect(String(coroutine)).toBe("<coroutine object fromPromise>");
  });

  it("wakes tasks in the order in which their promises settle", async () => {
    const order: string[] = [];
    const worker = function* (name: string, promise: Promise<void>): Coroutine {
      yield* fromPromise(promise);
      order.push(name);
    };
    const main = function* (): Coroutine {
      const [a, b] = [deferred<void>(), deferred<void>()];
      const tasks = [createTask(worker("a", a.promise)), createTask(worker("b", b.promise))];
      yield* sleep(0);
      b.resolve();
      a.resolve();
      for (const task of tasks) yield* task;
    };
    await run(main());
    expect(order).toEqual(["b", "a"]);
  });

  it("takes a thenable, however often it calls back", async () => {
    const thenable = {
      // oxlint-disable-next-line unicorn/no-thenable
      then(fulfil: (value: number) => void, reject: (reason: unknown) => void): void {
        fulfil(1);
        fulfil(2);
        reject(new Error("too late"));
      },
    } as PromiseLike<number>;
    expect(await run(fromPromise(thenable))).toBe(1);
  });

  it("calls a function when it is awaited, and not before", async () => {
    let calls = 0;
    const coroutine = fromPromise(async () => ++calls);
    expect(calls).toBe(0);
    expect(await run(coroutine)).toBe(1);
  });

  it("throws the function's error", async () => {
    const error = new Error("boom");
    const source = (): Promise<void> => {
      throw error;
    };
    await expect(run(fromPromise(source))).rejects.toBe(error);
  });

  it.each([
    [undefined, "undefined"],
    [null, "null"],
    [5, "5"],
    ["text", "'text'"],
    [{}, "{}"],
  ])("throws a TypeError, at the call, for a value that is not a promise: %s", (value, text) => {
    const error = new TypeError(`a promise was expected by fromPromise(), got ${text}`);
    expect(() => fromPromise(value as never)).toThrow(error);
    expectUsableAfter(function* () {
      expect(yield* caught(fromPromise((() => value) as never))).toEqual(error);
    });
  });

  it("gives the outcome at once when the promise has settled before it is awaited", async () => {
    const main = function* (): Coroutine<unknown> {
      const error = new Error("boom");
      const [fulfilled, rejected] = [fromPromise(Promise.resolve(1)), fromPromise(Promise.reject(error))];
      yield* settled();
      expect(fulfilled.next()).toEqual({ done: true, value: 1 });
      return [yield* caught(rejected), error];
    };
    const [thrown, error] = (await run(main())) as unknown[];
    expect(thrown).toBe(error);
  });

  it("does not type-check without a promise", () => {
    // @ts-expect-error A number is not a promise.
    expect(() => fromPromise(5)).toThrow(TypeError);
    // @ts-expect-error The function gives no promise.
    fromPromise(() => 5);
    // @ts-expect-error It takes a signal, and no number.
    fromPromise((count: number) => Promise.resolve(count));
    // @ts-expect-error `dispose` gets the promise's value, a number.
    fromPromise(Promise.resolve(5), { dispose: (text: string) => text });
  });

  it("throws when no loop is running", () => {
    expect(() => fromPromise(never).next()).toThrow("no running event loop");
  });
});

describe("fromPromise, cancelled", () => {
  it("does not wait for a promise that never settles", () => {
    const main = function* (): Coroutine<unknown> {
      const task = createTask(fromPromise(never));
      yield* sleep(1);
      expect(String(task)).toContain("coro=<coroutine object fromPromise> wait_for=<Future pending");
      task.cancel("enough");
      return [yield* caught(task), getRunningLoop().time()];
    };
    expect(runVirtual(main())).toEqual([new CancelledError("enough"), 1]);
  });

  it("aborts the signal with an AbortError, whose cause is the CancelledError, before any cleanup", () => {
    let given: AbortSignal | undefined;
    const reasons: DOMException[] = [];
    const worker = function* (): Coroutine {
      try {
        yield* fromPromise((signal) => {
          given = signal;
          return never;
        });
      } finally {
        reasons.push(given?.reason as DOMException);
      }
    };
    const main = function* (): Coroutine<unknown> {
      const task = createTask(worker());
      yield* sleep(1);
      expect(given?.aborted).toBe(false);
      task.cancel();
      return yield* caught(task);
    };
    const error = runVirtual(main());
    expect(error).toBeInstanceOf(CancelledError);
    expect(reasons.map((reason) => [reason.name, reason.code, reason.cause])).toEqual([["AbortError", 20, error]]);
    expect(reasons[0]?.cause).toBe(error);
    expect(reasons[0]).toBeInstanceOf(DOMException);
  });

  it("aborts the signal with an AbortError when the coroutine is closed", () => {
    let given: AbortSignal | undefined;
    const main = function* (): Coroutine<unknown> {
      const waiting = fromPromise((signal) => {
        given = signal;
        return never;
      });
      waiting.next();
      waiting.return(undefined as never);
      return given?.reason as unknown;
    };
    expect(runVirtual(main())).toMatchObject({ name: "AbortError", cause: new GeneratorExit() });
  });

  it("gives a function the signal, however it declares its parameters", () => {
    const given: unknown[] = [];
    const note = (signal: AbortSignal | null | undefined): Promise<never> => {
      given.push(signal);
      return never;
    };
    const withDefault = (signal: AbortSignal | null = null): Promise<never> => note(signal);
    async function named(signal: AbortSignal | null = null): Promise<never> {
      return note(signal);
    }
    const loader = {
      async ["odd(){name"](...args: [AbortSignal]): Promise<never> {
        return note(args[0]);
      },
    };
    const sources: ((signal: AbortSignal) => Promise<never>)[] = [
      (signal) => note(signal),
      (...args) => note(args[0]),
      async (...[signal]) => note(signal),
      withDefault,
      named,
      function (): Promise<never> {
        return note(arguments[0] as AbortSignal);
      },
      loader["odd(){name"],
      note.bind(undefined),
      new Proxy(note, {}),
      vi.fn<typeof note>((...args) => note(args[0])),
    ];
    const main = function* (): Coroutine {
      for (const source of sources) {
        const task = createTask(fromPromise(source));
        yield* sleep(0);
        task.cancel();
        yield* caught(task);
      }
    };
    runVirtual(main());
    expect(given.map((signal) => signal instanceof AbortSignal && signal.aborted)).toEqual(sources.map(() => true));
  });

  it("makes no signal for a function that cannot see it", () => {
    const OwnController = globalThis.AbortController;
    let made = 0;
    globalThis.AbortController = class extends OwnController {
      constructor() {
        super();
        made += 1;
      }
    };
    const main = function* (): Coroutine<number> {
      const sources: (PromiseLike<never> | (() => PromiseLike<never>))[] = [
        never,
        () => never,
        async () => never,
        async () => {
          await never;
          return never;
        },
        async function named(): Promise<never> {
          return never;
        },
        Object.values({
          async method(): Promise<never> {
            return never;
          },
        })[0] as () => Promise<never>,
      ];
      for (const source of sources) {
        const task = createTask(fromPromise(source));
        yield* sleep(1);
        task.cancel();
        yield* caught(task);
      }
      expect(made).toBe(0);
      const task = createTask(fromPromise((_signal) => never));
      yield* sleep(1);
      task.cancel();
      yield* caught(task);
      return made;
    };
    try {
      expect(runVirtual(main())).toBe(1);
    } finally {
      globalThis.AbortController = OwnController;
    }
  });

  it("ignores a later rejection of the promise", async () => {
    const main = function* (): Coroutine<unknown> {
      const { promise, reject } = deferred<void>();
      const aborted = createTask(
        fromPromise(
          (signal) => new Promise((_, fail) => signal.addEventListener("abort", () => fail(signal.reason as Error))),
        ),
      );
      const rejected = createTask(fromPromise(promise));
      yield* sleep(0);
      aborted.cancel();
      rejected.cancel();
      const errors = [yield* caught(aborted), yield* caught(rejected)];
      reject(new Error("too late"));
      yield* settled();
      return errors;
    };
    expect(await run(main())).toEqual([new CancelledError(), new CancelledError()]);
  });

  it("before it began, ignores a rejection of the promise, and does not call a function", async () => {
    let calls = 0;
    const main = function* (): Coroutine {
      const promise = createTask(fromPromise(Promise.reject(new Error("ignored"))));
      const call = createTask(fromPromise(async () => ++calls));
      promise.cancel();
      call.cancel();
      expect(yield* caught(promise)).toBeInstanceOf(CancelledError);
      expect(yield* caught(call)).toBeInstanceOf(CancelledError);
      yield* settled();
    };
    await run(main());
    expect(calls).toBe(0);
  });

  it("leaves the signal alone when the promise has settled", async () => {
    const signals: AbortSignal[] = [];
    const main = function* (): Coroutine {
      yield* fromPromise(async (signal) => void signals.push(signal));
      yield* caught(
        fromPromise(async (signal) => {
          signals.push(signal);
          throw new Error("boom");
        }),
      );
    };
    const task = await run(
      (function* (): Coroutine<string> {
        const inner = createTask(main());
        yield* inner;
        inner.cancel();
        return "done";
      })(),
    );
    expect(task).toBe("done");
    expect(signals.map((signal) => signal.aborted)).toEqual([false, false]);
    expect(signals.flatMap((signal) => getEventListeners(signal, "abort"))).toEqual([]);
  });
});

describe("dispose of fromPromise", () => {
  it("takes a result that comes after the cancellation, once", async () => {
    const disposed: string[] = [];
    const dispose = (socket: string): number => disposed.push(socket);
    const main = function* (): Coroutine {
      const { promise, resolve } = deferred<string>();
      const task = createTask(fromPromise(promise, { dispose }));
      yield* sleep(0);
      task.cancel();
      yield* caught(task);
      resolve("socket");
      yield* settled();
    };
    await run(main());
    expect(disposed).toEqual(["socket"]);
  });

  it("takes a result that comes between the cancellation and its delivery", async () => {
    const disposed: string[] = [];
    const { promise, resolve } = deferred<string>();
    const loop = new EventLoop();
    const task = loop.createTask(fromPromise(promise, { dispose: (socket) => disposed.push(socket) }));
    await loop.runUntilComplete(sleep(0));
    task.cancel();
    resolve("socket");
    await promise;
    await expect(loop.runUntilComplete(task)).rejects.toBeInstanceOf(CancelledError);
    expect(disposed).toEqual(["socket"]);
    loop.close();
  });

  it("takes a result that had woken the task when the cancellation came", async () => {
    const disposed: string[] = [];
    const { promise, resolve } = deferred<string>();
    const loop = new EventLoop();
    const task = loop.createTask(fromPromise((_signal) => promise, { dispose: (socket) => disposed.push(socket) }));
    await loop.runUntilComplete(sleep(0));
    resolve("socket");
    await promise;
    task.cancel();
    await expect(loop.runUntilComplete(task)).rejects.toBeInstanceOf(CancelledError);
    expect(disposed).toEqual(["socket"]);
    loop.close();
  });

  it("takes the result of a promise that was never awaited, since its task was cancelled before", async () => {
    const disposed: string[] = [];
    const main = function* (): Coroutine {
      const dispose = (socket: string): number => disposed.push(socket);
      const task = createTask(fromPromise(Promise.resolve("socket"), { dispose }));
      task.cancel();
      yield* caught(task);
      yield* settled();
    };
    await run(main());
    expect(disposed).toEqual(["socket"]);
  });

  it("takes a result that comes when the loop is closed", async () => {
    const disposed: string[] = [];
    const { promise, resolve } = deferred<string>();
    const loop = new EventLoop();
    loop.createTask(fromPromise(promise, { dispose: (socket) => disposed.push(socket) }));
    await loop.runUntilComplete(sleep(0));
    loop.close();
    expect(printed()).toHaveLength(1); // The task was destroyed.
    resolve("socket");
    await promise;
    await Promise.resolve();
    expect(disposed).toEqual(["socket"]);
  });

  it("takes no error, and no result that the waiter has received", async () => {
    const disposed: unknown[] = [];
    const dispose = (result: unknown): number => disposed.push(result);
    const main = function* (): Coroutine {
      expect(yield* fromPromise(Promise.resolve("socket"), { dispose })).toBe("socket");
      const { promise, reject } = deferred<string>();
      const task = createTask(fromPromise(promise, { dispose }));
      yield* sleep(0);
      task.cancel();
      yield* caught(task);
      reject(new Error("too late"));
      yield* settled();
    };
    await run(main());
    expect(disposed).toEqual([]);
  });

  it("is refused at the call when it is not a plain function", () => {
    const generator = function* (): Coroutine {};
    expect(() => fromPromise(never, { dispose: generator })).toThrow(
      new TypeError("coroutines cannot be used with dispose() (hint: use createTask)"),
    );
    // @ts-expect-error A number is not a function.
    expect(() => fromPromise(never, { dispose: 5 })).toThrow(
      new TypeError("a callable object was expected by dispose(), got 5"),
    );
  });

  it("passes errors and rejections of dispose to the loop's exception handler", async () => {
    const error = new Error("cannot close");
    const reported: unknown[] = [];
    const disposals = [
      (): void => {
        throw error;
      },
      async (): Promise<void> => {
        throw error;
      },
    ];
    const main = function* (): Coroutine {
      getRunningLoop().setExceptionHandler((_, { message, exception }) => reported.push(message, exception));
      for (const dispose of disposals) {
        const { promise, resolve } = deferred<string>();
        const task = createTask(fromPromise(promise, { dispose }));
        yield* sleep(0);
        task.cancel();
        yield* caught(task);
        resolve("socket");
        yield* settled();
      }
    };
    await run(main());
    const message = "Exception in dispose of <coroutine object fromPromise>";
    expect(reported).toEqual([message, error, message, error]);
  });
});

describe("an error that comes in from a promise", () => {
  it("is our TimeoutError, with the web's as its cause, for the web's TimeoutError", async () => {
    const source = (): Promise<never> =>
      new Promise((_, reject) => {
        const signal = AbortSignal.timeout(1);
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      });
    // The signal's own timer does not keep the process.
    const timer = setTimeout(() => {}, 5000);
    const error = await run(caught(fromPromise(source)));
    clearTimeout(timer);
    expect(error).toBeInstanceOf(TimeoutError);
    expect((error as Error).cause).toBeInstanceOf(DOMException);
  });

  it("is an ordinary error for an AbortError without a cancellation of ours", async () => {
    const error = new DOMException("aborted", "AbortError");
    expect(await run(caught(fromPromise(Promise.reject(error))))).toBe(error);
  });

  it("is an AbortError for a CancelledError of another task, and does not cancel this one", async () => {
    const main = function* (): Coroutine<unknown> {
      const other = createTask(sleep(10));
      const promise = other.toPromise();
      yield* sleep(0);
      other.cancel("enough");
      const error = (yield* caught(fromPromise(promise))) as DOMException;
      const raw = (yield* caught(fromPromise(Promise.reject(new CancelledError("raw"))))) as DOMException;
      return [error.name, error.cause, raw.name, raw.cause];
    };
    expect(await run(main())).toEqual([
      "AbortError",
      new CancelledError("enough"),
      "AbortError",
      new CancelledError("raw"),
    ]);
  });

  it("is the original for a TimeoutError of ours that went out", async () => {
    const error = new TimeoutError("late");
    const failing = function* (): Coroutine {
      throw error;
    };
    expect(await run(caught(fromPromise(() => toPromise(failing()))))).toBe(error);
  });
});
