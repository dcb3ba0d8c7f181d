import type { Task } from "redux-saga";
import type { Stopwatch } from "../../shared/sampling.ts";
import type { Asyncio, Libraries } from "../systems.ts";
import { asyncio, type Implementation, type TimedWorkload, type Workloads } from "../workload.ts";

const tasks = 10_000;
const delay = 1_000; // seconds, longer than the benchmark

/** In every system: spawns the tasks, lets each start, and then cancels and joins them while the stopwatch runs. */
const ours: Implementation<Asyncio> = ({ run, createTask, sleep, wait }) => {
  let cleanups = 0;
  function* sleeper() {
    try {
      yield* sleep(delay);
    } finally {
      cleanups += 1;
    }
  }
  function* main(stopwatch: Stopwatch) {
    const sleepers = Array.from({ length: tasks }, () => createTask(sleeper()));
    yield* sleep(0);
    stopwatch.start();
    for (const task of sleepers) task.cancel();
    yield* wait(sleepers);
    stopwatch.stop();
  }
  return async (stopwatch) => {
    cleanups = 0;
    await run(main(stopwatch));
    return cleanups;
  };
};

const native: Implementation<Libraries["native"]> = () => {
  let cleanups = 0;
  function sleep(seconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      }, seconds * 1000);
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }
  async function sleeper(signal: AbortSignal) {
    try {
      await sleep(delay, signal);
    } finally {
      cleanups += 1;
    }
  }
  return async (stopwatch) => {
    cleanups = 0;
    const controllers = Array.from({ length: tasks }, () => new AbortController());
    const sleepers = controllers.map(({ signal }) => sleeper(signal));
    stopwatch.start();
    for (const controller of controllers) controller.abort();
    await Promise.allSettled(sleepers);
    stopwatch.stop();
    return cleanups;
  };
};

/** An interrupt of its fibers runs no `finally` of a generator: it has `ensuring` instead. */
const effect: Implementation<Libraries["effect"]> = ({ Effect, Fiber }) => {
  let cleanups = 0;
  const cleanUp = Effect.sync(() => {
    cleanups += 1;
  });
  const sleeper = Effect.ensuring(Effect.sleep(delay * 1000), cleanUp);
  const main = Effect.fnUntraced(function* (stopwatch: Stopwatch) {
    const fibers = yield* Effect.all(Array.from({ length: tasks }, () => Effect.forkChild(sleeper)));
    yield* Effect.yieldNow;
    stopwatch.start();
    yield* Fiber.interruptAll(fibers);
    stopwatch.stop();
  });
  return async (stopwatch) => {
    cleanups = 0;
    await Effect.runPromise(main(stopwatch));
    return cleanups;
  };
};

/** Halting a task halts the tasks that it has spawned. */
const effection: Implementation<Libraries["effection"]> = ({ run, sleep, spawn, suspend }) => {
  let cleanups = 0;
  function* sleeper() {
    try {
      yield* sleep(delay * 1000);
    } finally {
      cleanups += 1;
    }
  }
  function* parent() {
    for (let left = tasks; left > 0; left -= 1) void (yield* spawn(sleeper));
    yield* suspend();
  }
  function* main(stopwatch: Stopwatch) {
    const task = yield* spawn(parent);
    // Tasks nearer to the root run first: all of them have started only when the host has had its turn.
    yield* sleep(0);
    stopwatch.start();
    yield* task.halt();
    stopwatch.stop();
  }
  return async (stopwatch) => {
    cleanups = 0;
    await run(() => main(stopwatch));
    return cleanups;
  };
};

/** A cancel ends when every `finally` has run. There is nothing to join: joining would cancel the joining task. */
const saga: Implementation<Libraries["redux-saga"]> = ({ runSaga, stdChannel, effects }) => {
  let cleanups = 0;
  function* sleeper() {
    try {
      yield effects.delay(delay * 1000);
    } finally {
      cleanups += 1;
    }
  }
  function* main(stopwatch: Stopwatch): Generator<unknown, void, unknown> {
    const sleepers: Task[] = [];
    for (let left = tasks; left > 0; left -= 1) sleepers.push((yield effects.fork(sleeper)) as Task);
    stopwatch.start();
    yield effects.cancel(sleepers);
    stopwatch.stop();
  }
  return async (stopwatch) => {
    cleanups = 0;
    await runSaga({ channel: stdChannel() }, main, stopwatch).toPromise();
    return cleanups;
  };
};

const noStopwatch: Stopwatch = { start() {}, stop() {} };

/** The same, but all of the time counts. */
function whole<Library>(implementation: Implementation<Library>): Implementation<Library> {
  return (library) => {
    const run = implementation(library);
    return () => run(noStopwatch);
  };
}

const common = {
  measures: "time",
  operations: tasks,
  expected: tasks,
  absent: { co: "it cannot cancel", ring: "it cannot cancel" },
} satisfies Partial<TimedWorkload>;

/** Tasks that sleep and, when they are cancelled, clean up. */
export const workloads: Workloads = {
  "": {
    ...common,
    title: "spawn 10,000 sleeping tasks, cancel all with cleanup, join all",
    systems: {
      ...asyncio(whole(ours)),
      native: whole(native),
      effect: whole(effect),
      effection: whole(effection),
      "redux-saga": whole(saga),
    },
  },
  cancel: {
    ...common,
    title: "of that, from the cancel until all are joined",
    systems: { ...asyncio(ours), native, effect, effection, "redux-saga": saga },
  },
};
