import {
  asyncWith,
  type AsyncContextManager,
  ContextVar,
  type Coroutine,
  createTask,
  ensureFuture,
  type EventLoop,
  type Future,
  gather,
  run,
  sleep,
} from "@yieldstar/loop";
import { describe, expect, it } from "vitest";

declare const loop: EventLoop;
declare const future: Future<string>;
declare const promise: Promise<string>;
declare const manager: AsyncContextManager<string, void>;

function* work(): Coroutine<string> {
  yield* sleep(1);
  return "worked";
}

// Each is a mistake that the compiler has to find where it is written. None of them runs: bad-input.test.ts covers
// that.
const wrongPrograms = {
  *"yields a promise"(): Coroutine {
    // @ts-expect-error A promise is not a suspension.
    yield promise;
  },
  *"yields a future"(): Coroutine {
    // @ts-expect-error The star is missing.
    yield future;
  },
  *"yields a coroutine"(): Coroutine {
    // @ts-expect-error The star is missing.
    yield work();
  },
  *"yields a number"(): Coroutine {
    // @ts-expect-error A number is not a suspension.
    yield 5;
  },
  "yields a promise, without the return type Coroutine": () => {
    const main = function* () {
      yield promise;
    };
    // @ts-expect-error A promise is not a suspension.
    void run(main());
    // @ts-expect-error A promise is not a suspension.
    createTask(main());
  },
  "yields a future in a block": () => {
    const body = function* () {
      yield future;
    };
    // @ts-expect-error The star is missing.
    asyncWith(manager, body);
  },
  *"awaits a promise"(): Coroutine {
    // @ts-expect-error A promise cannot be awaited by itself.
    yield* promise;
  },
  *"awaits a function"(): Coroutine {
    // @ts-expect-error The call is missing.
    yield* work;
  },
  *"awaits a string"(): Coroutine {
    // @ts-expect-error It is iterable, but yields no suspensions.
    yield* "text";
  },
  *"takes a result for another type"(): Coroutine {
    // @ts-expect-error The result is a string.
    const result: number = yield* work();
    void result;
  },
  *"returns another type"(): Coroutine<number> {
    // @ts-expect-error The result is a string.
    return yield* work();
  },
  "makes a task of a function": () => {
    // @ts-expect-error The call is missing.
    createTask(work);
    // @ts-expect-error The call is missing.
    loop.createTask(work);
  },
  "makes a task of a future": () => {
    // @ts-expect-error A future is not a coroutine.
    createTask(future);
  },
  "makes a task of a promise": () => {
    // @ts-expect-error A promise is not a coroutine.
    createTask(promise);
  },
  "makes a future of a function": () => {
    // @ts-expect-error The call is missing.
    ensureFuture(work);
  },
  "makes a future of a promise": () => {
    // @ts-expect-error A promise cannot be awaited by itself.
    ensureFuture(promise);
  },
  "runs a function": () => {
    // @ts-expect-error The call is missing.
    void run(work);
    // @ts-expect-error The call is missing.
    void loop.runUntilComplete(work);
  },
  "runs a promise": () => {
    // @ts-expect-error A promise cannot be awaited by itself.
    void run(promise);
  },
  "gathers arguments instead of an array": () => {
    // @ts-expect-error Python's gather(a, b) is gather([a, b]).
    gather(work(), work());
    // @ts-expect-error Python's gather(a) is gather([a]).
    gather(work());
  },
  "gathers functions or promises": () => {
    // @ts-expect-error The call is missing.
    gather([work]);
    // @ts-expect-error A promise cannot be awaited by itself.
    gather([promise]);
  },
  "gives a delay as a string": () => {
    // @ts-expect-error A delay is a number of seconds.
    sleep("1");
    // @ts-expect-error A delay is a number of seconds.
    loop.callLater("1", () => {});
    // @ts-expect-error A time is a number of seconds.
    loop.callAt(new Date(), () => {});
  },
  "gives no delay": () => {
    // @ts-expect-error A delay is a number of seconds.
    sleep();
    // @ts-expect-error A delay is a number of seconds.
    sleep(null);
    // @ts-expect-error The delay comes first.
    loop.callLater(() => {}, 1);
  },
  "schedules a coroutine": () => {
    // @ts-expect-error A coroutine is not a function.
    loop.callSoon(work());
  },
  "sets a result of another type": () => {
    // @ts-expect-error The result is a string.
    future.setResult(5);
    // @ts-expect-error The result is missing.
    future.setResult();
    // @ts-expect-error An exception is an Error.
    future.setException("text");
  },
  "sets a variable to another type": () => {
    const variable = new ContextVar<number>("v");
    // @ts-expect-error The variable holds numbers.
    variable.set("text");
  },
  "enters a value that is not a manager": () => {
    // @ts-expect-error It has no aenter.
    asyncWith({}, function* () {});
    // @ts-expect-error It has no aexit.
    asyncWith({ *aenter() {} }, function* () {});
    // @ts-expect-error The second has no aenter.
    asyncWith([manager, 5], function* () {});
  },
  "gives a block a plain function": () => {
    // @ts-expect-error The body is a generator function.
    asyncWith(manager, (value) => value);
    // @ts-expect-error The body is a generator function, and not an async one.
    asyncWith(manager, async () => {});
  },
  *"takes a swallowed block's result for granted"(swallower: AsyncContextManager<string>): Coroutine {
    // @ts-expect-error There is no result where the manager swallowed an error.
    const result: string = yield* asyncWith(swallower, work);
    void result;
  },
};

describe("a program does not compile if it", () => {
  it.each(Object.entries(wrongPrograms))("%s", (_name, program) => {
    expect(program).toBeTypeOf("function");
  });
});
