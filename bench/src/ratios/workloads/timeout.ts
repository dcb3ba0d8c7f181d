import type { Operation } from "effection";
import type { Libraries } from "../systems.ts";
import { asyncio, onlyOurs, type TimedWorkload, type Workloads } from "../workload.ts";

const quietBlocks = 5_000;
const firingBlocks = 2_000;
const settled = Promise.resolve();

/** How systems without a timeout build one. */
class TimeoutError extends Error {}

/** Runs `body`, which has to observe the signal, for at most `seconds`. */
async function withTimeout<T>(seconds: number, body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new TimeoutError()), seconds * 1000);
  try {
    return await body(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for `promise`, or until the signal is aborted. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    const settle =
      <V>(next: (value: V) => void) =>
      (value: V) => {
        signal.removeEventListener("abort", onAbort);
        next(value);
      };
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(settle(resolve), settle(reject));
  });
}

/** Waits until the signal is aborted. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}

/** Effection's `race` halts the operation that loses. */
function raceWithClock({ race, sleep }: Libraries["effection"]) {
  function* fail(milliseconds: number): Operation<never> {
    yield* sleep(milliseconds);
    throw new TimeoutError();
  }
  return <T>(seconds: number, body: Operation<T>) => race([body, fail(seconds * 1000)]);
}

const absent = { co: "it cannot cancel", ring: "it has no clock" };

const quietNative = () => async () => {
  let count = 0;
  for (let left = quietBlocks; left > 0; left -= 1) {
    await withTimeout(5, async (signal) => {
      await abortable(settled, signal);
      count += 1;
    });
  }
  return count;
};

const quiet: TimedWorkload = {
  title: "a timeout of 5 s around one yield, which does not fire",
  measures: "time",
  operations: quietBlocks,
  expected: quietBlocks,
  absent,
  systems: {
    // The body is a named function, as Effect's is. The next workload has one written in place.
    ...asyncio(({ run, asyncWith, sleep, timeout }) => {
      function* main() {
        let count = 0;
        function* body() {
          yield* sleep(0);
          count += 1;
        }
        for (let left = quietBlocks; left > 0; left -= 1) yield* asyncWith(timeout(5), body);
        return count;
      }
      return () => run(main());
    }),
    native: quietNative,
    effect: ({ Effect }) => {
      let count = 0;
      const body = Effect.gen(function* () {
        yield* Effect.yieldNow;
        count += 1;
      });
      const main = Effect.gen(function* () {
        for (let left = quietBlocks; left > 0; left -= 1) yield* Effect.timeout(body, 5_000);
        return count;
      });
      return () => {
        count = 0;
        return Effect.runPromise(main);
      };
    },
    effection: (effection) => {
      const { pause, run } = effection;
      const within = raceWithClock(effection);
      let count = 0;
      function* body() {
        yield* pause;
        count += 1;
      }
      function* main() {
        for (let left = quietBlocks; left > 0; left -= 1) yield* within(5, body());
        return count;
      }
      return () => {
        count = 0;
        return run(main);
      };
    },
    "redux-saga": ({ runSaga, stdChannel, effects: { call, delay, race } }) => {
      let count = 0;
      function* body() {
        yield settled;
        count += 1;
      }
      function* main(): Generator<unknown, number, { timeout?: true }> {
        for (let left = quietBlocks; left > 0; left -= 1) {
          const { timeout } = yield race({ body: call(body), timeout: delay(5_000) });
          if (timeout) throw new TimeoutError();
        }
        return count;
      }
      return () => {
        count = 0;
        return runSaga({ channel: stdChannel() }, main).toPromise();
      };
    },
  },
};

const inPlace: TimedWorkload = {
  title: "the same, with the body written in place: a new function for each block",
  measures: "time",
  operations: quietBlocks,
  expected: quietBlocks,
  absent: { ...onlyOurs("timeout/quiet"), ...absent },
  systems: {
    ...asyncio(({ run, asyncWith, sleep, timeout }) => {
      function* main() {
        let count = 0;
        for (let left = quietBlocks; left > 0; left -= 1) {
          yield* asyncWith(timeout(5), function* () {
            yield* sleep(0);
            count += 1;
          });
        }
        return count;
      }
      return () => run(main());
    }),
    native: quietNative,
  },
};

const firing: TimedWorkload = {
  title: "a timeout of 1 ms around an endless wait, which fires: 2,000 side by side, since the clock has its own delay",
  measures: "time",
  operations: firingBlocks,
  expected: firingBlocks,
  absent,
  systems: {
    ...asyncio(({ run, asyncWith, getRunningLoop, TaskGroup, timeout, TimeoutError: OurTimeoutError }) => {
      let fired = 0;
      function* endless() {
        yield* getRunningLoop().createFuture<void>();
      }
      function* block() {
        try {
          yield* asyncWith(timeout(0.001), endless);
        } catch (error) {
          if (!(error instanceof OurTimeoutError)) throw error;
          fired += 1;
        }
      }
      function* main() {
        yield* asyncWith(new TaskGroup(), function* (group) {
          for (let left = firingBlocks; left > 0; left -= 1) group.createTask(block());
        });
      }
      return async () => {
        fired = 0;
        await run(main());
        return fired;
      };
    }),
    native: () => {
      let fired = 0;
      async function block() {
        try {
          await withTimeout(0.001, untilAborted);
        } catch (error) {
          if (!(error instanceof TimeoutError)) throw error;
          fired += 1;
        }
      }
      return async () => {
        fired = 0;
        await Promise.all(Array.from({ length: firingBlocks }, block));
        return fired;
      };
    },
    effect: ({ Effect }) => {
      let fired = 0;
      const onTimeout = () =>
        Effect.sync(() => {
          fired += 1;
        });
      const block = Effect.catchTag(Effect.timeout(Effect.never, 1), "TimeoutError", onTimeout);
      const blocks = Array.from({ length: firingBlocks }, () => block);
      const main = Effect.all(blocks, { concurrency: "unbounded", discard: true });
      return async () => {
        fired = 0;
        await Effect.runPromise(main);
        return fired;
      };
    },
    effection: (effection) => {
      const { all, run, suspend } = effection;
      const within = raceWithClock(effection);
      let fired = 0;
      function* block() {
        try {
          yield* within(0.001, suspend());
        } catch (error) {
          if (!(error instanceof TimeoutError)) throw error;
          fired += 1;
        }
      }
      return async () => {
        fired = 0;
        await run(() => all(Array.from({ length: firingBlocks }, block)));
        return fired;
      };
    },
    "redux-saga": ({ runSaga, stdChannel, effects: { delay, fork, race } }) => {
      let fired = 0;
      function* block(): Generator<unknown, void, { timeout?: true }> {
        try {
          const { timeout } = yield race({ body: new Promise(() => {}), timeout: delay(1) });
          if (timeout) throw new TimeoutError();
        } catch (error) {
          if (!(error instanceof TimeoutError)) throw error;
          fired += 1;
        }
      }
      function* main() {
        for (let left = firingBlocks; left > 0; left -= 1) yield fork(block);
      }
      return async () => {
        fired = 0;
        await runSaga({ channel: stdChannel() }, main).toPromise();
        return fired;
      };
    },
  },
};

/** Blocks with a deadline. */
export const workloads: Workloads = { quiet, "in-place": inPlace, firing };
