import { inspect } from "node:util";
import { type Coroutine, createTask, sleep } from "@yieldstar/loop";
import {
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
  QueueFull,
  QueueShutDown,
  Semaphore,
} from "@yieldstar/sync";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";

/** `String()` and `console.log`, alone and inside an object, must show the same text. */
function shown(value: object): string {
  const text = String(value);
  expect(inspect(value)).toBe(text);
  expect(inspect({ value }, { breakLength: Infinity })).toBe(`{ value: ${text} }`);
  return text;
}

describe("a primitive", () => {
  it.each([
    [new Lock(), "<Lock [unlocked]>"],
    [new Event(), "<Event [unset]>"],
    [new Condition(), "<Condition [unlocked]>"],
    [new Semaphore(), "<Semaphore [unlocked, value:1]>"],
    [new Semaphore(0), "<Semaphore [locked]>"],
    [new BoundedSemaphore(3), "<BoundedSemaphore [unlocked, value:3]>"],
    [new Barrier(2), "<Barrier [filling, waiters:0/2]>"],
    [new Queue(), "<Queue maxsize=0>"],
    [new PriorityQueue(2), "<PriorityQueue maxsize=2>"],
    [new LifoQueue(-1), "<LifoQueue maxsize=-1>"],
  ])("prints as its repr: %s", (primitive, text) => {
    expect(shown(primitive)).toBe(text);
  });

  it("shows its waiters", () => {
    const main = function* () {
      const [lock, event, barrier, queue] = [new Lock(), new Event(), new Barrier(2), new Queue<string>()];
      yield* lock.acquire();
      const waiting: Coroutine<unknown>[] = [lock.acquire(), event.wait(), barrier.wait(), queue.get()];
      for (const coroutine of waiting) createTask(coroutine);
      yield* sleep(1);
      return [lock, event, barrier, queue].map(shown);
    };
    expect(runVirtual(main())).toEqual([
      "<Lock [locked, waiters:1]>",
      "<Event [unset, waiters:1]>",
      "<Barrier [filling, waiters:1/2]>",
      "<Queue maxsize=0 _getters[1]>",
    ]);
  });

  it("shows what it holds as Python would", () => {
    const queue = new Queue<unknown>(9);
    for (const item of [1.5, "it's", undefined, true, ["a"], { b: 1 }, new Lock()]) queue.putNowait(item);
    queue.shutdown();
    expect(shown(queue)).toBe(
      `<Queue maxsize=9 _queue=[1.5, "it's", None, True, ['a'], {'b': 1}, <Lock [unlocked]>] tasks=7 shutdown>`,
    );
  });
});

describe("a queue", () => {
  it("that contains itself, directly or not, prints with an ellipsis there", () => {
    const [queue, other] = [new Queue<unknown>(), new LifoQueue<unknown>()];
    queue.putNowait(queue);
    queue.putNowait([other]);
    other.putNowait({ queue });
    expect(shown(queue)).toBe(
      "<Queue maxsize=0 _queue=[..., [<LifoQueue maxsize=0 _queue=[{'queue': ...}] tasks=1>]] tasks=2>",
    );
  });

  it("that holds much says how much it leaves out", () => {
    const queue = new Queue<number>();
    for (let item = 0; item < 1000; item += 1) queue.putNowait(item);
    expect(shown(queue)).toMatch(/ 98, 99, … and 900 more\] tasks=1000>$/);
  });
});

describe("an error", () => {
  it.each([
    [new QueueEmpty(), "QueueEmpty"],
    [new QueueFull(), "QueueFull"],
    [new QueueShutDown(), "QueueShutDown"],
    [new BrokenBarrierError("x"), "BrokenBarrierError: x"],
  ])("has the name of its class: %s", (error, text) => {
    expect(String(error)).toBe(text);
    expect(inspect(error).startsWith(text)).toBe(true);
    expect(Object.keys(error)).toEqual([]);
  });
});

it("the coroutine of a wait for a primitive prints as a coroutine", () => {
  const coroutines = [new Lock().acquire(), new Event().wait(), new Queue().get(), new Semaphore().acquire()];
  expect(coroutines.map(shown)).toEqual([
    expect.stringMatching(/^<coroutine object .*acquire>$/),
    expect.stringMatching(/^<coroutine object .*wait>$/),
    expect.stringMatching(/^<coroutine object .*get>$/),
    expect.stringMatching(/^<coroutine object .*acquire>$/),
  ]);
});
