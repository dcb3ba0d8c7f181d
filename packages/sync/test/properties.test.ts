import { asyncWith, CancelledError, type Coroutine, createTask, sleep, type Task, wait } from "@yieldstar/loop";
import {
  BoundedSemaphore,
  Condition,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
} from "@yieldstar/sync";
import { runVirtual } from "@yieldstar/testing";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

// Everything is counted in iterations of the loop: actions planned for the same iteration meet in every order. A lost
// wake-up leaves a task waiting for ever: then runVirtual() ends with a DeadlockError.

function* iterations(count: number): Coroutine {
  for (let passed = 0; passed < count; passed += 1) yield* sleep(0);
}

/** When a worker comes, how long it stays, how often, and when it is cancelled, if at all. */
interface Plan {
  readonly start: number;
  readonly stay: number;
  readonly rounds: number;
  readonly cancelAt: number | undefined;
}

const cancelAt = fc.option(fc.nat(12), { nil: undefined });
const plan: fc.Arbitrary<Plan> = fc.record({
  start: fc.nat(4),
  stay: fc.nat(2),
  rounds: fc.integer({ min: 1, max: 3 }),
  cancelAt,
});
const plans = fc.array(plan, { minLength: 1, maxLength: 8 });

/** Runs all workers to their ends, cancels each as planned, and expects that nothing else fails. */
function* runAll(workers: readonly { readonly plan: Plan; readonly work: Coroutine }[]): Coroutine {
  const tasks: [task: Task<void>, cancelAt: number | undefined][] = workers.map((worker) => [
    createTask(worker.work),
    worker.plan.cancelAt,
  ]);
  for (let iteration = 0; iteration <= 12; iteration += 1) {
    for (const [task, when] of tasks) if (when === iteration) task.cancel();
    yield* sleep(0);
  }
  const [done] = yield* wait(tasks.map(([task]) => task));
  for (const task of done) if (!task.cancelled()) task.result();
}

describe.each([
  { what: "a lock", bound: 1, make: () => new Lock() },
  { what: "a condition's lock", bound: 1, make: () => new Condition() },
  { what: "a semaphore for one", bound: 1, make: () => new BoundedSemaphore(1) },
  { what: "a semaphore for three", bound: 3, make: () => new BoundedSemaphore(3) },
])("$what", ({ bound, make }) => {
  it("never has more holders than it allows, serves in the order of arrival, and is free in the end", () => {
    fc.assert(
      fc.property(plans, (all) => {
        const held = make();
        const free = String(held);
        const [arrived, entered]: [string[], string[]] = [[], []];
        let inside = 0;
        const work = function* ({ start, stay, rounds }: Plan, index: number): Coroutine {
          yield* iterations(start);
          for (let round = 0; round < rounds; round += 1) {
            const name = `${index}.${round}`;
            arrived.push(name);
            yield* asyncWith(held, function* () {
              entered.push(name);
              inside += 1;
              expect(inside).toBeLessThanOrEqual(bound);
              try {
                yield* iterations(stay);
              } finally {
                inside -= 1;
              }
            });
          }
        };
        runVirtual(runAll(all.map((each, index) => ({ plan: each, work: work(each, index) }))));
        expect(entered).toEqual(arrived.filter((name) => entered.includes(name)));
        expect(String(held)).toBe(free);
      }),
    );
  });
});

/** Returns the message of an expected error; other errors are failures. */
function expectOneOf(error: unknown, ...classes: readonly (new () => Error)[]): void {
  expect(classes.some((cls) => error instanceof cls)).toBe(true);
}

