/** The work that is done with more and more tasks, to see how time and memory grow. */

import type { Coroutine } from "yieldstar";
import type { Stopwatch } from "../shared/sampling.ts";
import type { Libraries } from "../shared/systems.ts";

type Ours = Libraries["ours"];

/** A run calls these: `weigh` when all its objects exist at once, `start` and `stop` around the part that counts. */
export interface Meter extends Stopwatch {
  weigh(): void;
}

/** Returns a run with `size` tasks, which returns how many have done their work. */
type GrowthRow = (library: Ours, size: number) => (meter: Meter) => Promise<number>;

/** By name, as the table shows it. */
export const growthRows: Readonly<Record<string, GrowthRow>> = {
  "tasks of a group that yield": (ours, size) => group(ours, size, () => ({ wait: () => ours.sleep(0) })),
  "gathered coroutines that yield": gathered,
  // All of them are due about when the last one has been made, so that the clock costs no waiting.
  "timers at random times": (ours, size) => {
    const random = pseudoRandom();
    return group(ours, size, () => ({ wait: () => ours.sleep(random() * size * 5e-7) }));
  },
  "waiters for an event": (ours, size) => group(ours, size, () => waitersForEvent(ours)),
  "waiters for a lock": (ours, size) => group(ours, size, () => waitersForLock(ours)),
  "getters of a queue": (ours, size) => group(ours, size, () => gettersOfQueue(ours, size)),
  "cancelling a group of sleepers": (ours, size) => cancelled(ours, size, () => ({ wait: () => ours.sleep(1000) })),
  "cancelling a group of waiters for an event": (ours, size) => cancelled(ours, size, () => waitersForEvent(ours)),
  "cancelling a group of waiters for a lock": (ours, size) => cancelled(ours, size, () => waitersForLock(ours)),
};

/**
 * Returns the names that contain one of these words, or all names.
 *
 * @throws {RangeError} if no name does.
 */
export function selectGrowthRows(asked: readonly string[] | undefined, names: readonly string[]): string[] {
  const found = names.filter((name) => asked?.some((part) => name.includes(part)) ?? true);
  if (found.length > 0) return found;
  throw new RangeError(`No growth row is called ${asked?.join(", ")}. There are: ${names.join(", ")}.`);
}

/** How each task waits, and how all of them are released. */
interface Obstacle {
  wait(): Coroutine<unknown>;
  release?(): void;
}

function waitersForEvent({ Event }: Ours): Obstacle {
  const event = new Event();
  return { wait: () => event.wait(), release: () => event.set() };
}

function waitersForLock({ Lock, asyncWith }: Ours): Obstacle {
  const lock = new Lock();
  // The first task to come holds the lock until `release` is called.
  lock.acquire().next();
  // A function expression would be a new function for each task, and V8's data about those triggers a collection during
  // the run.
  function* body() {}
  return { wait: () => asyncWith(lock, body), release: () => lock.release() };
}

function gettersOfQueue({ Queue }: Ours, size: number): Obstacle {
  const queue = new Queue<number>();
  return {
    wait: () => queue.get(),
    release() {
      for (let item = 0; item < size; item += 1) queue.putNowait(item);
    },
  };
}

function gathered({ run, gather, sleep }: Ours, size: number): (meter: Meter) => Promise<number> {
  return async (meter) => {
    function* child(_: unknown, index: number) {
      yield* sleep(0);
      if (index === size - 1) meter.weigh();
      yield* sleep(0);
      return 1;
    }
    function* main() {
      const ones = yield* gather(Array.from({ length: size }, child));
      return ones.reduce((sum, one) => sum + one, 0);
    }
    return run(main());
  };
}

/** A group whose tasks wait, are released, and are joined. */
function group(ours: Ours, size: number, makeObstacle: () => Obstacle): (meter: Meter) => Promise<number> {
  const { run, asyncWith, sleep, TaskGroup } = ours;
  return async (meter) => {
    let done = 0;
    function* main() {
      const obstacle = makeObstacle();
      function* child() {
        yield* obstacle.wait();
        done += 1;
      }
      yield* asyncWith(new TaskGroup(), function* (tasks) {
        for (let left = size; left > 0; left -= 1) tasks.createTask(child());
        yield* sleep(0);
        meter.weigh();
        obstacle.release?.();
      });
    }
    await run(main());
    return done;
  };
}

/** A group that is cancelled while its tasks wait; the time counts from the cancel until all are joined. */
function cancelled(ours: Ours, size: number, makeObstacle: () => Obstacle): (meter: Meter) => Promise<number> {
  const { run, asyncWith, createTask, sleep, CancelledError, TaskGroup } = ours;
  return async (meter) => {
    let done = 0;
    function* main() {
      const obstacle = makeObstacle();
      function* child() {
        try {
          yield* obstacle.wait();
        } finally {
          done += 1;
        }
      }
      const all = createTask(
        asyncWith(new TaskGroup(), function* (tasks) {
          for (let left = size; left > 0; left -= 1) tasks.createTask(child());
          yield* sleep(0);
        }),
      );
      yield* sleep(0);
      yield* sleep(0);
      meter.weigh();
      meter.start();
      all.cancel();
      try {
        yield* all;
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
      }
      meter.stop();
    }
    await run(main());
    return done;
  };
}

/** Numbers from 0 to 1, the same every time. */
export function pseudoRandom(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
