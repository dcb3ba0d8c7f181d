import { inspect } from "node:util";
import {
  aiter,
  anext,
  asyncContextManager,
  AsyncExitStack,
  asyncFor,
  asyncGenerator,
  toAsyncIterable,
} from "@yieldstar/asyncgen";
import { type Coroutine, createTask, sleep } from "@yieldstar/loop";
import { runVirtual, VirtualTimeLoop } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import { printed } from "../../../.ci/vitest/quiet.ts";

const count = asyncGenerator(function* count(emit, to: number) {
  for (let number = 0; number < to; number++) yield* emit(number);
});

const unnamed = asyncGenerator(function* (emit) {
  yield* emit(1);
});

describe("an async generator prints", () => {
  it("its function's name, with String and in the console, alone and inside an object", () => {
    const generator = count(2);
    expect(String(generator)).toBe("<async_generator object count>");
    expect(inspect(generator)).toBe("<async_generator object count>");
    expect(inspect({ generator })).toBe("{ generator: <async_generator object count> }");
    expect(`${unnamed()}`).toBe("<async_generator object <lambda>>");
  });

  it("the same in every state", () => {
    const texts: string[] = [];
    function* main(): Coroutine {
      const generator = count(1);
      yield* anext(generator);
      texts.push(String(generator));
      yield* asyncFor(generator, function* () {});
      texts.push(String(generator));
    }
    runVirtual(main());
    expect(new Set(texts)).toEqual(new Set(["<async_generator object count>"]));
  });

  it("in the report of an error while the loop closes it", () => {
    const failing = asyncGenerator(function* failing(emit) {
      try {
        yield* emit(1);
      } finally {
        yield* sleep(1);
        // oxlint-disable-next-line no-unsafe-finally
        throw new RangeError("in cleanup");
      }
    });
    const loop = new VirtualTimeLoop();
    const generator = failing();
    loop.runUntilComplete(anext(generator));
    loop.runUntilComplete(loop.shutdownAsyncgens());
    loop.close();
    expect(printed()).toEqual([
      [
        "error",
        "an error occurred during closing of asynchronous generator <async_generator object failing>\n" +
          "asyncgen: <async_generator object failing>",
        new RangeError("in cleanup"),
      ],
    ]);
  });

  it("the text of a bad yield shows a value of an async generator", () => {
    function* main(): Coroutine<unknown> {
      const leaked = asyncGenerator(function* (emit) {
        yield* emit(emit);
      });
      const emit = yield* anext(leaked());
      const task = createTask(emit(5) as unknown as Coroutine, { name: "t" });
      try {
        yield* task;
      } catch (error) {
        return error;
      }
      return undefined;
    }
    expect(String(runVirtual(main()))).toContain("Task got bad yield: <value of an async generator>");
  });
});

it("managers and iterators print as the name of their class, without what they hold", () => {
  const manager = asyncContextManager(function* (emit) {
    yield* emit(1);
  });
  const iterable = { [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: 0 }) }) };
  const objects = [new AsyncExitStack(), manager(), aiter(iterable), toAsyncIterable(count(1))];
  expect(objects.map((each) => inspect(each))).toEqual([
    "<AsyncExitStack object>",
    "<GeneratorManager object>",
    "<NativeIterator object>",
    "<NativeAsyncGenerator object>",
  ]);
});
