import { AsyncLocalStorage } from "node:async_hooks";
import { asyncio, type Workloads } from "../workload.ts";

const tasks = 100;
const rounds = 50;
const sets = 10;
const reads = 10;
const settled = Promise.resolve();

/** The values that a task sets: numbers that no other task sets. */
function valueOf(task: number, set: number): number {
  return task * sets + set;
}

function sumOfAllReads(): number {
  let sum = 0;
  for (let task = 0; task < tasks; task += 1) {
    for (let set = 0; set < sets; set += 1) sum += valueOf(task, set) * reads * rounds;
  }
  return sum;
}

/**
 * Every task sets a variable to its own numbers and reads each ten times. Once a round it gives up control between a
 * set and its reads, so that it could see the values of other tasks, and must not.
 */
export const workloads: Workloads = {
  "": {
    title: "context variable: 10 sets and 100 reads between two yields, in 100 tasks",
    measures: "time",
    operations: tasks * rounds * sets * (1 + reads),
    expected: sumOfAllReads(),
    absent: { co: "it has no contexts of its own", ring: "it has no contexts" },
    systems: {
      ...asyncio(({ run, sleep, ContextVar, TaskGroup, asyncWith }) => {
        const variable = new ContextVar<number>("variable");
        let sum = 0;
        function* worker(task: number) {
          for (let round = 0; round < rounds; round += 1) {
            for (let set = 0; set < sets; set += 1) {
              variable.set(valueOf(task, set));
              if (set === 0) yield* sleep(0);
              for (let read = 0; read < reads; read += 1) sum += variable.get();
            }
          }
        }
        function* main() {
          yield* asyncWith(new TaskGroup(), function* (group) {
            for (let task = 0; task < tasks; task += 1) group.createTask(worker(task));
          });
        }
        return async () => {
          sum = 0;
          await run(main());
          return sum;
        };
      }),
      // `run` gives each task a context of its own; `enterWith` sets a value in it from within.
      native: () => {
        const storage = new AsyncLocalStorage<number>();
        let sum = 0;
        async function worker(task: number) {
          for (let round = 0; round < rounds; round += 1) {
            for (let set = 0; set < sets; set += 1) {
              storage.enterWith(valueOf(task, set));
              if (set === 0) await undefined;
              for (let read = 0; read < reads; read += 1) sum += storage.getStore() ?? 0;
            }
          }
        }
        return async () => {
          sum = 0;
          await Promise.all(Array.from({ length: tasks }, (_, task) => storage.run(0, worker, task)));
          return sum;
        };
      },
      // An effect gets a value for its whole duration. It cannot set one from within.
      effect: ({ Context, Effect }) => {
        const Variable = Context.Reference<number>("Variable", { defaultValue: () => 0 });
        let sum = 0;
        const readAll = Effect.gen(function* () {
          let own = 0;
          for (let read = 0; read < reads; read += 1) own += yield* Variable;
          sum += own;
        });
        const yieldAndReadAll = Effect.andThen(Effect.yieldNow, readAll);
        const worker = Effect.fnUntraced(function* (task: number) {
          for (let round = 0; round < rounds; round += 1) {
            for (let set = 0; set < sets; set += 1) {
              yield* Effect.provideService(set === 0 ? yieldAndReadAll : readAll, Variable, valueOf(task, set));
            }
          }
        });
        const main = Effect.forEach(
          Array.from({ length: tasks }, (_, task) => task),
          worker,
          { concurrency: "unbounded", discard: true },
        );
        return async () => {
          sum = 0;
          await Effect.runPromise(main);
          return sum;
        };
      },
      effection: ({ run, all, createContext, pause }) => {
        const variable = createContext<number>("variable", 0);
        let sum = 0;
        function* worker(task: number) {
          let own = 0;
          for (let round = 0; round < rounds; round += 1) {
            for (let set = 0; set < sets; set += 1) {
              yield* variable.set(valueOf(task, set));
              if (set === 0) yield* pause;
              for (let read = 0; read < reads; read += 1) own += yield* variable.expect();
            }
          }
          sum += own;
        }
        return async () => {
          sum = 0;
          await run(function* () {
            yield* all(Array.from({ length: tasks }, (_, task) => worker(task)));
          });
          return sum;
        };
      },
      "redux-saga": ({ runSaga, effects: { fork, getContext, setContext } }) => {
        let sum = 0;
        function* worker(task: number): Generator<unknown, void, number> {
          let own = 0;
          for (let round = 0; round < rounds; round += 1) {
            for (let set = 0; set < sets; set += 1) {
              yield setContext({ variable: valueOf(task, set) });
              if (set === 0) yield settled;
              for (let read = 0; read < reads; read += 1) own += yield getContext("variable");
            }
          }
          sum += own;
        }
        function* main() {
          for (let task = 0; task < tasks; task += 1) yield fork(worker, task);
        }
        return async () => {
          sum = 0;
          await runSaga({}, main).toPromise();
          return sum;
        };
      },
    },
  },
};
