import { asyncWith, type Coroutine, createTask, RuntimeError, sleep, ValueError } from "@yieldstar/loop";
import { Barrier, BoundedSemaphore, Condition, Event, Lock, PriorityQueue, Queue, Semaphore } from "@yieldstar/sync";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";

const noNumbers: { readonly what: string; readonly value: unknown }[] = [
  { what: "a string", value: "3" },
  { what: "null", value: null },
  { what: "an object", value: {} },
  { what: "an array", value: [3] },
  { what: "a bigint", value: 3n },
];

/** Two tasks can acquire it, one after the other. */
function expectUsable(primitive: Lock | Condition | Semaphore): void {
  const main = function* (): Coroutine<string> {
    yield* primitive.acquire();
    const waiting = createTask(asyncWith(primitive, () => sleep(1, "usable")));
    yield* sleep(1);
    primitive.release();
    return yield* waiting;
  };
  expect(runVirtual(main())).toBe("usable");
  expect(primitive.locked()).toBe(false);
}

describe("a size that is not a number", () => {
  it.each(noNumbers)("is refused with a TypeError: $what", ({ value }) => {
    const size = value as number;
    expect(() => new Queue(size)).toThrow(TypeError);
    expect(() => new PriorityQueue(size)).toThrow(TypeError);
    expect(() => new Semaphore(size)).toThrow(TypeError);
    expect(() => new BoundedSemaphore(size)).toThrow(TypeError);
    expect(() => new Barrier(size)).toThrow(TypeError);
  });

  it("is refused: NaN, which is neither full nor empty", () => {
    expect(() => new Queue(NaN)).toThrow(new TypeError("maxsize must be a number, got nan"));
    expect(() => new Semaphore(NaN)).toThrow(new ValueError("Semaphore initial value must be >= 0"));
    expect(() => new BoundedSemaphore(NaN)).toThrow(new ValueError("Semaphore initial value must be >= 0"));
    expect(() => new Barrier(NaN)).toThrow(new ValueError("parties must be >= 1"));
  });

  it.each([Condition, Semaphore, Barrier])("is refused when it has to be a whole number: %o", (made) => {
    const use = (size: number): unknown =>
      made === Condition ? new Condition().notify(size) : new (made as typeof Semaphore)(size);
    expect(() => use(1.5)).toThrow(/^\w+ must be a whole number, got 1\.5$/);
    expect(() => use(NaN)).toThrow(Error);
  });

  it("is refused when it is missing and there is no default", () => {
    // @ts-expect-error A barrier must know how many have to come.
    expect(() => new Barrier()).toThrow(Error);
  });

  it("appears in the repr", () => {
    expect(() => new Queue("3" as never)).toThrow("maxsize must be a number, got '3'");
  });
});

describe("the options of a PriorityQueue", () => {
  it.each([
    ["no object", 5, "PriorityQueue() options must be an object, got 5"],
    ["null", null, "PriorityQueue() options must be an object, got null"],
    [
      "another key",
      { comparer: () => 0 },
      "PriorityQueue() got an unexpected keyword argument 'comparer'. Did you mean 'compare'?",
    ],
    ["no function", { compare: 5 }, "a callable object was expected by PriorityQueue(), got 5"],
  ])("are refused at the call: %s", (_, options, message) => {
    expect(() => new PriorityQueue(0, options as never)).toThrow(new TypeError(message));
  });
});

describe("a lock that is not held", () => {
  it.each([
    { what: "a lock", lock: new Lock() },
    { what: "a condition", lock: new Condition() },
  ])("cannot be released, and is usable afterwards: $what", ({ lock }) => {
    const error = new RuntimeError("Lock is not acquired.");
    expect(() => lock.release()).toThrow(error);
    expectUsable(lock);
    expect(() => lock.release()).toThrow(error);
  });

  it("cannot be left", () => {
    const lock = new Lock();
    const main = asyncWith(lock, function* () {
      lock.release();
    });
    expect(() => runVirtual(main)).toThrow(new RuntimeError("Lock is not acquired."));
    expectUsable(lock);
  });
});

describe("a bounded semaphore", () => {
  it("cannot be released too often, and is usable afterwards", () => {
    const semaphore = new BoundedSemaphore(1);
    const error = new ValueError("BoundedSemaphore released too many times");
    expect(() => semaphore.release()).toThrow(error);
    expectUsable(semaphore);
    expect(() => semaphore.release()).toThrow(error);
    expect(String(semaphore)).toBe("<BoundedSemaphore [unlocked, value:1]>");
  });
});

