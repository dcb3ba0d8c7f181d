/** How each system gives up control for a moment, to its other tasks and to the host. */

import type { Libraries } from "../shared/systems.ts";
import type { Spin } from "./probe.ts";

type Spinner<Library> = (library: Library, yieldToHost: () => Promise<unknown>) => Spin;

/** No task spins: what the host itself needs. */
export const idle: Spin = async () => {};

export const spinners: { readonly [System in keyof Libraries]?: Spinner<Libraries[System]> } = {
  ours: ({ run, sleep, TaskGroup, asyncWith }) => {
    return (tasks, isOver) => {
      function* worker() {
        while (!isOver()) yield* sleep(0);
      }
      function* main() {
        yield* asyncWith(new TaskGroup(), function* (group) {
          for (let left = tasks; left > 0; left -= 1) group.createTask(worker());
        });
      }
      return run(main());
    };
  },

  /** Awaiting a settled promise gives control only to other promises: the host would stand still. */
  native: (_library, yieldToHost) => {
    return (tasks, isOver) => {
      async function worker() {
        while (!isOver()) await yieldToHost();
      }
      return Promise.all(Array.from({ length: tasks }, worker));
    };
  },

  effect: ({ Effect }) => {
    return (tasks, isOver) => {
      const worker = Effect.gen(function* () {
        while (!isOver()) yield* Effect.yieldNow;
      });
      return Effect.runPromise(
        Effect.all(
          Array.from({ length: tasks }, () => worker),
          { concurrency: "unbounded" },
        ),
      );
    };
  },

  effection: ({ all, run, sleep }) => {
    return async (tasks, isOver) => {
      function* worker() {
        while (!isOver()) yield* sleep(0);
      }
      await run(function* () {
        yield* all(Array.from({ length: tasks }, worker));
      });
    };
  },

  "redux-saga": ({ runSaga, effects: { all, call, delay } }) => {
    return (tasks, isOver) => {
      function* worker() {
        while (!isOver()) yield delay(0);
      }
      function* main() {
        yield all(Array.from({ length: tasks }, () => call(worker)));
      }
      return runSaga({}, main).toPromise();
    };
  },
};

/** Returns the function that makes a system spin. */
export function spinnerOf<System extends keyof Libraries>(
  system: System,
  library: Libraries[System],
  yieldToHost: () => Promise<unknown>,
): Spin {
  const spinner = spinners[system];
  if (spinner === undefined) throw new RangeError(`${system} has no way to give up control to the host`);
  return spinner(library, yieldToHost);
}
