import {
  CancelledError,
  type Coroutine,
  createTask,
  Future,
  gather,
  getRunningLoop,
  shield,
  sleep,
  Task,
  wait,
} from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import { printed } from "../../../.ci/vitest/quiet.ts";

/** Makes tasks that each run `body`, once all of them exist. */
function makeTasks(count: number, body: (index: number, tasks: readonly Task<unknown>[]) => Coroutine<unknown>) {
  const tasks: Task<unknown>[] = [];
  for (let index = 0; index < count; index += 1) {
    tasks.push(
      createTask(
        (function* () {
          yield* sleep(0);
          yield* body(index, tasks);
        })(),
      ),
    );
  }
  return tasks;
}

/** The state of tasks: how often each was asked to cancel, and whether it is cancelled. */
const fates = (tasks: readonly Task<unknown>[]): string[] =>
  tasks.map((task) => `${task.cancelling()} ${task.cancelled() ? "cancelled" : "not cancelled"}`);

const same = (count: number): string[] => Array.from({ length: count }, () => "1 cancelled");

describe("cancelling one of several tasks that await each other in a circle", () => {
  it.each([2, 3, 1000])("cancels each of %d once, and all clean up", (count) => {
    const cleanedUp: number[] = [];
    const main = function* (): Coroutine {
      const tasks = makeTasks(count, function* (index, all) {
        try {
          yield* all[(index + 1) % count] as Task<unknown>;
        } finally {
          yield* sleep(1);
          cleanedUp.push(index);
        }
      });
      yield* sleep(1);
      expect(tasks[0]?.cancel("enough")).toBe(true);
      yield* wait(tasks);
      expect(fates(tasks)).toEqual(same(count));
    };
    runVirtual(main());
    expect(cleanedUp.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index));
  });

  it("also cancels tasks that lead into the circle, with the message", () => {
    const messages: unknown[] = [];
    const main = function* (): Coroutine {
      // 0 awaits 1, which awaits 2, which awaits 1.
      const next = [1, 2, 1];
      const tasks = makeTasks(3, function* (index, all) {
        try {
          yield* all[next[index] as number] as Task<unknown>;
        } catch (error) {
          messages.push([index, (error as { readonly args: unknown }).args]);
          throw error;
        }
      });
      yield* sleep(1);
      tasks[0]?.cancel("enough");
      yield* wait(tasks);
      expect(fates(tasks)).toEqual(same(3));
    };
    runVirtual(main());
    expect(messages).toEqual([
      [2, ["enough"]],
      [1, ["enough"]],
      [0, ["enough"]],
    ]);
  });

  it("wakes a task that swallows it, and the others wait on for that task", () => {
    const main = function* (): Coroutine {
      const tasks = makeTasks(2, function* (index, all) {
        try {
          yield* all[1 - index] as Task<unknown>;
        } catch {
          yield* sleep(1);
        }
      });
      yield* sleep(1);
      tasks[0]?.cancel();
      yield* sleep(0.5);
      expect(tasks.map((task) => task.done())).toEqual([false, false]);
      yield* wait(tasks);
      expect(fates(tasks)).toEqual(["1 not cancelled", "1 not cancelled"]);
    };
    expect(runVirtual(main())).toBeUndefined();
  });

  it("cancels a circle that goes through gatherings", () => {
    const main = function* (): Coroutine {
      const others: Future<unknown>[] = [];
      const tasks = makeTasks(2, function* (index, all) {
        const other = getRunningLoop().createFuture();
        others.push(other);
        yield* gather([all[1 - index] as Task<unknown>, other]);
      });
      yield* sleep(1);
      tasks[0]?.cancel();
      yield* wait(tasks);
      expect(fates(tasks)).toEqual(same(2));
      expect(others.map((other) => other.cancelled())).toEqual([true, true]);
    };
    expect(runVirtual(main())).toBeUndefined();
  });

  it("cancels a task that awaits itself in a gathering", () => {
    const main = function* (): Coroutine {
      const tasks = makeTasks(1, (_index, all) => gather([all[0] as Task<unknown>]) as never);
      yield* sleep(1);
      tasks[0]?.cancel();
      yield* wait(tasks);
      expect(fates(tasks)).toEqual(same(1));
    };
    expect(runVirtual(main())).toBeUndefined();
  });

  it("calls the cancel of a user's class once for each", () => {
    const calls: unknown[] = [];
    class OwnTask<T> extends Task<T> {
      override cancel(msg?: unknown): boolean {
        calls.push(this.getName());
        return super.cancel(msg);
      }
    }
    const main = function* (): Coroutine {
      getRunningLoop().setTaskFactory((loop, coroutine, options) => new OwnTask(coroutine, { ...options, loop }));
      const tasks = makeTasks(3, function* (index, all) {
        yield* all[(index + 1) % 3] as Task<unknown>;
      });
      tasks.forEach((task, index) => task.setName(index));
      yield* sleep(1);
      tasks[0]?.cancel();
      yield* wait(tasks);
      expect(fates(tasks)).toEqual(same(3));
    };
    runVirtual(main());
    expect(calls).toEqual(["0", "1", "2"]);
  });

  it("ends a program that leaves a circle behind, with all cleanups and its result", () => {
    const cleanedUp: number[] = [];
    const main = function* (): Coroutine<string> {
      makeTasks(3, function* (index, all) {
        try {
          yield* index === 2 ? sleep(100) : (all[1 - index] as Task<unknown>);
        } finally {
          cleanedUp.push(index);
        }
      });
      yield* sleep(1);
      return "result";
    };
    expect(runVirtual(main())).toBe("result");
    expect(cleanedUp.sort((a, b) => a - b)).toEqual([0, 1, 2]);
  });
});

