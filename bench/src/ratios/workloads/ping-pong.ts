import type { Deferred } from "effect";
import type { WithResolvers } from "effection";
import { asyncio, type Workloads } from "../workload.ts";

const rounds = 50_000;

/** A promise, and the function that fulfils it. */
interface Reply {
  readonly promise: Promise<number>;
  readonly resolve: (value: number) => void;
}

function createReply(): Reply {
  let resolve!: (value: number) => void;
  const promise = new Promise<number>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}

/**
 * Two tasks that pass a number to and fro. The task that has it makes the future in which it will come back, and then
 * fulfils the future in which the other task waits.
 */
export const workloads: Workloads = {
  "": {
    title: "two tasks hand a number to and fro through fresh futures, a round trip",
    measures: "time",
    operations: rounds,
    expected: 2 * rounds,
    systems: {
      ...asyncio(({ run, createTask, getRunningLoop }) => {
        function* main() {
          const loop = getRunningLoop();
          let toPing = loop.createFuture<number>();
          let toPong = loop.createFuture<number>();
          function* ping() {
            let number = 0;
            for (let left = rounds; left > 0; left -= 1) {
              toPing = loop.createFuture();
              toPong.setResult(number + 1);
              number = yield* toPing;
            }
            return number;
          }
          function* pong() {
            for (let left = rounds; left > 0; left -= 1) {
              const number = yield* toPong;
              toPong = loop.createFuture();
              toPing.setResult(number + 1);
            }
          }
          const other = createTask(pong());
          const number = yield* ping();
          yield* other;
          return number;
        }
        return () => run(main());
      }),
      native: () => async () => {
        let toPing = createReply();
        let toPong = createReply();
        async function ping() {
          let number = 0;
          for (let left = rounds; left > 0; left -= 1) {
            toPing = createReply();
            toPong.resolve(number + 1);
            number = await toPing.promise;
          }
          return number;
        }
        async function pong() {
          for (let left = rounds; left > 0; left -= 1) {
            const number = await toPong.promise;
            toPong = createReply();
            toPing.resolve(number + 1);
          }
        }
        const other = pong();
        const number = await ping();
        await other;
        return number;
      },
      effect: ({ Deferred, Effect, Fiber }) => {
        let toPing: Deferred.Deferred<number>;
        let toPong: Deferred.Deferred<number>;
        const ping = Effect.gen(function* () {
          let number = 0;
          for (let left = rounds; left > 0; left -= 1) {
            toPing = yield* Deferred.make<number>();
            yield* Deferred.succeed(toPong, number + 1);
            number = yield* Deferred.await(toPing);
          }
          return number;
        });
        const pong = Effect.gen(function* () {
          for (let left = rounds; left > 0; left -= 1) {
            const number: number = yield* Deferred.await(toPong);
            toPong = yield* Deferred.make<number>();
            yield* Deferred.succeed(toPing, number + 1);
          }
        });
        const main = Effect.gen(function* () {
          toPong = yield* Deferred.make<number>();
          const other = yield* Effect.forkChild(pong);
          const number = yield* ping;
          yield* Fiber.join(other);
          return number;
        });
        return () => Effect.runPromise(main);
      },
      effection: ({ run, spawn, withResolvers }) => {
        let toPing: WithResolvers<number>;
        let toPong: WithResolvers<number>;
        function* ping() {
          let number = 0;
          for (let left = rounds; left > 0; left -= 1) {
            toPing = withResolvers();
            toPong.resolve(number + 1);
            number = yield* toPing.operation;
          }
          return number;
        }
        function* pong() {
          for (let left = rounds; left > 0; left -= 1) {
            const number: number = yield* toPong.operation;
            toPong = withResolvers();
            toPing.resolve(number + 1);
          }
        }
        function* main() {
          toPong = withResolvers();
          const other = yield* spawn(pong);
          const number = yield* ping();
          yield* other;
          return number;
        }
        return () => run(main);
      },
      // It has no future of its own, and takes promises.
      "redux-saga": ({ runSaga, stdChannel, effects: { fork } }) => {
        let toPing: Reply;
        let toPong: Reply;
        function* ping(): Generator<Promise<number>, number, number> {
          let number = 0;
          for (let left = rounds; left > 0; left -= 1) {
            toPing = createReply();
            toPong.resolve(number + 1);
            number = yield toPing.promise;
          }
          return number;
        }
        function* pong(): Generator<Promise<number>, void, number> {
          for (let left = rounds; left > 0; left -= 1) {
            const number = yield toPong.promise;
            toPong = createReply();
            toPing.resolve(number + 1);
          }
        }
        function* main() {
          toPong = createReply();
          yield fork(pong);
          return yield* ping();
        }
        return () => runSaga({ channel: stdChannel() }, main).toPromise();
      },
      co: (co) => {
        let toPing: Reply;
        let toPong: Reply;
        function* ping(): Generator<Promise<number>, number, number> {
          let number = 0;
          for (let left = rounds; left > 0; left -= 1) {
            toPing = createReply();
            toPong.resolve(number + 1);
            number = yield toPing.promise;
          }
          return number;
        }
        function* pong(): Generator<Promise<number>, void, number> {
          for (let left = rounds; left > 0; left -= 1) {
            const number = yield toPong.promise;
            toPong = createReply();
            toPing.resolve(number + 1);
          }
        }
        return async () => {
          toPong = createReply();
          const [number] = await Promise.all([co(ping), co(pong)]);
          return number;
        };
      },
      // It has no futures: each function waits until it sees the number.
      ring: ({ spawn, drain }) => {
        const mail: { toPing?: number | undefined; toPong?: number | undefined } = {};
        let number = 0;
        function* ping() {
          for (let left = rounds; left > 0; left -= 1) {
            mail.toPong = number + 1;
            while (mail.toPing === undefined) yield undefined;
            number = mail.toPing;
            mail.toPing = undefined;
          }
        }
        function* pong() {
          for (let left = rounds; left > 0; left -= 1) {
            while (mail.toPong === undefined) yield undefined;
            mail.toPing = mail.toPong + 1;
            mail.toPong = undefined;
          }
        }
        return () => {
          number = 0;
          spawn(ping());
          spawn(pong());
          drain();
          return number;
        };
      },
    },
  },
};
