import { asyncio, type Workloads } from "../workload.ts";

const tasks = 100;
const turns = 500;
const nothing = () => {};

/**
 * A lock that every task wants. Its holder reads the count, gives up control and writes the count back plus one, so
 * that a lock that lets two tasks in loses a turn.
 */
export const workloads: Workloads = {
  "": {
    title: "contended lock: 100 tasks take it in turn",
    measures: "time",
    operations: tasks * turns,
    expected: tasks * turns,
    absent: { ring: "nothing in it waits for anything" },
    systems: {
      ...asyncio(({ run, sleep, Lock, TaskGroup, asyncWith }) => {
        function* main() {
          const lock = new Lock();
          let count = 0;
          function* worker() {
            for (let left = turns; left > 0; left -= 1) {
              yield* lock.acquire();
              try {
                const seen = count;
                yield* sleep(0);
                count = seen + 1;
              } finally {
                lock.release();
              }
            }
          }
          yield* asyncWith(new TaskGroup(), function* (group) {
            for (let left = tasks; left > 0; left -= 1) group.createTask(worker());
          });
          return count;
        }
        return () => run(main());
      }),
      // A chain of promises, the cheapest lock that people write on them: each turn waits for the end of the one before
      // it. A waiting task cannot be cancelled.
      native: () => async () => {
        let last: Promise<void> | undefined;
        let count = 0;
        async function worker() {
          for (let left = turns; left > 0; left -= 1) {
            const before = last;
            let release = nothing;
            last = new Promise((resolve) => {
              release = resolve;
            });
            await before;
            try {
              const seen = count;
              await undefined;
              count = seen + 1;
            } finally {
              release();
            }
          }
        }
        await Promise.all(Array.from({ length: tasks }, worker));
        return count;
      },
      effect: ({ Effect, Semaphore }) => {
        const main = Effect.gen(function* () {
          const lock = yield* Semaphore.make(1);
          let count = 0;
          const guarded = lock.withPermit(
            Effect.gen(function* () {
              const seen = count;
              yield* Effect.yieldNow;
              count = seen + 1;
            }),
          );
          const worker = Effect.gen(function* () {
            for (let left = turns; left > 0; left -= 1) yield* guarded;
          });
          yield* Effect.replicateEffect(worker, tasks, { concurrency: "unbounded", discard: true });
          return count;
        });
        return () => Effect.runPromise(main);
      },
      // It has no lock. A queue of actions, each resolved by the one before it, is the nearest.
      effection: ({ run, all, action, pause }) => {
        function* main() {
          const waiting: (() => void)[] = [];
          let locked = false;
          let count = 0;
          function* acquire() {
            if (!locked) {
              locked = true;
              return;
            }
            yield* action<void>((resolve) => {
              waiting.push(resolve);
              return nothing;
            });
          }
          function release() {
            const next = waiting.shift();
            if (next === undefined) locked = false;
            else next();
          }
          function* worker() {
            for (let left = turns; left > 0; left -= 1) {
              yield* acquire();
              try {
                const seen = count;
                yield* pause;
                count = seen + 1;
              } finally {
                release();
              }
            }
          }
          yield* all(Array.from({ length: tasks }, worker));
          return count;
        }
        return () => run(main);
      },
      // It has no lock. A channel with a token in it is one: the task that has taken the token holds the lock.
      "redux-saga": ({ runSaga, channel, buffers, effects: { all, call, put, take } }) => {
        const token = {};
        const settled = Promise.resolve();
        return () =>
          runSaga({}, function* main() {
            const lock = channel<object>(buffers.fixed(1));
            let count = 0;
            function* worker() {
              for (let left = turns; left > 0; left -= 1) {
                yield take(lock);
                try {
                  const seen = count;
                  yield settled;
                  count = seen + 1;
                } finally {
                  yield put(lock, token);
                }
              }
            }
            yield put(lock, token);
            yield all(Array.from({ length: tasks }, () => call(worker)));
            return count;
          }).toPromise();
      },
      co: (co) => {
        const settled = Promise.resolve();
        function* main() {
          let last = settled;
          let count = 0;
          function* worker() {
            for (let left = turns; left > 0; left -= 1) {
              const before = last;
              let release = nothing;
              last = new Promise((resolve) => {
                release = resolve;
              });
              yield before;
              try {
                const seen = count;
                yield settled;
                count = seen + 1;
              } finally {
                release();
              }
            }
          }
          yield Array.from({ length: tasks }, worker);
          return count;
        }
        return () => co(main);
      },
    },
  },
};
