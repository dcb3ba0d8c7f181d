import type { Interface } from "node:readline";
import type { Readable } from "node:stream";
import {
  aclosing,
  aiter,
  anext,
  AsyncExitStack,
  asyncContextManager,
  asyncFor,
  type AsyncGenerator,
  asyncGenerator,
  type AsyncIterable,
  BREAK,
  type Emit,
  events,
  nullcontext,
  once,
  suppress,
} from "@yieldstar/asyncgen";
import {
  asCompleted,
  asyncWith,
  type AsyncContextManager,
  type Coroutine,
  createTask,
  gather,
  run,
  sleep,
  type Task,
  ValueError,
} from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, expectTypeOf, it } from "vitest";

declare const native: globalThis.AsyncGenerator<number>;
declare const stream: ReadableStream<Uint8Array>;
declare const readable: Readable;
declare const lines: Interface;
// oxlint-disable-next-line no-explicit-any
declare const untyped: globalThis.AsyncIterable<any>;
declare const untypedStream: ReadableStream;
declare const both: AsyncIterable<string> & globalThis.AsyncIterable<number>;

function* text(): Coroutine<string> {
  return "text";
}

const numbers = asyncGenerator(function* (emit, to: number) {
  for (let number = 0; number < to; number++) {
    yield* sleep(1);
    yield* emit(number);
  }
});

const connection = asyncContextManager(function* (emit, host: string) {
  yield* sleep(1);
  yield* emit({ host, port: 80 });
});

const counter = asyncContextManager(function* (emit) {
  yield* emit(5);
});

describe("an async generator", () => {
  it("has the types of the values that its body emits, and of its arguments, without annotations", () => {
    expectTypeOf(numbers).toEqualTypeOf<(to: number) => AsyncGenerator<number>>();
    const mixed = asyncGenerator(function* (emit) {
      yield* emit(5);
      yield* text();
      yield* emit("text");
      yield* emit(undefined);
    });
    expectTypeOf(mixed).toEqualTypeOf<() => AsyncGenerator<number | string | undefined>>();
    const objects = asyncGenerator(function* (emit, ...names: string[]) {
      for (const name of names) yield* emit({ name });
    });
    expectTypeOf(objects).toEqualTypeOf<(...names: string[]) => AsyncGenerator<{ name: string }>>();
  });

  it("has no values when its body emits none", () => {
    const nothing = asyncGenerator(function* () {
      yield* sleep(1);
    });
    expectTypeOf(nothing()).toEqualTypeOf<AsyncGenerator<never>>();
  });

  it("has the values that are emitted in the body of a loop or a block", () => {
    const doubled = asyncGenerator(function* (emit, source: AsyncIterable<number>) {
      yield* asyncFor(source, function* (number) {
        yield* emit(number * 2);
      });
      yield* asyncWith(connection("example.org"), function* ({ host }) {
        yield* emit(host);
      });
      yield* asyncWith([counter(), counter()], function* ([one, two]) {
        yield* emit(one + two > 0);
      });
    });
    expectTypeOf(doubled).toEqualTypeOf<(source: AsyncIterable<number>) => AsyncGenerator<number | string | boolean>>();
  });

  it("gives their types to its consumer", () => {
    function* main(): Coroutine {
      const generator = numbers(9);
      expectTypeOf(yield* generator.anext()).toEqualTypeOf<number>();
      expectTypeOf(yield* generator.asend("sent")).toEqualTypeOf<number>();
      expectTypeOf(yield* anext(generator)).toEqualTypeOf<number>();
      expectTypeOf(yield* anext(generator, undefined)).toEqualTypeOf<number | undefined>();
      expectTypeOf(yield* anext(generator, "fallback")).toEqualTypeOf<number | string>();
      expectTypeOf(createTask(generator.anext())).toEqualTypeOf<Task<number>>();
      yield* sleep(5);
      expectTypeOf(yield* gather([generator.anext(), text()])).toEqualTypeOf<[number, string]>();
      expectTypeOf(yield* generator.aclose()).toEqualTypeOf<void>();
    }
    runVirtual(main());
  });

  it("gets from emit the sent value, of the type that the body says", () => {
    const echo = asyncGenerator(function* (emit) {
      expectTypeOf(yield* emit(1)).toEqualTypeOf<unknown>();
      const sent = yield* emit<number, string>(2);
      expectTypeOf(sent).toEqualTypeOf<string>();
      yield* emit(sent);
    });
    expectTypeOf(echo()).toEqualTypeOf<AsyncGenerator<number | string>>();
  });
});

