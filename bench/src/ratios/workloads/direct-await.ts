import type { Asyncio, Mark } from "../systems.ts";
import {
  asyncio,
  type Implementation,
  marked,
  onlyOurs,
  type TimedWorkload,
  unmarked,
  type Workloads,
} from "../workload.ts";

const calls = 100_000;
const settled = Promise.resolve();

function titleOf(isWaiting: boolean): string {
  return `a coroutine that ${isWaiting ? "waits once" : "returns at once"}, awaited directly`;
}

const common = { measures: "time", operations: calls, expected: calls } as const;

function program(isWaiting: boolean, markFor: (library: Asyncio) => Mark): Implementation<Asyncio> {
  return (library) => {
    const { run, sleep } = library;
    const mark = markFor(library);
    const one = mark(function* one() {
      if (isWaiting) yield* sleep(0);
      return 1;
    });
    const main = mark(function* main() {
      let sum = 0;
      for (let left = calls; left > 0; left -= 1) sum += yield* one();
      return sum;
    });
    return () => run(main());
  };
}

function native(isWaiting: boolean) {
  return () => {
    async function one() {
      if (isWaiting) await undefined;
      return 1;
    }
    return async () => {
      let sum = 0;
      for (let left = calls; left > 0; left -= 1) sum += await one();
      return sum;
    };
  };
}

function workload(isWaiting: boolean): TimedWorkload {
  return {
    ...common,
    title: titleOf(isWaiting),
    systems: {
      ...asyncio(program(isWaiting, () => unmarked)),
      native: native(isWaiting),
      effect: ({ Effect }) => {
        const one = Effect.fnUntraced(function* () {
          if (isWaiting) yield* Effect.yieldNow;
          return 1;
        });
        const main = Effect.gen(function* () {
          let sum = 0;
          for (let left = calls; left > 0; left -= 1) sum += yield* one();
          return sum;
        });
        return () => Effect.runPromise(main);
      },
      effection: ({ pause, run }) => {
        function* one() {
          if (isWaiting) yield* pause;
          return 1;
        }
        function* main() {
          let sum = 0;
          for (let left = calls; left > 0; left -= 1) sum += yield* one();
          return sum;
        }
        return () => run(main);
      },
      // Its manual has two ways: `yield* one()`, and the slower `yield call(one)`, which a test can look at.
      "redux-saga": ({ runSaga, stdChannel }) => {
        function* one() {
          if (isWaiting) yield settled;
          return 1;
        }
        function* main() {
          let sum = 0;
          for (let left = calls; left > 0; left -= 1) sum += yield* one();
          return sum;
        }
        return () => runSaga({ channel: stdChannel() }, main).toPromise();
      },
      // Its manual advises to yield promises, and to make them with `wrap`.
      co: (co) => {
        const one = co.wrap(function* () {
          if (isWaiting) yield settled;
          return 1;
        });
        function* main(): Generator<unknown, number, number> {
          let sum = 0;
          for (let left = calls; left > 0; left -= 1) sum += yield one();
          return sum;
        }
        return () => co(main);
      },
      ring: ({ spawn, drain }) => {
        let sum = 0;
        function* one() {
          if (isWaiting) yield undefined;
          return 1;
        }
        function* main() {
          for (let left = calls; left > 0; left -= 1) sum += yield* one();
        }
        return () => {
          sum = 0;
          spawn(main());
          drain();
          return sum;
        };
      },
    },
  };
}

/** The same with marked functions. */
function workloadMarked(isWaiting: boolean, row: string): TimedWorkload {
  return {
    ...common,
    title: `${titleOf(isWaiting)}, marked`,
    absent: onlyOurs(row),
    systems: { ...asyncio(program(isWaiting, marked)), native: native(isWaiting) },
  };
}

/** A coroutine that another awaits without a task of its own. */
export const workloads: Workloads = {
  "": workload(false),
  marked: workloadMarked(false, "direct-await"),
  waiting: workload(true),
  "waiting/marked": workloadMarked(true, "direct-await/waiting"),
};
