import type { Task } from "redux-saga";
import { asyncio, type TimedWorkload, type Workloads } from "../workload.ts";

const tasks = 20_000;
const settled = Promise.resolve();

function workload(isYielding: boolean): TimedWorkload {
  return {
    title: `spawn a task and join it: ${isYielding ? "it yields once" : "trivial"}`,
    measures: "time",
    operations: tasks,
    expected: tasks,
    systems: {
      ...asyncio(({ run, createTask, sleep }) => {
        function* child() {
          if (isYielding) yield* sleep(0);
          return 1;
        }
        function* main() {
          let sum = 0;
          for (let left = tasks; left > 0; left -= 1) {
            const task = createTask(child());
            sum += yield* task;
          }
          return sum;
        }
        return () => run(main());
      }),
      native: () => {
        async function child() {
          if (isYielding) await undefined;
          return 1;
        }
        return async () => {
          let sum = 0;
          for (let left = tasks; left > 0; left -= 1) {
            const task = child();
            sum += await task;
          }
          return sum;
        };
      },
      effect: ({ Effect, Fiber }) => {
        const child = Effect.fnUntraced(function* () {
          if (isYielding) yield* Effect.yieldNow;
          return 1;
        });
        const main = Effect.gen(function* () {
          let sum = 0;
          for (let left = tasks; left > 0; left -= 1) {
            const fiber = yield* Effect.forkChild(child());
            sum += yield* Fiber.join(fiber);
          }
          return sum;
        });
        return () => Effect.runPromise(main);
      },
      effection: ({ pause, run, spawn }) => {
        function* child() {
          if (isYielding) yield* pause;
          return 1;
        }
        function* main() {
          let sum = 0;
          for (let left = tasks; left > 0; left -= 1) {
            const task = yield* spawn(child);
            sum += yield* task;
          }
          return sum;
        }
        return () => run(main);
      },
      "redux-saga": ({ runSaga, stdChannel, effects: { fork, join } }) => {
        function* child() {
          if (isYielding) yield settled;
          return 1;
        }
        function* main(): Generator<unknown, number, unknown> {
          let sum = 0;
          for (let left = tasks; left > 0; left -= 1) {
            const task = (yield fork(child)) as Task;
            sum += (yield join(task)) as number;
          }
          return sum;
        }
        return () => runSaga({ channel: stdChannel() }, main).toPromise();
      },
      co: (co) => {
        const child = co.wrap(function* () {
          if (isYielding) yield settled;
          return 1;
        });
        function* main(): Generator<unknown, number, number> {
          let sum = 0;
          for (let left = tasks; left > 0; left -= 1) {
            const task = child();
            sum += yield task;
          }
          return sum;
        }
        return () => co(main);
      },
      ring: ({ spawn, drain }) => {
        let sum = 0;
        function* child() {
          if (isYielding) yield undefined;
          sum += 1;
        }
        return () => {
          sum = 0;
          for (let left = tasks; left > 0; left -= 1) {
            spawn(child());
            drain();
          }
          return sum;
        };
      },
    },
  };
}

/** Spawning a task and joining it, one after another. */
export const workloads: Workloads = { trivial: workload(false), yielding: workload(true) };