describe("a queue", () => {
  const steps = fc.array(
    fc.record({ at: fc.nat(12), what: fc.constantFrom("steal", "barge") }, { noNullPrototype: true }),
    { maxLength: 6 },
  );

  it("gives every item once, in the order of the puts, and wakes every task that can go on", () => {
    fc.assert(
      fc.property(plans, plans, steps, fc.nat(3), fc.boolean(), (producers, consumers, others, maxsize, isShutDown) => {
        const queue = new Queue<string>(maxsize);
        const [put, got]: [string[], string[]] = [[], []];
        const produce = function* ({ start, stay, rounds }: Plan, index: number): Coroutine {
          yield* iterations(start);
          for (let round = 0; round < rounds; round += 1) {
            const item = `${index}.${round}`;
            yield* queue.put(item);
            put.push(item);
            yield* iterations(stay);
          }
        };
        const consume = function* ({ start, stay }: Plan): Coroutine {
          yield* iterations(start);
          try {
            for (;;) {
              got.push(yield* queue.get());
              try {
                yield* iterations(stay);
              } finally {
                queue.taskDone();
              }
            }
          } catch (error) {
            if (error instanceof CancelledError) throw error;
            expectOneOf(error, QueueShutDown);
          }
        };
        const interfere = function* ({ at, what }: { at: number; what: string }, index: number): Coroutine {
          yield* iterations(at);
          try {
            if (what === "steal") {
              got.push(queue.getNowait());
              queue.taskDone();
            } else {
              queue.putNowait(`barged.${index}`);
              put.push(`barged.${index}`);
            }
          } catch (error) {
            expectOneOf(error, QueueEmpty, QueueFull);
          }
        };
        const main = function* (): Coroutine {
          // The last consumer is never cancelled, so that all items are taken in the end.
          const last = createTask(consume({ start: 0, stay: 1, rounds: 0, cancelAt: undefined }));
          const cancelled = consumers.map((each) => ({ plan: each, task: createTask(consume(each)) }));
          const interfering = others.map((each, index) => createTask(interfere(each, index)));
          const producing = createTask(
            runAll(producers.map((each, index) => ({ plan: each, work: produce(each, index) }))),
          );
          for (let iteration = 0; iteration <= 12; iteration += 1) {
            for (const { plan: each, task } of cancelled) if (each.cancelAt === iteration) task.cancel();
            yield* sleep(0);
          }
          yield* wait([producing, ...interfering]);
          producing.result();
          if (!isShutDown) yield* queue.join();
          queue.shutdown();
          const ending = [last, ...cancelled.map(({ task }) => task)];
          yield* wait(ending);
          for (const task of ending) if (!task.cancelled()) task.result();
          yield* queue.join();
        };
        runVirtual(main());
        expect(got).toEqual(put);
        expect(String(queue)).toBe(`<Queue maxsize=${maxsize} shutdown>`);
      }),
    );
  });

  const ranks = fc.array(fc.oneof(fc.constant("get" as const), fc.integer({ min: 0, max: 9 })), {
    maxLength: 200,
    size: "max",
  });

  it("of priorities always gives one of the smallest items, and each item once", () => {
    fc.assert(
      fc.property(ranks, fc.boolean(), (actions, isReversed) => {
        const sign = isReversed ? -1 : 1;
        const compare = (a: [number, number], b: [number, number]): number => sign * (a[0] - b[0]);
        const queue = new PriorityQueue<[number, number]>(0, { compare });
        const held = new Map<number, number>();
        const takeOne = (): void => {
          const [rank, id] = queue.getNowait();
          expect(held.get(id)).toBe(rank);
          expect(sign * rank).toBe(Math.min(...Array.from(held.values(), (each) => sign * each)));
          held.delete(id);
        };
        for (const [id, action] of actions.entries()) {
          if (action !== "get") {
            queue.putNowait([action, id]);
            held.set(id, action);
          } else if (held.size > 0) {
            takeOne();
          }
          expect(queue.qsize()).toBe(held.size);
        }
        while (held.size > 0) takeOne();
        expect(queue.empty()).toBe(true);
      }),
    );
  });

  it("of arrays gives them sorted element by element", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.integer({ min: -2, max: 2 }), { maxLength: 4 })), (items) => {
        const queue = new PriorityQueue<number[]>();
        for (const item of items) queue.putNowait(item);
        // One letter for each number, so that their texts have the same order.
        const text = (item: number[]): string => item.map((number) => "abcde".charAt(number + 2)).join("");
        expect(items.map(() => text(queue.getNowait()))).toEqual(items.map(text).sort());
      }),
    );
  });

  it("of the last-in-first-out kind is a stack", () => {
    fc.assert(
      fc.property(ranks, (actions) => {
        const queue = new LifoQueue<number>();
        const [stack, taken, expected]: [number[], number[], (number | undefined)[]] = [[], [], []];
        for (const action of actions) {
          if (action !== "get") {
            queue.putNowait(action);
            stack.push(action);
          } else if (!queue.empty()) {
            taken.push(queue.getNowait());
            expected.push(stack.pop());
          }
        }
        expect(taken).toEqual(expected);
        expect(queue.qsize()).toBe(stack.length);
      }),
    );
  });
});

describe("conditions that share a lock", () => {
  it("make a buffer that loses nothing, although each change wakes only one waiter", () => {
    fc.assert(
      fc.property(plans, plans, fc.integer({ min: 1, max: 2 }), (producers, consumers, size) => {
        const lock = new Lock();
        const [notEmpty, notFull] = [new Condition(lock), new Condition(lock)];
        const [buffer, put, got]: [string[], string[], string[]] = [[], [], []];
        const produce = function* ({ start, stay, rounds }: Plan, index: number): Coroutine {
          yield* iterations(start);
          for (let round = 0; round < rounds; round += 1) {
            yield* asyncWith(notFull, function* () {
              yield* notFull.waitFor(() => buffer.length < size);
              buffer.push(`${index}.${round}`);
              put.push(`${index}.${round}`);
              notEmpty.notify();
            });
            yield* iterations(stay);
          }
        };
        const consume = function* ({ start, stay }: Plan): Coroutine {
          yield* iterations(start);
          for (;;) {
            yield* asyncWith(notEmpty, function* () {
              yield* notEmpty.waitFor(() => buffer.length > 0);
              got.push(...buffer.splice(0, 1));
              notFull.notify();
              yield* iterations(stay);
            });
          }
        };
        const main = function* (): Coroutine {
          const last = createTask(consume({ start: 0, stay: 0, rounds: 0, cancelAt: undefined }));
          const consuming = consumers.map((each) => ({
            plan: { ...each, cancelAt: each.cancelAt ?? 6 },
            work: consume(each),
          }));
          const producing = producers.map((each, index) => ({ plan: each, work: produce(each, index) }));
          yield* runAll([...consuming, ...producing]);
          yield* asyncWith(notFull, () => notFull.waitFor(() => buffer.length === 0));
          last.cancel();
          yield* wait([last]);
        };
        runVirtual(main());
        expect(got).toEqual(put);
        expect([lock, notEmpty, notFull].map(String)).toEqual([
          "<Lock [unlocked]>",
          "<Condition [unlocked]>",
          "<Condition [unlocked]>",
        ]);
      }),
    );
  });
});
