import { asCompleted, type Coroutine, createTask, type Future, getRunningLoop, sleep } from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";

/** How long `program` takes, in milliseconds of this machine: the least of three times. */
function duration(program: () => Coroutine): number {
  const times = [1, 2, 3].map(() => {
    const begin = performance.now();
    runVirtual(program());
    return performance.now() - begin;
  });
  return Math.min(...times);
}

/** Done futures. Removing them from the front of such a long array would move all of it each time. */
function* takeAll(count: number): Coroutine {
  const future = (): Future<number> => {
    const made = getRunningLoop().createFuture<number>();
    made.setResult(1);
    return made;
  };
  let sum = 0;
  for (const next of asCompleted(Array.from({ length: count }, future))) sum += yield* next;
  expect(sum).toBe(count);
}

/** Tasks that wait for the next future, and are all cancelled. */
function* cancelAll(count: number): Coroutine {
  const pending = Array.from({ length: count }, () => getRunningLoop().createFuture<number>());
  const waiting = Array.from(asCompleted(pending), (next) => createTask(next));
  yield* sleep(1);
  for (const task of waiting) task.cancel();
  yield* sleep(1);
  expect(waiting.every((task) => task.cancelled())).toBe(true);
}

describe("asCompleted", () => {
  it.each([
    ["many are done", takeAll, 50_000],
    ["many wait and are cancelled", cancelAll, 5_000],
  ])("takes as long for each, however many there are: %s", (_, program, few) => {
    // Four times as many take four times as long; if each searched all of them, sixteen times.
    expect(duration(() => program(4 * few)) / duration(() => program(few))).toBeLessThan(10);
  });

  it("gives the turn of a cancelled waiter to the next", () => {
    function* main(): Coroutine<unknown[]> {
      const futures = [1, 2, 3].map(() => getRunningLoop().createFuture<number>());
      const waiting = Array.from(asCompleted(futures), (next) => createTask(next));
      yield* sleep(1);
      waiting[0]?.cancel();
      futures[2]?.setResult(3);
      yield* sleep(1);
      // It was woken, and is cancelled before its step.
      futures[1]?.setResult(2);
      waiting[2]?.cancel();
      yield* sleep(1);
      return waiting.map((task) => (task.cancelled() ? "cancelled" : task.done() ? task.result() : "waiting"));
    }
    expect(runVirtual(main())).toEqual(["cancelled", 3, "cancelled"]);
  });
});
