import type { Deferred as Deferreds } from "effect";
import type { Operation, WithResolvers } from "effection";
import type { Task } from "redux-saga";
import type { Future } from "yieldstar";
import { asyncio, type HeldWorkload, type Workloads } from "../workload.ts";

const tasks = 20_000;
const seconds = 1000;

type Held = HeldWorkload["systems"];
type Weigh = () => void;

/** Suspended generators and nothing else. One generator in the ring weighs the others. */
const ring: NonNullable<Held["ring"]> = ({ spawn, drain }) => {
  return (weigh) => {
    let started = 0;
    function* waiter() {
      started += 1;
      yield undefined;
    }
    function* scales() {
      yield undefined;
      weigh();
    }
    spawn(scales());
    for (let left = tasks; left > 0; left -= 1) spawn(waiter());
    drain();
    return started;
  };
};

const sleeping: Held = {
  ...asyncio(({ run, createTask, sleep, wait }) => {
    function* main(weigh: Weigh) {
      let started = 0;
      function* sleeper() {
        started += 1;
        yield* sleep(seconds);
      }
      const sleepers = Array.from({ length: tasks }, () => createTask(sleeper()));
      yield* sleep(0);
      weigh();
      for (const task of sleepers) task.cancel();
      yield* wait(sleepers);
      return started;
    }
    return (weigh: Weigh) => run(main(weigh));
  }),
  // A task that can be cancelled: an async function with an AbortController of its own.
  native: () => {
    function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
      return new Promise((resolve, reject) => {
        function abort() {
          clearTimeout(timer);
          reject(signal.reason as Error);
        }
        const timer = setTimeout(() => {
          signal.removeEventListener("abort", abort);
          resolve();
        }, milliseconds);
        signal.addEventListener("abort", abort, { once: true });
      });
    }
    return async (weigh) => {
      let started = 0;
      async function sleeper(signal: AbortSignal) {
        started += 1;
        await sleep(seconds * 1000, signal);
      }
      const sleepers = Array.from({ length: tasks }, () => {
        const controller = new AbortController();
        return { controller, done: sleeper(controller.signal) };
      });
      weigh();
      for (const { controller } of sleepers) controller.abort();
      await Promise.allSettled(sleepers.map(({ done }) => done));
      return started;
    };
  },
  effect: ({ Effect, Fiber }) => {
    const main = Effect.fnUntraced(function* (weigh: Weigh) {
      let started = 0;
      const sleeper = Effect.gen(function* () {
        started += 1;
        yield* Effect.sleep(seconds * 1000);
      });
      const sleepers = yield* Effect.replicateEffect(Effect.forkChild(sleeper), tasks);
      yield* Effect.yieldNow;
      weigh();
      yield* Fiber.interruptAll(sleepers);
      return started;
    });
    return (weigh) => Effect.runPromise(main(weigh));
  },
  // Sleeping tasks are halted when the task that spawned them ends.
  effection: ({ run, spawn, sleep }) => {
    function* main(weigh: Weigh) {
      let started = 0;
      function* sleeper() {
        started += 1;
        yield* sleep(seconds * 1000);
      }
      for (let left = tasks; left > 0; left -= 1) void (yield* spawn(sleeper));
      yield* sleep(1);
      weigh();
      return started;
    }
    return (weigh) => run(() => main(weigh));
  },
  "redux-saga": ({ runSaga, effects: { cancel, delay, fork } }) => {
    function* main(weigh: Weigh): Generator<unknown, number, never> {
      let started = 0;
      function* sleeper() {
        started += 1;
        yield delay(seconds * 1000);
      }
      const sleepers: Task[] = [];
      for (let left = tasks; left > 0; left -= 1) sleepers.push(yield fork(sleeper));
      weigh();
      yield cancel(sleepers);
      return started;
    }
    return (weigh) => runSaga({}, main, weigh).toPromise();
  },
  // It cannot cancel: a sleep is a bare timer, and sleeping functions are forgotten with their timers.
  co: (co) => (weigh) => {
    let started = 0;
    const timers: NodeJS.Timeout[] = [];
    function* sleeper() {
      started += 1;
      yield new Promise((resolve) => timers.push(setTimeout(resolve, seconds * 1000)));
    }
    for (let left = tasks; left > 0; left -= 1) void co(sleeper);
    weigh();
    for (const timer of timers) clearTimeout(timer);
    return started;
  },
  ring,
};

