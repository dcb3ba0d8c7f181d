import { asyncio, type Workloads } from "../workload.ts";

const tasks = 10_000;
const permits = 10;
const nothing = () => {};

/** What people write on promises: a number, and the resolvers of the waiting functions. */
class PromiseSemaphore {
  #free = permits;
  readonly #waiting: (() => void)[] = [];
  #head = 0;

  async acquire(): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  release(): void {
    const next = this.#waiting[this.#head];
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#head += 1;
    next();
  }
}

/** A semaphore over many tasks. Tasks that find more inside than it allows are not counted. */
export const workloads: Workloads = {
  "": {
    title: "semaphore of 10: 10,000 tasks pass it, each yielding once inside",
    measures: "time",
    operations: tasks,
    expected: tasks,
    absent: { ring: "nothing in it waits for anything" },
    systems: {
      ...asyncio(({ run, sleep, Semaphore, TaskGroup, asyncWith }) => {
        function* main() {
          const semaphore = new Semaphore(permits);
          let inside = 0;
          let count = 0;
          function* worker() {
            yield* semaphore.acquire();
            try {
              inside += 1;
              yield* sleep(0);
              if (inside <= permits) count += 1;
              inside -= 1;
            } finally {
              semaphore.release();
            }
          }
          yield* asyncWith(new TaskGroup(), function* (group) {
            for (let left = tasks; left > 0; left -= 1) group.createTask(worker());
          });
          return count;
        }
        return () => run(main());
      }),
      native: () => async () => {
        const semaphore = new PromiseSemaphore();
        let inside = 0;
        let count = 0;
        async function worker() {
          await semaphore.acquire();
          try {
            inside += 1;
            await undefined;
            if (inside <= permits) count += 1;
            inside -= 1;
          } finally {
            semaphore.release();
          }
        }
        await Promise.all(Array.from({ length: tasks }, worker));
        return count;
      },
      effect: ({ Effect, Semaphore }) => {
        const main = Effect.gen(function* () {
          const semaphore = yield* Semaphore.make(permits);
          let inside = 0;
          let count = 0;
          const guarded = semaphore.withPermit(
            Effect.gen(function* () {
              inside += 1;
              yield* Effect.yieldNow;
              if (inside <= permits) count += 1;
              inside -= 1;
            }),
          );
          yield* Effect.replicateEffect(guarded, tasks, { concurrency: "unbounded", discard: true });
          return count;
        });
        return () => Effect.runPromise(main);
      },
      // It has no semaphore. A number and a queue of actions are the nearest.
      effection: ({ run, all, action, pause }) => {
        function* main() {
          const waiting: (() => void)[] = [];
          let head = 0;
          let free = permits;
          let inside = 0;
          let count = 0;
          function* acquire() {
            if (free > 0) {
              free -= 1;
              return;
            }
            yield* action<void>((resolve) => {
              waiting.push(resolve);
              return nothing;
            });
          }
          function release() {
            const next = waiting[head];
            if (next === undefined) {
              free += 1;
              return;
            }
            head += 1;
            next();
          }
          function* worker() {
            yield* acquire();
            try {
              inside += 1;
              yield* pause;
              if (inside <= permits) count += 1;
              inside -= 1;
            } finally {
              release();
            }
          }
          yield* all(Array.from({ length: tasks }, worker));
          return count;
        }
        return () => run(main);
      },
      // It has no semaphore. A channel with ten tokens in it is one.
      "redux-saga": ({ runSaga, channel, buffers, effects: { all, call, put, take } }) => {
        const token = {};
        const settled = Promise.resolve();
        return () =>
          runSaga({}, function* main() {
            const semaphore = channel<object>(buffers.fixed(permits));
            let inside = 0;
            let count = 0;
            function* worker() {
              yield take(semaphore);
              try {
                inside += 1;
                yield settled;
                if (inside <= permits) count += 1;
                inside -= 1;
              } finally {
                yield put(semaphore, token);
              }
            }
            for (let left = permits; left > 0; left -= 1) yield put(semaphore, token);
            yield all(Array.from({ length: tasks }, () => call(worker)));
            return count;
          }).toPromise();
      },
      co: (co) => {
        const settled = Promise.resolve();
        function* main() {
          const semaphore = new PromiseSemaphore();
          let inside = 0;
          let count = 0;
          function* worker() {
            yield semaphore.acquire();
            try {
              inside += 1;
              yield settled;
              if (inside <= permits) count += 1;
              inside -= 1;
            } finally {
              semaphore.release();
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
