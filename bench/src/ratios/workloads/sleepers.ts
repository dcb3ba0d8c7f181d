import { asyncio, type Workloads } from "../workload.ts";

const tasks = 100_000;
const longest = 50;

/** Milliseconds, the same numbers in every system and every run: a linear congruential generator. */
const delays: readonly number[] = (() => {
  const modulus = 2 ** 32;
  const drawn: number[] = [];
  let state = 1;
  while (drawn.length < tasks) {
    state = (state * 1_664_525 + 1_013_904_223) % modulus;
    drawn.push((state / modulus) * longest);
  }
  return drawn;
})();

/** Many timers at once. Half of the tasks are asleep when the last one is made. */
export const workloads: Workloads = {
  "": {
    title: "100,000 tasks sleep up to 50 ms",
    measures: "time",
    operations: tasks,
    expected: tasks,
    absent: { effection: "a run takes 20 seconds and a gigabyte", ring: "it has no clock" },
    systems: {
      ...asyncio(({ run, sleep, TaskGroup, asyncWith }) => {
        let count = 0;
        function* sleeper(delay: number) {
          yield* sleep(delay);
          count += 1;
        }
        function* main() {
          yield* asyncWith(new TaskGroup(), function* (group) {
            for (const delay of delays) group.createTask(sleeper(delay / 1000));
          });
        }
        return async () => {
          count = 0;
          await run(main());
          return count;
        };
      }),
      // A host timer counts whole milliseconds, and shares one list with all timers of the same duration.
      native: () => {
        let count = 0;
        async function sleeper(delay: number) {
          await new Promise((resolve) => setTimeout(resolve, delay));
          count += 1;
        }
        return async () => {
          count = 0;
          await Promise.all(delays.map(sleeper));
          return count;
        };
      },
      effect: ({ Effect }) => {
        let count = 0;
        const sleeper = Effect.fnUntraced(function* (delay: number) {
          yield* Effect.sleep(delay);
          count += 1;
        });
        const main = Effect.forEach(delays, sleeper, { concurrency: "unbounded", discard: true });
        return async () => {
          count = 0;
          await Effect.runPromise(main);
          return count;
        };
      },
      "redux-saga": ({ runSaga, effects: { all, call, delay: sleep } }) => {
        let count = 0;
        function* sleeper(delay: number) {
          yield sleep(delay);
          count += 1;
        }
        function* main() {
          yield all(delays.map((delay) => call(sleeper, delay)));
        }
        return async () => {
          count = 0;
          await runSaga({}, main).toPromise();
          return count;
        };
      },
      co: (co) => {
        let count = 0;
        function* sleeper(delay: number) {
          yield new Promise((resolve) => setTimeout(resolve, delay));
          count += 1;
        }
        function* main() {
          yield delays.map(sleeper);
        }
        return async () => {
          count = 0;
          await co(main);
          return count;
        };
      },
    },
  },
};
