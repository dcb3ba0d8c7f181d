import type { Workloads } from "../workload.ts";

const calls = 100_000;

/** A coroutine that another awaits without a task of its own, and that never waits. */
export const workloads: Workloads = {
  "": {
    title: "a coroutine that returns at once, awaited directly",
    measures: "time",
    operations: calls,
    expected: calls,
    systems: {
      ours: ({ run }) => {
        function* one() {
          return 1;
        }
        function* main() {
          let sum = 0;
          for (let left = calls; left > 0; left -= 1) sum += yield* one();
          return sum;
        }
        return () => run(main());
      },
      native: () => {
        async function one() {
          return 1;
        }
        return async () => {
          let sum = 0;
          for (let left = calls; left > 0; left -= 1) sum += await one();
          return sum;
        };
      },
      effect: ({ Effect }) => {
        const one = Effect.fnUntraced(function* () {
          return 1;
        });
        const main = Effect.gen(function* () {
          let sum = 0;
          for (let left = calls; left > 0; left -= 1) sum += yield* one();
          return sum;
        });
        return () => Effect.runPromise(main);
      },
      effection: ({ run }) => {
        function* one() {
          return 1;
        }
        function* main() {
          let sum = 0;
          for (let left = calls; left > 0; left -= 1) sum += yield* one();
          return sum;
        }
        return () => run(main);
      },
      // Its manual has two ways: `yield* one()`, and the slower `yield call(one)`, which a test can look at.
      "redux-saga": ({ runSaga, stdChannel }) => {
        function* one() {
          return 1;
        }
        function* main() {
          let sum = 0;
          for (let left = calls; left > 0; left -= 1) sum += yield* one();
          return sum;
        }
        return () => runSaga({ channel: stdChannel() }, main).toPromise();
      },
      // Its manual advises to yield promises, and to make them with `wrap`.
      co: (co) => {
        const one = co.wrap(function* () {
          return 1;
        });
        function* main(): Generator<unknown, number, number> {
          let sum = 0;
          for (let left = calls; left > 0; left -= 1) sum += yield one();
          return sum;
        }
        return () => co(main);
      },
      ring: ({ spawn, drain }) => {
        let sum = 0;
        function* one() {
          return 1;
        }
        function* main() {
          for (let left = calls; left > 0; left -= 1) sum += yield* one();
        }
        return () => {
          sum = 0;
          spawn(main());
          drain();
          return sum;
        };
      },
    },
  },
};
