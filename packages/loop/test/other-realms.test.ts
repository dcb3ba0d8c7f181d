import { types } from "node:util";
import { runInNewContext } from "node:vm";
import {
  BaseException,
  CancelledError,
  type Coroutine,
  createTask,
  ensureFuture,
  EventLoop,
  Exception,
  fromPromise,
  getRunningLoop,
  run,
  sleep,
  TimeoutError,
} from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { afterEach, describe, expect, it } from "vitest";
import { other } from "../../../.ci/vitest/other-realm.ts";
import { caught, expectUsableAfter } from "./usable.ts";

const isError = Object.getOwnPropertyDescriptor(Error, "isError");

afterEach(() => {
  if (isError === undefined) Reflect.deleteProperty(Error, "isError");
  else Object.defineProperty(Error, "isError", isError);
});

/** Objects that are errors there, and so here. */
const foreignErrors: { what: string; value: unknown }[] = [
  { what: "an Error", value: new other.Error("boom") },
  { what: "an error of a built-in subclass", value: new other.RangeError("boom") },
  { what: "a DOMException", value: new other.DOMException("boom", "AbortError") },
  { what: "an error of a class of its own", value: runInNewContext("new (class extends RangeError {})()") },
  {
    what: "an error with a tag of its own",
    value: runInNewContext("new (class extends Error { get [Symbol.toStringTag]() { return 'Mine'; } })()"),
  },
  { what: "an error that was made by hand", value: runInNewContext("Object.create(Error.prototype)") },
  {
    what: "an error whose message throws",
    value: runInNewContext("Object.defineProperty(new Error(), 'message', { get() { throw 1; } })"),
  },
];

const revoked = Proxy.revocable({}, {});
revoked.revoke();

/** Objects that are not errors, there or here. */
const others: { what: string; value: unknown }[] = [
  { what: "an object", value: runInNewContext("({ name: 'Error', message: 'boom', stack: '' })") },
  { what: "an object with the tag of an error", value: runInNewContext("({ [Symbol.toStringTag]: 'Error' })") },
  { what: "a class of errors", value: other.Error },
  { what: "a revoked Proxy", value: revoked.proxy },
  {
    what: "an object with getters that throw",
    value: {
      get [Symbol.toStringTag](): string {
        throw new Error("a tag that throws");
      },
      get name(): string {
        throw new Error("a name that throws");
      },
    },
  },
];

describe.each([
  { where: "with Error.isError", has: true },
  { where: "without Error.isError", has: false },
])("on a host $where", ({ has }) => {
  /** The host's own function, or its fallback. */
  function setUp(): void {
    if (!has) Reflect.deleteProperty(Error, "isError");
    else if (isError === undefined) {
      Object.defineProperty(Error, "isError", { value: types.isNativeError, configurable: true });
    }
  }

  it.each(foreignErrors)("$what of another realm is an Exception", ({ value }) => {
    setUp();
    expect(value).not.toBeInstanceOf(Error);
    expect([value instanceof Exception, value instanceof BaseException]).toEqual([true, true]);
    const future = new EventLoop().createFuture();
    future.setException(value as Error);
    expect(future.exception()).toBe(value);
  });

  it.each(others)("is not an exception: $what", ({ value }) => {
    setUp();
    expect([value instanceof Exception, value instanceof BaseException]).toEqual([false, false]);
    const future = new EventLoop().createFuture();
    expect(() => future.setException(value === other.Error ? ({} as never) : (value as never))).toThrow(
      new TypeError("invalid exception object"),
    );
    expect(future.done()).toBe(false);
  });
});

describe("a class of errors of another realm", () => {
  it.each(["Error", "RangeError", "DOMException"] as const)("can be given to setException: %s", (name) => {
    const future = new EventLoop().createFuture();
    future.setException(other[name]);
    expect(future.exception()).toBeInstanceOf(other[name]);
  });
});

