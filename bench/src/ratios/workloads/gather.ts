import { asyncio, type TimedWorkload, type Workloads } from "../workload.ts";

const coroutines = 10_000;
const numbers = Array.from({ length: coroutines }, (_, index) => index);
const add = (sum: number, number: number): number => sum + number;
const settled = Promise.resolve();

function workload(isYielding: boolean): TimedWorkload {
  return {
    title: `gather 10,000 coroutines and add their results: ${isYielding ? "each yields once" : "trivial"}`,
    measures: "time",
    operations: coroutines,
    expected: (coroutines * (coroutines - 1)) / 2,
    systems: {
      ...asyncio(({ run, gather, sleep }) => {
        function* same(number: number) {
          if (isYielding) yield* sleep(0);
          return number;
        }
        function* main() {
          const results = yield* gather(numbers.map((number) => same(number)));
          return results.reduce(add, 0);
        }
        return () => run(main());
      }),
      native: () => {
        async function same(number: number) {
          if (isYielding) await undefined;
          return number;
        }
        return async () => {
          const results = await Promise.all(numbers.map((number) => same(number)));
          return results.reduce(add, 0);
        };
      },
      effect: ({ Effect }) => {
        const same = Effect.fnUntraced(function* (number: number) {
          if (isYielding) yield* Effect.yieldNow;
          return number;
        });
        const main = Effect.gen(function* () {
          const results = yield* Effect.all(
            numbers.map((number) => same(number)),
            { concurrency: "unbounded" },
          );
          return results.reduce(add, 0);
        });
        return () => Effect.runPromise(main);
      },
      effection: ({ all, pause, run }) => {
        function* same(number: number) {
          if (isYielding) yield* pause;
          return number;
        }
        function* main() {
          const results = yield* all(numbers.map((number) => same(number)));
          return results.reduce(add, 0);
        }
        return () => run(main);
      },
      "redux-saga": ({ runSaga, stdChannel, effects: { all, call } }) => {
        function* same(number: number) {
          if (isYielding) yield settled;
          return number;
        }
        function* main(): Generator<unknown, number, number[]> {
          const results = yield all(numbers.map((number) => call(same, number)));
          return results.reduce(add, 0);
        }
        return () => runSaga({ channel: stdChannel() }, main).toPromise();
      },
      co: (co) => {
        const same = co.wrap(function* (number: number) {
          if (isYielding) yield settled;
          return number;
        });
        function* main(): Generator<unknown, number, number[]> {
          const results = yield numbers.map((number) => same(number));
          return results.reduce(add, 0);
        }
        return () => co(main);
      },
      ring: ({ spawn, drain }) => {
        const results: number[] = [];
        function* same(number: number) {
          if (isYielding) yield undefined;
          results[number] = number;
        }
        return () => {
          results.length = 0;
          for (const number of numbers) spawn(same(number));
          drain();
          return results.reduce(add, 0);
        };
      },
    },
  };
}

/** Coroutines that run at the same time, and whose results are wanted in their order. */
export const workloads: Workloads = { trivial: workload(false), yielding: workload(true) };
