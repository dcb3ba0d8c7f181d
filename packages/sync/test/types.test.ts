import {
  asyncWith,
  type AsyncContextManager,
  type Coroutine,
  createTask,
  RuntimeError,
  type Task,
} from "@yieldstar/loop";
import {
  type Acquirable,
  Barrier,
  BoundedSemaphore,
  BrokenBarrierError,
  Condition,
  Event,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  QueueEmpty,
  Semaphore,
} from "@yieldstar/sync";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, expectTypeOf, it } from "vitest";

/** Runs the body of a test to its end. */
function expectToEnd(body: () => Coroutine): void {
  expect(runVirtual(body())).toBeUndefined();
}

function* text(): Coroutine<string> {
  return "text";
}

describe("an acquirable primitive", () => {
  it("gives true, or the block's result, which is never missing", () => {
    expectToEnd(function* () {
      for (const held of [new Lock(), new Condition(), new Semaphore(), new BoundedSemaphore()]) {
        expectTypeOf(yield* held.acquire()).toEqualTypeOf<true>();
        expectTypeOf(held.release()).toEqualTypeOf<void>();
        const result = yield* asyncWith(held, function* (value) {
          expectTypeOf(value).toEqualTypeOf<void>();
          return yield* text();
        });
        expectTypeOf(result).toEqualTypeOf<string>();
        expectTypeOf(held.locked()).toEqualTypeOf<boolean>();
      }
      expectTypeOf(yield* asyncWith(new Lock(), text)).toEqualTypeOf<string>();
      const both = yield* asyncWith([new Lock(), new Barrier(1)], function* ([nothing, index]) {
        expectTypeOf(nothing).toEqualTypeOf<void>();
        return index;
      });
      expectTypeOf(both).toEqualTypeOf<number>();
    });
  });

  it("is Acquirable, which any context manager can be used as", () => {
    expectTypeOf<Lock>().toExtend<Acquirable>();
    expectTypeOf<Condition>().toExtend<Acquirable>();
    expectTypeOf<BoundedSemaphore>().toExtend<Semaphore>();
    expectTypeOf<Semaphore>().toExtend<Acquirable>();
    expectTypeOf<Lock>().toExtend<AsyncContextManager<void, void>>();
    expectTypeOf<Barrier>().toExtend<AsyncContextManager<number, void>>();
    expectTypeOf<Event>().not.toExtend<AsyncContextManager<unknown>>();
  });
});

describe("a wait", () => {
  it("gives true, an index, or the predicate's result", () => {
    expectToEnd(function* () {
      const event = new Event();
      event.set();
      expectTypeOf(yield* event.wait()).toEqualTypeOf<true>();
      const barrier = new Barrier(1);
      expectTypeOf(yield* barrier.wait()).toEqualTypeOf<number>();
      expectTypeOf(barrier.nWaiting).toEqualTypeOf<number>();
      expectTypeOf(barrier.broken).toEqualTypeOf<boolean>();
      expectTypeOf(yield* barrier.reset()).toEqualTypeOf<void>();
      const condition = new Condition(new Lock());
      expectTypeOf(condition.wait()).toEqualTypeOf<Coroutine<true>>();
      expectTypeOf(yield* condition.waitFor(() => [1, 2])).toEqualTypeOf<number[]>();
      // @ts-expect-error A semaphore is not a lock.
      expectTypeOf(new Condition(new Semaphore())).toEqualTypeOf<Condition>();
    });
  });
});

describe("a queue", () => {
  it("gives items of its type", () => {
    expectToEnd(function* () {
      for (const queue of [new Queue<string>(), new PriorityQueue<string>(), new LifoQueue<string>(3)]) {
        expectTypeOf(yield* queue.put("a")).toEqualTypeOf<void>();
        queue.putNowait("b");
        expectTypeOf(yield* queue.get()).toEqualTypeOf<string>();
        expectTypeOf(queue.getNowait()).toEqualTypeOf<string>();
        queue.putNowait("c");
        expectTypeOf(createTask(queue.get())).toEqualTypeOf<Task<string>>();
        expectTypeOf(queue.putNowait.bind(queue)).parameter(0).toEqualTypeOf<string>();
        // @ts-expect-error How many it holds is said once.
        expect(() => (queue.maxsize = 5)).toThrow(TypeError);
      }
    });
  });

  it("passes its type on, and infers it from the comparison", () => {
    const first = <T>(queue: Queue<T>): T => queue.getNowait();
    const queue = new LifoQueue<Date>();
    queue.putNowait(new Date());
    expectTypeOf(first(queue)).toEqualTypeOf<Date>();
    const byAge = { compare: (a: { age: number }, b: { age: number }) => a.age - b.age };
    const people = new PriorityQueue(0, byAge);
    expectTypeOf(people).toEqualTypeOf<PriorityQueue<{ age: number }>>();
    expectTypeOf(new PriorityQueue<[number, string]>()).toExtend<Queue<[number, string]>>();
    expectTypeOf(new Queue()).toEqualTypeOf<Queue<unknown>>();
    const tasks: Queue<Task<string>> = new Queue(5);
    expectTypeOf(() => first(tasks)).returns.toEqualTypeOf<Task<string>>();
    expectTypeOf(() => people.getNowait()).returns.toEqualTypeOf<{ age: number }>();
  });

  it("does not show its protected methods", () => {
    const queue = new Queue<string>();
    queue.putNowait("a");
    // @ts-expect-error `_get` is for subclasses.
    expect(queue._get()).toBe("a");
  });
});

describe("an error", () => {
  it("has the same base class as in Python", () => {
    expectTypeOf<BrokenBarrierError>().toExtend<RuntimeError>();
    expectTypeOf<QueueEmpty>().toExtend<Error>();
    expect(new BrokenBarrierError()).toBeInstanceOf(RuntimeError);
    expect(new QueueEmpty()).not.toBeInstanceOf(RuntimeError);
  });
});