describe("a promise of another realm", () => {
  it("rejects with its errors as they are, and with the web's TimeoutError as ours", async () => {
    const abort = new other.DOMException("aborted", "AbortError");
    expect(await run(caught(fromPromise(other.Promise.reject(abort))))).toBe(abort);
    const late = new other.DOMException("late", "TimeoutError");
    const error = await run(caught(fromPromise(other.Promise.reject(late))));
    expect(error).toEqual(new TimeoutError("late"));
    expect((error as Error).cause).toBe(late);
  });

  it("wakes its task even if the reason cannot be inspected", async () => {
    const main = function* (): Coroutine<boolean> {
      const error = yield* caught(fromPromise(other.Promise.reject(revoked.proxy)));
      return (error as Error).cause === revoked.proxy;
    };
    expect(await run(main())).toBe(true);
  });

  it("is named in hints when it is passed as a coroutine", () => {
    const promise = other.Promise.resolve(1) as never;
    const hint = "(hint: wrap it in fromPromise: fromPromise(promise))";
    const bad = function* (): Coroutine {
      yield promise;
    };
    expectUsableAfter(function* () {
      expect(() => createTask(promise)).toThrow(hint);
      expect(() => ensureFuture(promise)).toThrow(hint);
      expect(String(yield* caught(createTask(bad())))).toContain(
        "(hint: wrap it in fromPromise: yield* fromPromise(promise))",
      );
    });
  });
});

describe("the value that dispose returns", () => {
  const error = new Error("cannot close");
  const disposals: { what: string; dispose: () => unknown; reported: readonly unknown[] }[] = [
    { what: "a promise of another realm", dispose: () => other.Promise.reject(error), reported: [error] },
    {
      what: "a thenable",
      // oxlint-disable-next-line unicorn/no-thenable
      dispose: () => ({ then: (_: unknown, reject: (e: unknown) => void) => reject(error) }),
      reported: [error],
    },
    {
      what: "a thenable that calls back twice and then throws",
      dispose: () => ({
        // oxlint-disable-next-line unicorn/no-thenable
        then(_: unknown, reject: (e: unknown) => void) {
          reject(error);
          reject(new Error("again"));
          throw new Error("at last");
        },
      }),
      reported: [error],
    },
    {
      what: "a thenable whose then throws",
      dispose: () => ({
        // oxlint-disable-next-line unicorn/no-thenable
        then() {
          throw error;
        },
      }),
      reported: [error],
    },
    {
      what: "an object with a getter of then that throws",
      dispose: () => ({
        // oxlint-disable-next-line unicorn/no-thenable
        get then() {
          throw error;
        },
      }),
      reported: [error],
    },
    { what: "a thenable that is fulfilled", dispose: () => other.Promise.resolve(1), reported: [] },
    { what: "an object", dispose: () => ({ name: "socket" }), reported: [] },
  ];

  it.each(disposals)("is awaited if it is $what", async ({ dispose, reported }) => {
    const seen: unknown[] = [];
    const main = function* (): Coroutine {
      getRunningLoop().setExceptionHandler((_, { exception }) => seen.push(exception));
      let resolve = (): void => {};
      const task = createTask(fromPromise(new Promise<void>((fulfil) => (resolve = fulfil)), { dispose }));
      yield* sleep(0);
      task.cancel();
      expect(yield* caught(task)).toBeInstanceOf(CancelledError);
      resolve();
      yield* fromPromise(new Promise((passed) => setImmediate(passed)));
    };
    await run(main());
    expect(seen).toEqual(reported);
  });
});

describe("a thenable", () => {
  it("whose getter throws is refused with that error", () => {
    const error = new Error("a then that throws");
    const thenable = {
      // oxlint-disable-next-line unicorn/no-thenable
      get then(): never {
        throw error;
      },
    };
    expect(() => fromPromise(thenable)).toThrow(error);
    const main = function* (): Coroutine<unknown> {
      return yield* caught(fromPromise(() => thenable));
    };
    expect(runVirtual(main())).toBe(error);
  });

  it("that is a promise with a then of its own is awaited as await does it", async () => {
    // oxlint-disable-next-line unicorn/no-thenable
    const promise = Object.defineProperty(Promise.resolve("awaited"), "then", {
      value: (fulfil: (value: string) => void) => fulfil("called back at once"),
    });
    expect(await promise).toBe("awaited");
    expect(await run(fromPromise(() => promise))).toBe("awaited");
    expect(await run(fromPromise(promise))).toBe("awaited");
  });
});
