import { asyncio, type TimedWorkload, type Workloads } from "../workload.ts";

const children = 10_000;
const settled = Promise.resolve();

function workload(isYielding: boolean): TimedWorkload {
  return {
    title: `a task group of 10,000 children: ${isYielding ? "each yields once" : "trivial"}`,
    measures: "time",
    operations: children,
    expected: children,
    absent: { co: "it cannot cancel the siblings of a child that fails" },
    systems: {
      ...asyncio(({ run, sleep, TaskGroup, asyncWith }) => {
        let count = 0;
        function* child() {
          if (isYielding) yield* sleep(0);
          count += 1;
        }
        function* main() {
          yield* asyncWith(new TaskGroup(), function* (group) {
            for (let left = children; left > 0; left -= 1) group.createTask(child());
          });
        }
        return async () => {
          count = 0;
          await run(main());
          return count;
        };
      }),
      // None of its children waits long enough to need the signal.
      native: () => {
        let count = 0;
        async function child(signal: AbortSignal) {
          if (isYielding) {
            await undefined;
            signal.throwIfAborted();
          }
          count += 1;
        }
        return async () => {
          count = 0;
          const controller = new AbortController();
          const tasks = Array.from({ length: children }, () => child(controller.signal));
          try {
            await Promise.all(tasks);
          } catch (error) {
            controller.abort(error);
            await Promise.allSettled(tasks);
            throw error;
          }
          return count;
        };
      },
      effect: ({ Effect }) => {
        let count = 0;
        const child = Effect.fnUntraced(function* () {
          if (isYielding) yield* Effect.yieldNow;
          count += 1;
        });
        const numbers = Array.from({ length: children }, (_, index) => index);
        const main = Effect.forEach(numbers, () => child(), { concurrency: "unbounded", discard: true });
        return async () => {
          count = 0;
          await Effect.runPromise(main);
          return count;
        };
      },
      effection: ({ all, pause, run }) => {
        let count = 0;
        function* child() {
          if (isYielding) yield* pause;
          count += 1;
        }
        return async () => {
          count = 0;
          await run(() => all(Array.from({ length: children }, child)));
          return count;
        };
      },
      // A saga ends when all sagas that it has forked have ended; if one fails, the others are cancelled.
      "redux-saga": ({ runSaga, stdChannel, effects: { call, fork } }) => {
        let count = 0;
        function* child() {
          if (isYielding) yield settled;
          count += 1;
        }
        function* group() {
          for (let left = children; left > 0; left -= 1) yield fork(child);
        }
        function* main() {
          yield call(group);
        }
        return async () => {
          count = 0;
          await runSaga({ channel: stdChannel() }, main).toPromise();
          return count;
        };
      },
      ring: ({ spawn, drain }) => {
        let count = 0;
        function* child() {
          if (isYielding) yield undefined;
          count += 1;
        }
        return () => {
          count = 0;
          for (let left = children; left > 0; left -= 1) spawn(child());
          drain();
          return count;
        };
      },
    },
  };
}

/** Children that end before the block does, and that are cancelled when one of them fails. */
export const workloads: Workloads = { trivial: workload(false), yielding: workload(true) };