describe("asyncFor", () => {
  it("gives the body each value, and the caller whether it went to the end", () => {
    function* main(): Coroutine {
      const isComplete = yield* asyncFor(numbers(3), function* (number) {
        expectTypeOf(number).toEqualTypeOf<number>();
        yield* sleep(1);
        return number === 1 ? BREAK : undefined;
      });
      expectTypeOf(isComplete).toEqualTypeOf<boolean>();
      expect(isComplete).toBe(false);
      yield* asyncFor(asCompleted([text(), sleep(1, 5)]), function* (future) {
        expectTypeOf(yield* future).toEqualTypeOf<string | number>();
      });
    }
    runVirtual(main());
  });

  it("gives the body the values of native iterables", () => {
    function* main(): Coroutine {
      yield* asyncFor(native, function* (number) {
        expectTypeOf(number).toEqualTypeOf<number>();
      });
      yield* asyncFor(stream, function* (chunk) {
        expectTypeOf(chunk).toEqualTypeOf<Uint8Array>();
      });
      yield* asyncFor(both, function* (word) {
        expectTypeOf(word).toEqualTypeOf<string>();
      });
      expectTypeOf(yield* anext(aiter(stream))).toEqualTypeOf<Uint8Array>();
      expectTypeOf(aclosing(aiter(native))).toExtend<AsyncContextManager<{ anext(): Coroutine<number> }, void>>();
    }
    expectTypeOf(main).toEqualTypeOf<() => Coroutine>();
  });

  it("gives the body the chunks of Node streams: their declared type, or the body's", () => {
    function* main(): Coroutine {
      yield* asyncFor(readable, function* (chunk) {
        expectTypeOf(chunk).toEqualTypeOf<unknown>();
      });
      yield* asyncFor(readable, function* (chunk: Buffer) {
        expectTypeOf(chunk).toEqualTypeOf<Buffer>();
        return chunk.length === 0 ? BREAK : undefined;
      });
      yield* asyncFor(untyped, function* (value) {
        expectTypeOf(value).toEqualTypeOf<unknown>();
      });
      yield* asyncFor(untypedStream, function* (chunk) {
        expectTypeOf(chunk).toEqualTypeOf<unknown>();
      });
      yield* asyncFor(process.stdin as NodeJS.ReadableStream, function* (chunk) {
        expectTypeOf(chunk).toEqualTypeOf<string | Buffer>();
      });
      yield* asyncFor(lines, function* (line) {
        expectTypeOf(line).toEqualTypeOf<string>();
      });
      expectTypeOf(yield* anext(aiter(readable))).toEqualTypeOf<unknown>();
      expectTypeOf(yield* anext(aiter(untyped))).toEqualTypeOf<unknown>();
      expectTypeOf(yield* anext(aiter(lines))).toEqualTypeOf<string>();
    }
    expectTypeOf(main).toEqualTypeOf<() => Coroutine>();
  });

  it("ends with a BREAK under another name", () => {
    const library = { asyncFor, BREAK };
    const { BREAK: end } = library;
    const early = asyncFor(numbers(3), function* (number) {
      return number === 1 ? end : undefined;
    });
    expect(runVirtual(early)).toBe(false);
  });

  it("is a coroutine by itself when its body emits nothing", () => {
    expectTypeOf(asyncFor(numbers(3), function* () {})).toExtend<Coroutine<boolean>>();
    expect(runVirtual(asyncFor(numbers(3), function* () {}))).toBe(true);
  });
});

