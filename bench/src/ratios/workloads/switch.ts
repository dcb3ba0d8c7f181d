import type { Asyncio, Libraries } from "../systems.ts";
import { asyncio, type Implementation, type Workloads } from "../workload.ts";

const tasks = 1_000;
const yields = 100;
const settled = Promise.resolve();

/** Its loop shares the turns with the host. */
const ours: Implementation<Asyncio> = ({ run, sleep, TaskGroup, asyncWith }) => {
  let count = 0;
  function* worker() {
    for (let left = yields; left > 0; left -= 1) {
      yield* sleep(0);
      count += 1;
    }
  }
  function* main() {
    yield* asyncWith(new TaskGroup(), function* (group) {
      for (let left = tasks; left > 0; left -= 1) group.createTask(worker());
    });
  }
  return async () => {
    count = 0;
    await run(main());
    return count;
  };
};

/** Each round of its scheduler is a turn of the host. */
const effect: Implementation<Libraries["effect"]> = ({ Effect }) => {
  let count = 0;
  const worker = Effect.gen(function* () {
    for (let left = yields; left > 0; left -= 1) {
      yield* Effect.yieldNow;
      count += 1;
    }
  });
  const workers = Array.from({ length: tasks }, () => worker);
  const main = Effect.all(workers, { concurrency: "unbounded", discard: true });
  return async () => {
    count = 0;
    await Effect.runPromise(main);
    return count;
  };
};

let waiting: (() => void)[] = [];

/** The next turn of the host: a promise for each waiting function, and one immediate for all of them. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(resumeAll);
  });
}

function resumeAll(): void {
  const resumed = waiting;
  waiting = [];
  for (const resume of resumed) resume();
}

/** Giving up control and being resumed, with a thousand others. */
export const workloads: Workloads = {
  "": {
    title: "switch: 1,000 tasks × 100 × the cheapest yield",
    measures: "time",
    operations: tasks * yields,
    expected: tasks * yields,
    systems: {
      ...asyncio(ours),
      native: () => {
        let count = 0;
        async function worker() {
          for (let left = yields; left > 0; left -= 1) {
            await undefined;
            count += 1;
          }
        }
        return async () => {
          count = 0;
          await Promise.all(Array.from({ length: tasks }, worker));
          return count;
        };
      },
      effect,
      effection: ({ all, pause, run }) => {
        let count = 0;
        function* worker() {
          for (let left = yields; left > 0; left -= 1) {
            yield* pause;
            count += 1;
          }
        }
        return async () => {
          count = 0;
          await run(() => all(Array.from({ length: tasks }, worker)));
          return count;
        };
      },
      "redux-saga": ({ runSaga, stdChannel, effects: { fork } }) => {
        let count = 0;
        // Any value but a promise would resume the same saga at once.
        function* worker() {
          for (let left = yields; left > 0; left -= 1) {
            yield settled;
            count += 1;
          }
        }
        // A saga ends when all sagas that it has forked have ended.
        function* main() {
          for (let left = tasks; left > 0; left -= 1) yield fork(worker);
        }
        return async () => {
          count = 0;
          await runSaga({ channel: stdChannel() }, main).toPromise();
          return count;
        };
      },
      co: (co) => {
        let count = 0;
        function* worker() {
          for (let left = yields; left > 0; left -= 1) {
            yield settled;
            count += 1;
          }
        }
        return async () => {
          count = 0;
          await Promise.all(Array.from({ length: tasks }, () => co(worker)));
          return count;
        };
      },
      ring: ({ spawn, drain }) => {
        let count = 0;
        function* worker() {
          for (let left = yields; left > 0; left -= 1) {
            yield undefined;
            count += 1;
          }
        }
        return () => {
          count = 0;
          for (let left = tasks; left > 0; left -= 1) spawn(worker());
          drain();
          return count;
        };
      },
    },
  },
  host: {
    title: "switch: 1,000 tasks × 100, the host's loop having its turn",
    measures: "time",
    operations: tasks * yields,
    expected: tasks * yields,
    absent: { ring: "it has no host" },
    systems: {
      ours,
      floor: ({ runBesideHost, ...library }) => ours({ ...library, run: runBesideHost }),
      native: () => {
        let count = 0;
        async function worker() {
          for (let left = yields; left > 0; left -= 1) {
            await nextTurn();
            count += 1;
          }
        }
        return async () => {
          count = 0;
          await Promise.all(Array.from({ length: tasks }, worker));
          return count;
        };
      },
      effect,
      effection: ({ all, run, until }) => {
        let count = 0;
        function* worker() {
          for (let left = yields; left > 0; left -= 1) {
            yield* until(nextTurn());
            count += 1;
          }
        }
        return async () => {
          count = 0;
          await run(() => all(Array.from({ length: tasks }, worker)));
          return count;
        };
      },
      "redux-saga": ({ runSaga, stdChannel, effects: { fork } }) => {
        let count = 0;
        function* worker() {
          for (let left = yields; left > 0; left -= 1) {
            yield nextTurn();
            count += 1;
          }
        }
        function* main() {
          for (let left = tasks; left > 0; left -= 1) yield fork(worker);
        }
        return async () => {
          count = 0;
          await runSaga({ channel: stdChannel() }, main).toPromise();
          return count;
        };
      },
      co: (co) => {
        let count = 0;
        function* worker() {
          for (let left = yields; left > 0; left -= 1) {
            yield nextTurn();
            count += 1;
          }
        }
        return async () => {
          count = 0;
          await Promise.all(Array.from({ length: tasks }, () => co(worker)));
          return count;
        };
      },
    },
  },
};