describe("a condition", () => {
  it("refuses a value that is not a lock, when it is made", () => {
    for (const value of [5, {}, null, Lock]) expect(() => new Condition(value as never)).toThrow(TypeError);
  });

  it("cannot be waited on or notified without the lock, and is usable afterwards", () => {
    const condition = new Condition();
    expect(() => condition.notify()).toThrow(new RuntimeError("cannot notify on un-acquired lock"));
    expect(() => condition.notifyAll()).toThrow(new RuntimeError("cannot notify on un-acquired lock"));
    expect(() => runVirtual(condition.wait())).toThrow(new RuntimeError("cannot wait on un-acquired lock"));
    expectUsable(condition);
  });

  it("refuses a predicate that is not a function", () => {
    const condition = new Condition();
    const main = asyncWith(condition, () => condition.waitFor(5 as never));
    expect(() => runVirtual(main)).toThrow(TypeError);
    expectUsable(condition);
  });
});

describe("without a running loop", () => {
  it("uses that need not wait work, driven by hand", () => {
    const [lock, event, queue] = [new Lock(), new Event(), new Queue<string>()];
    event.set();
    queue.putNowait("item");
    expect(lock.acquire().next()).toEqual({ done: true, value: true });
    expect(event.wait().next()).toEqual({ done: true, value: true });
    expect(queue.get().next()).toEqual({ done: true, value: "item" });
  });

  it("uses that have to wait are refused, and can wait on a loop afterwards", () => {
    const lock = new Lock();
    lock.acquire().next();
    const [event, semaphore, queue] = [new Event(), new Semaphore(0), new Queue<string>()];
    for (const waiting of [lock.acquire(), event.wait(), semaphore.acquire(), queue.get()]) {
      expect(() => waiting.next()).toThrow(
        new RuntimeError("no running event loop (hint: call it inside a coroutine)"),
      );
    }
    const main = function* (): Coroutine<unknown[]> {
      const waiting: Coroutine<unknown>[] = [lock.acquire(), event.wait(), semaphore.acquire(), queue.get()];
      const tasks = waiting.map((each) => createTask(each));
      yield* sleep(1);
      lock.release();
      event.set();
      semaphore.release();
      queue.putNowait("item");
      yield* sleep(1);
      return tasks.map((task) => task.result());
    };
    expect(runVirtual(main())).toEqual([true, true, true, "item"]);
  });
});

describe("a queue", () => {
  it("holds any value, undefined, null and NaN included", () => {
    const queue = new Queue<unknown>();
    const items = [undefined, null, NaN, "", 0, false];
    for (const item of items) queue.putNowait(item);
    expect(queue.empty()).toBe(false);
    expect(items.map(() => queue.getNowait())).toEqual(items);
    expect(queue.empty()).toBe(true);
  });

  it("keeps its order while it grows and shrinks by thousands", () => {
    const queue = new Queue<number>();
    let [put, taken] = [0, 0];
    for (const [puts, gets] of [
      [1, 1],
      [100, 60],
      [5000, 5000],
      [0, 40],
      [64, 64],
      [3000, 2990],
    ] as const) {
      for (let count = 0; count < puts; count += 1) queue.putNowait(put++);
      for (let count = 0; count < gets; count += 1) expect(queue.getNowait()).toBe(taken++);
      expect(queue.qsize()).toBe(put - taken);
    }
    expect(String(queue)).toContain(`_queue=[${taken}, ${taken + 1}, `);
  });

  it("goes on when the comparison of two items throws", () => {
    const compare = (a: number, b: number): number => {
      if (b < 0) throw new ValueError("negative");
      return a - b;
    };
    const queue = new PriorityQueue<number>(0, { compare });
    queue.putNowait(-1);
    expect(() => queue.putNowait(5)).toThrow(new ValueError("negative"));
    expect(String(queue)).toBe("<PriorityQueue maxsize=0 _queue=[-1, 5] tasks=1>");
    expect(queue.getNowait()).toBe(-1);
    expect(queue.getNowait()).toBe(5);
  });
});

it("condition.waitFor refuses, at the call, a value that is not a plain function", () => {
  const condition = new Condition();
  expect(() => condition.waitFor(true as never)).toThrow(
    new TypeError("a callable object was expected by waitFor(), got True"),
  );
  expect(() => condition.waitFor(function* () {})).toThrow(
    new TypeError("coroutines cannot be used with waitFor() (hint: pass a plain function)"),
  );
});