describe("a context manager", () => {
  it("made of a generator gives the emitted value", () => {
    expectTypeOf(connection).toEqualTypeOf<
      (host: string) => AsyncContextManager<{ host: string; port: number }, boolean>
    >();
    const either = asyncContextManager(function* (emit, isNumber: boolean) {
      if (isNumber) yield* emit(5);
      else yield* emit("text");
    });
    expectTypeOf(either(true)).toEqualTypeOf<AsyncContextManager<number | string, boolean>>();
  });

  it("gives its value to the body of the block, alone or with others", () => {
    function* main(): Coroutine {
      const result = yield* asyncWith(connection("example.org"), function* (entered) {
        expectTypeOf(entered).toEqualTypeOf<{ host: string; port: number }>();
        return entered.host;
      });
      // It may swallow an error.
      expectTypeOf(result).toEqualTypeOf<string | undefined>();
      yield* asyncWith([counter(), connection("example.org"), nullcontext("text")], function* (entered) {
        expectTypeOf(entered).toEqualTypeOf<[number, { host: string; port: number }, string]>();
      });
    }
    runVirtual(main());
  });

  it("that never swallows leaves the block's result as it is", () => {
    function* main(): Coroutine {
      const closed = yield* asyncWith(aclosing(numbers(3)), function* (generator) {
        expectTypeOf(generator).toEqualTypeOf<AsyncGenerator<number>>();
        return yield* generator.anext();
      });
      expectTypeOf(closed).toEqualTypeOf<number>();
      const nothing = yield* asyncWith(nullcontext(), function* (entered) {
        expectTypeOf(entered).toEqualTypeOf<undefined>();
        return 5;
      });
      expectTypeOf(nothing).toEqualTypeOf<number>();
      const suppressed = yield* asyncWith(suppress(ValueError), function* () {
        return 5;
      });
      expectTypeOf(suppressed).toEqualTypeOf<number | undefined>();
    }
    runVirtual(main());
  });

  it("entered by a stack gives its value too", () => {
    function* main(): Coroutine {
      const disposable = { name: "disposable", [Symbol.dispose]: () => {} };
      yield* asyncWith(new AsyncExitStack(), function* (stack) {
        expectTypeOf(stack).toEqualTypeOf<AsyncExitStack>();
        expectTypeOf(yield* stack.enterAsyncContext(counter())).toEqualTypeOf<number>();
        expectTypeOf(yield* stack.enterAsyncContext(nullcontext("text"))).toEqualTypeOf<string>();
        expectTypeOf(stack.enterContext(disposable).name).toEqualTypeOf<string>();
        expectTypeOf(stack.popAll()).toEqualTypeOf<AsyncExitStack>();
      });
    }
    runVirtual(main());
  });
});

declare const leaked: Emit;
declare const promise: Promise<string>;