/** Each waits for its own promise, which is held by the code that will settle it. */
const waiting: Held = {
  ...asyncio(({ run, createTask, getRunningLoop, sleep, wait }) => {
    function* main(weigh: Weigh) {
      let started = 0;
      function* waiter(future: Future<void>) {
        started += 1;
        yield* future;
      }
      const loop = getRunningLoop();
      const futures = Array.from({ length: tasks }, () => loop.createFuture<void>());
      const waiters = futures.map((future) => createTask(waiter(future)));
      yield* sleep(0);
      weigh();
      for (const future of futures) future.setResult();
      yield* wait(waiters);
      return started;
    }
    return (weigh: Weigh) => run(main(weigh));
  }),
  native: () => async (weigh) => {
    let started = 0;
    async function waiter(promise: Promise<void>) {
      started += 1;
      await promise;
    }
    const resolvers: (() => void)[] = [];
    const waiters = Array.from({ length: tasks }, () => waiter(new Promise((resolve) => resolvers.push(resolve))));
    weigh();
    for (const resolve of resolvers) resolve();
    await Promise.all(waiters);
    return started;
  },
  effect: ({ Deferred, Effect, Fiber }) => {
    const main = Effect.fnUntraced(function* (weigh: Weigh) {
      let started = 0;
      const waiter = Effect.fnUntraced(function* (deferred: Deferreds.Deferred<void>) {
        started += 1;
        yield* Deferred.await(deferred);
      });
      const deferreds = yield* Effect.replicateEffect(Deferred.make<void>(), tasks);
      const waiters = yield* Effect.forEach(deferreds, (deferred) => Effect.forkChild(waiter(deferred)));
      yield* Effect.yieldNow;
      weigh();
      for (const deferred of deferreds) yield* Deferred.succeed(deferred, undefined);
      yield* Fiber.joinAll(waiters);
      return started;
    });
    return (weigh) => Effect.runPromise(main(weigh));
  },
  effection: ({ run, spawn, sleep, withResolvers }) => {
    function* main(weigh: Weigh) {
      let started = 0;
      function* waiter(operation: Operation<void>) {
        started += 1;
        yield* operation;
      }
      const outcomes: WithResolvers<void>[] = [];
      for (let left = tasks; left > 0; left -= 1) {
        const outcome = withResolvers<void>();
        outcomes.push(outcome);
        void (yield* spawn(() => waiter(outcome.operation)));
      }
      yield* sleep(1);
      weigh();
      for (const outcome of outcomes) outcome.resolve();
      return started;
    }
    return (weigh) => run(() => main(weigh));
  },
  "redux-saga": ({ runSaga, effects: { fork } }) => {
    function* main(weigh: Weigh) {
      let started = 0;
      function* waiter(promise: Promise<void>) {
        started += 1;
        yield promise;
      }
      const resolvers: (() => void)[] = [];
      for (let left = tasks; left > 0; left -= 1) {
        yield fork(waiter, new Promise<void>((resolve) => resolvers.push(resolve)));
      }
      weigh();
      for (const resolve of resolvers) resolve();
      return started;
    }
    return (weigh) => runSaga({}, main, weigh).toPromise();
  },
  co: (co) => async (weigh) => {
    let started = 0;
    function* waiter(promise: Promise<void>) {
      started += 1;
      yield promise;
    }
    const resolvers: (() => void)[] = [];
    const waiters = Array.from({ length: tasks }, () =>
      co(waiter, new Promise<void>((resolve) => resolvers.push(resolve))),
    );
    weigh();
    for (const resolve of resolvers) resolve();
    await Promise.all(waiters);
    return started;
  },
  ring,
};

function held(title: string, systems: Held): HeldWorkload {
  return { title, measures: "bytes", operations: tasks, expected: tasks, systems };
}

export const workloads: Workloads = {
  sleeping: held("memory of a task that sleeps", sleeping),
  waiting: held("memory of a task that waits for a future of its own", waiting),
};
