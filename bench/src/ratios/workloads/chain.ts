import type { Effect as Effects } from "effect";
import type { Operation } from "effection";
import type { Coroutine } from "yieldstar";
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

const resumes = 100_000;
const settled = Promise.resolve();

function program(frames: number, markFor: (library: Asyncio) => Mark): Implementation<Asyncio> {
  return (library) => {
    const { run, sleep } = library;
    const level = markFor(library)(function* level(depth: number): Coroutine<number> {
      if (depth > 1) return yield* level(depth - 1);
      let count = 0;
      while (count < resumes) {
        yield* sleep(0);
        count += 1;
      }
      return count;
    });
    return () => run(level(frames));
  };
}

function native(frames: number) {
  return () => {
    async function level(depth: number): Promise<number> {
      if (depth > 1) {
        const count = await level(depth - 1);
        return count;
      }
      let count = 0;
      while (count < resumes) {
        await undefined;
        count += 1;
      }
      return count;
    }
    return () => level(frames);
  };
}

function titleOf(frames: number): string {
  return `await chain, ${frames} frames deep: resuming the innermost`;
}

const common = { measures: "time", operations: resumes, expected: resumes } as const;

/** Coroutines that await one another, `frames` deep: only the innermost one ever waits. */
function chain(frames: number): TimedWorkload {
  return {
    ...common,
    title: titleOf(frames),
    systems: {
      ...asyncio(program(frames, () => unmarked)),
      native: native(frames),
      effect: ({ Effect }) => {
        const level = Effect.fnUntraced(function* (depth: number): Effects.fn.Return<number> {
          if (depth > 1) return yield* level(depth - 1);
          let count = 0;
          while (count < resumes) {
            yield* Effect.yieldNow;
            count += 1;
          }
          return count;
        });
        return () => Effect.runPromise(level(frames));
      },
      effection: ({ run, pause }) => {
        function* level(depth: number): Operation<number> {
          if (depth > 1) return yield* level(depth - 1);
          let count = 0;
          while (count < resumes) {
            yield* pause;
            count += 1;
          }
          return count;
        }
        return () => run(() => level(frames));
      },
      // `call`, as its documentation composes sagas, makes a saga of each frame: only the innermost is resumed.
      "redux-saga": ({ runSaga, effects: { call } }) => {
        function* level(depth: number): Generator<unknown, number, number> {
          if (depth > 1) return yield call(level, depth - 1);
          let count = 0;
          while (count < resumes) {
            yield settled;
            count += 1;
          }
          return count;
        }
        return () => runSaga({}, level, frames).toPromise();
      },
      // A generator that is yielded is run on its own: only the innermost is resumed.
      co: (co) => {
        function* level(depth: number): Generator<unknown, number, number> {
          if (depth > 1) return yield level(depth - 1);
          let count = 0;
          while (count < resumes) {
            yield settled;
            count += 1;
          }
          return count;
        }
        return () => co(level, frames);
      },
      ring: ({ spawn, drain }) => {
        let count = 0;
        function* level(depth: number): Generator<undefined, void, undefined> {
          if (depth > 1) return yield* level(depth - 1);
          while (count < resumes) {
            yield undefined;
            count += 1;
          }
        }
        return () => {
          count = 0;
          spawn(level(frames));
          drain();
          return count;
        };
      },
    },
  };
}

/** The same with marked functions. */
function chainMarked(frames: number): TimedWorkload {
  return {
    ...common,
    title: `${titleOf(frames)}, marked`,
    absent: onlyOurs(`chain/${frames}`),
    systems: { ...asyncio(program(frames, marked)), native: native(frames) },
  };
}

/**
 * Depth is costly for generators: every resume walks the whole chain. Promises resume the innermost function alone, and
 * so do marked functions.
 */
export const workloads: Workloads = Object.fromEntries(
  [5, 10, 20, 100].flatMap((frames) => [
    [`${frames}`, chain(frames)],
    [`${frames}/marked`, chainMarked(frames)],
  ]),
);