// Each is a mistake that the compiler has to find where it is written. None of them runs: bad-input.test.ts covers
// that.
const wrongPrograms = {
  "emits a value without the star": () =>
    // @ts-expect-error The star is missing.
    asyncGenerator(function* (emit) {
      yield emit(5);
    }),
  "yields a value by itself": () =>
    // @ts-expect-error A number is not a suspension.
    asyncGenerator(function* () {
      yield 5;
    }),
  "is async": () =>
    // @ts-expect-error An async generator of JavaScript is not a coroutine.
    asyncGenerator(async function* () {
      yield 5;
    }),
  "returns a value": () =>
    // @ts-expect-error As in Python an async generator returns nothing.
    asyncGenerator(function* (emit) {
      yield* emit(5);
      return 5;
    }),
  "is given to a task": () => {
    const body = function* () {
      yield* leaked(5);
    };
    // @ts-expect-error It hands out values, which no task takes.
    createTask(body());
  },
  "is run": () => {
    // @ts-expect-error A generator is not a coroutine: iterate it.
    void run(numbers(3));
  },
  *"is awaited"(): Coroutine {
    // @ts-expect-error A generator is not a coroutine: iterate it.
    yield* numbers(3);
  },
  *"is iterated as JavaScript iterates"(): Coroutine {
    // @ts-expect-error Write asyncFor.
    for (const number of numbers(3)) void number;
  },
  async "is iterated as JavaScript's own are"() {
    // @ts-expect-error Write asyncFor, in a coroutine.
    for await (const number of numbers(3)) void number; // oxlint-disable-line await-thenable
  },
  "is given the wrong arguments": () => {
    // @ts-expect-error A number is expected.
    numbers("3");
    // @ts-expect-error An argument is missing.
    connection();
  },
  "is entered without aclosing": () => {
    // @ts-expect-error A generator is not a context manager.
    asyncWith(numbers(3), function* () {});
  },
  "throws a string into a generator": () => {
    // @ts-expect-error A string is not an error.
    numbers(3).athrow("text");
  },
  "loops over a value that is not an async iterable": () => {
    // @ts-expect-error An array is iterated with for.
    asyncFor([1, 2], function* () {});
    // @ts-expect-error A promise is awaited with fromPromise.
    asyncFor(promise, function* () {});
    // @ts-expect-error An iterator that does not give promises.
    asyncFor({ [Symbol.asyncIterator]: () => [1, 2].values() }, function* () {});
  },
  "loops with a body that is not a coroutine": () => {
    // @ts-expect-error The star is missing.
    asyncFor(numbers(3), function () {});
    // @ts-expect-error An async function is not a coroutine.
    asyncFor(numbers(3), async function () {});
    // @ts-expect-error A promise is not a suspension.
    asyncFor(numbers(3), function* () {
      yield promise;
    });
  },
  "returns a value out of a loop": () => {
    // @ts-expect-error It would be lost: Python's return ends the function.
    asyncFor(numbers(3), function* (number) {
      if (number === 1) return number;
    });
    // @ts-expect-error Also where it may be nothing.
    asyncFor(native, function* (number) {
      return number === 1 ? true : undefined;
    });
    // @ts-expect-error A symbol, but not that one.
    asyncFor(numbers(3), function* () {
      return Symbol("BREAK");
    });
  },
  "expects another type of value": () => {
    // @ts-expect-error The values are numbers.
    asyncFor(numbers(3), function* (word: string) {
      void word;
    });
    // @ts-expect-error These too.
    asyncFor(native, function* (word: string) {
      void word;
    });
    // @ts-expect-error The value is a number.
    asyncWith(counter(), function* (word: string) {
      void word;
    });
  },
  "closes a value that cannot be closed": () => {
    // @ts-expect-error It has no aclose.
    aclosing(5);
    // @ts-expect-error Its aclose is not a coroutine.
    aclosing({ aclose: () => promise });
  },
  "suppresses a value that is not a class of errors": () => {
    // @ts-expect-error An error, and not its class.
    suppress(new ValueError());
    // @ts-expect-error No class of errors.
    suppress(Map);
  },
  "gives a string instead of an array of names": () => {
    const target = new EventTarget();
    once(target, "open", { close: ["close", "error"] });
    events(target, "message", { close: new Set(["close"]) });
    // @ts-expect-error A string's letters would be taken.
    once(target, "open", { close: "close" });
    // @ts-expect-error A string's letters would be taken.
    events(target, "message", { close: "close" });
  },
  "puts a value on a stack that the stack cannot leave": () => {
    const stack = new AsyncExitStack();
    // @ts-expect-error It has no aenter and aexit.
    stack.enterAsyncContext(5);
    // @ts-expect-error It cannot be disposed of.
    stack.enterContext({});
    // @ts-expect-error A coroutine is awaited: use pushAsyncCallback.
    stack.pushAsyncCallback(() => promise);
    // @ts-expect-error A plain function is expected: use pushAsyncExit.
    stack.push(function* () {
      yield* sleep(1);
    });
  },
};

it.each(Object.entries(wrongPrograms))("a program that %s does not compile", (_, program) => {
  expect(program).toBeTypeOf("function");
});
