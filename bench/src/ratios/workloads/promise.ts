import { asyncio, type Workloads } from "../workload.ts";

const awaits = 100_000;
const settled = Promise.resolve(1);

/** The cost of awaiting a foreign promise in a coroutine. CPython has no promises. */
export const workloads: Workloads = {
  "": {
    title: "a settled promise, awaited again and again",
    measures: "time",
    operations: awaits,
    expected: awaits,
    absent: { ring: "nothing in it waits for anything" },
    systems: {
      ...asyncio(({ run, fromPromise }) => {
        function* main() {
          let sum = 0;
          for (let left = awaits; left > 0; left -= 1) sum += yield* fromPromise(settled);
          return sum;
        }
        return () => run(main());
      }),
      native: () => async () => {
        let sum = 0;
        for (let left = awaits; left > 0; left -= 1) sum += await settled;
        return sum;
      },
      effect: ({ Effect }) => {
        const main = Effect.gen(function* () {
          let sum = 0;
          for (let left = awaits; left > 0; left -= 1) sum += yield* Effect.promise(() => settled);
          return sum;
        });
        return () => Effect.runPromise(main);
      },
      effection: ({ run, until }) => {
        function* main() {
          let sum = 0;
          for (let left = awaits; left > 0; left -= 1) sum += yield* until(settled);
          return sum;
        }
        return () => run(main);
      },
      "redux-saga": ({ runSaga }) => {
        function* main(): Generator<unknown, number, number> {
          let sum = 0;
          for (let left = awaits; left > 0; left -= 1) sum += yield settled;
          return sum;
        }
        return () => runSaga({}, main).toPromise();
      },
      co: (co) => {
        function* main(): Generator<unknown, number, number> {
          let sum = 0;
          for (let left = awaits; left > 0; left -= 1) sum += yield settled;
          return sum;
        }
        return () => co(main);
      },
    },
  },
};
