import { type Coroutine, type Future, getRunningLoop, RuntimeError, type Suspension } from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import { caught } from "./usable.ts";

/** Yields `future` to the task as an await does, with a call of `meddle` in between. */
function handOver<T>(future: Future<T>, meddle: () => void): Coroutine<T> {
  const steps = future[Symbol.iterator]();
  const coroutine = {
    [Symbol.iterator]: () => coroutine,
    next(): IteratorResult<Suspension, T> {
      const step = steps.next();
      meddle();
      return step;
    },
    throw(error: unknown): never {
      throw error;
    },
  };
  return coroutine as unknown as Coroutine<T>;
}

describe("a future that is done by the time its task sees it awaited", () => {
  it("wakes the task in the next iteration", () => {
    const main = function* (): Coroutine<string[]> {
      const trace: string[] = [];
      const future = getRunningLoop().createFuture<string>();
      const meddle = (): void => {
        if (future.done()) return;
        future.setResult("result");
        getRunningLoop().callSoon(() => trace.push("callback"));
      };
      trace.push(yield* handOver(future, meddle));
      return trace;
    };
    expect(runVirtual(main())).toEqual(["callback", "result"]);
  });

  it("can be awaited again", () => {
    const main = function* (): Coroutine<number> {
      const future = getRunningLoop().createFuture<number>();
      const meddle = (): void => {
        if (!future.done()) future.setResult(1);
      };
      return (yield* handOver(future, meddle)) + (yield* future);
    };
    expect(runVirtual(main())).toBe(2);
  });
});

it("a future that is resumed before it is done says so", () => {
  const main = function* (): Coroutine<unknown> {
    const future = getRunningLoop().createFuture<number>();
    const steps = future[Symbol.iterator]();
    steps.next();
    const error = yield* caught(future);
    future.setResult(1);
    expect(yield* future).toBe(1);
    return error;
  };
  expect(runVirtual(main())).toEqual(new RuntimeError("await wasn't used with future"));
});