describe("cancelling the last of a long chain", () => {
  it("of tasks asks each once, and uses no stack", () => {
    const count = 20_000;
    const main = function* (): Coroutine {
      let last: Future<unknown> = getRunningLoop().createFuture();
      const tasks: Task<unknown>[] = [];
      const following = function* (awaited: Future<unknown>): Coroutine {
        yield* awaited;
      };
      for (let index = 0; index < count; index += 1) {
        const task = createTask(following(last));
        tasks.push(task);
        last = task;
      }
      yield* sleep(0);
      yield* sleep(0);
      expect(last.cancel()).toBe(true);
      yield* wait(tasks);
      expect(new Set(fates(tasks))).toEqual(new Set(same(1)));
    };
    expect(runVirtual(main())).toBeUndefined();
  });

  it("of gatherings, shields and tasks uses no stack", () => {
    const main = function* (): Coroutine {
      const inner = getRunningLoop().createFuture<unknown>();
      let last: Future<unknown> = inner;
      for (let index = 0; index < 10_000; index += 1) last = gather([last]);
      expect(last.cancel()).toBe(true);
      expect(inner.cancelled()).toBe(true);
      yield* wait([last]);
      const shielded = shield(last.done() ? getRunningLoop().createFuture() : last);
      expect(gather([shielded]).cancel()).toBe(true);
    };
    expect(runVirtual(main())).toBeUndefined();
    printed();
  });
});

describe("cancelling a chain", () => {
  it("reaches a task twice that two members of a gathering await, as in CPython", () => {
    const main = function* (): Coroutine {
      const shared = createTask(sleep(100));
      const following = function* (): Coroutine {
        yield* shared;
      };
      const both = gather([following(), following()]);
      yield* sleep(1);
      both.cancel();
      yield* wait([both]);
      expect([shared.cancelling(), shared.cancelled()]).toEqual([2, true]);
      expect(() => both.result()).toThrow(CancelledError);
    };
    expect(runVirtual(main())).toBeUndefined();
  });

  it("is delivered at the next step when the awaited task has just ended", () => {
    const main = function* (): Coroutine {
      const first = createTask(sleep(1));
      const second = createTask(
        (function* () {
          yield* first;
        })(),
      );
      first.addDoneCallback(() => expect(second.cancel()).toBe(true));
      yield* wait([second]);
      expect([first.cancelled(), second.cancelled(), second.cancelling()]).toEqual([false, true, 1]);
    };
    expect(runVirtual(main())).toBeUndefined();
  });
});

describe("the end of a program", () => {
  it("cancels all tasks, even if the cancel of a user's class throws, and reports that", () => {
    const reported: unknown[] = [];
    class Stubborn<T> extends Task<T> {
      override cancel(): never {
        throw new RangeError("not me");
      }
    }
    let tasks: Task<unknown>[] = [];
    const main = function* (): Coroutine {
      const loop = getRunningLoop();
      loop.setExceptionHandler((_loop, { message, exception }) => reported.push(message, exception));
      tasks = [createTask(sleep(100)), new Stubborn(sleep(100)), createTask(sleep(100))];
      yield* sleep(1);
    };
    runVirtual(main());
    expect(fates(tasks)).toEqual(same(3));
    expect(reported).toEqual(["Exception in cancel() during asyncio.run() shutdown", new RangeError("not me")]);
  });
});
