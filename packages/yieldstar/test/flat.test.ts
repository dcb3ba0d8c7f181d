import { afterAll, describe, expect, it } from "vitest";
import type { Coroutine } from "yieldstar";

// Each level of a native chain calls `next` when a task resumes the chain.
const generatorPrototype = (Object.getPrototypeOf(function* () {}) as { prototype: { next: unknown } }).prototype;
const nativeNext = generatorPrototype.next as (this: unknown, value: unknown) => unknown;
let calls = 0;
generatorPrototype.next = function (value: unknown) {
  calls += 1;
  return nativeNext.call(this, value);
};
afterAll(() => {
  generatorPrototype.next = nativeNext;
});

const {
  aclosing,
  anext,
  asyncContextManager,
  AsyncExitStack,
  asyncFor,
  asyncGenerator,
  asyncWith,
  coroutine,
  exceptStar,
  Lock,
  nullcontext,
  on,
  sleep,
  TaskGroup,
  timeout,
  waitFor,
} = await import("yieldstar");
const { runVirtual } = await import("@yieldstar/testing");

type Worker = () => Coroutine<unknown>;

/** Counts the calls of `next` that one resume takes inside of `depth` times `wrap`. */
function callsOfResume(wrap: (inner: Worker) => Worker, depth: number, isMarked = true): number {
  let count: number | undefined;
  let worker: Worker = function* () {
    yield* sleep(0);
    const before = calls;
    yield* sleep(0);
    count = calls - before;
  };
  if (isMarked) worker = coroutine(worker as () => Coroutine);
  for (let level = 0; level < depth; level += 1) worker = wrap(worker);
  runVirtual(worker());
  if (count === undefined) throw new Error("the innermost function did not run");
  return count;
}

const once = asyncGenerator(function* (emit) {
  yield* emit(1);
});

const wrappers: Record<string, (inner: Worker) => Worker> = {
  "a marked function": (inner) =>
    coroutine(function* () {
      yield* inner();
    }),
  "the body of asyncWith": (inner) => () =>
    asyncWith(nullcontext(), function* () {
      yield* inner();
    }),
  "the body of asyncWith with two managers": (inner) => () =>
    asyncWith([nullcontext(), new Lock()], function* () {
      yield* inner();
    }),
  "the enter of a manager": (inner) => {
    const manager = asyncContextManager(function* (emit) {
      yield* inner();
      yield* emit();
    });
    return () => asyncWith(manager(), function* () {});
  },
  "the exit of a manager": (inner) => {
    const manager = asyncContextManager(function* (emit) {
      yield* emit();
      yield* inner();
    });
    return () => asyncWith(manager(), function* () {});
  },
  "the body of asyncFor": (inner) => () =>
    asyncFor(once(), function* () {
      yield* inner();
    }),
  "an async generator": (inner) => {
    const generator = asyncGenerator(function* (emit) {
      yield* inner();
      yield* emit(1);
    });
    return () => asyncFor(generator(), function* () {});
  },
  "an async generator that goes on": (inner) => {
    const generator = asyncGenerator(function* (emit) {
      yield* emit(1);
      yield* inner();
    });
    return () => asyncFor(generator(), function* () {});
  },
  "anext with a fallback": (inner) => {
    const generator = asyncGenerator(function* () {
      yield* inner();
    });
    return () => anext(generator(), "fallback");
  },
  "the end of a generator that is closed": (inner) => {
    const generator = asyncGenerator(function* (emit) {
      try {
        yield* emit(1);
      } finally {
        yield* inner();
      }
    });
    return () => asyncWith(aclosing(generator()), (open) => anext(open));
  },
  "a callback of an exit stack": (inner) => () =>
    asyncWith(new AsyncExitStack(), function* (stack) {
      stack.pushAsyncCallback(inner);
    }),
  "a manager of an exit stack": (inner) => {
    const manager = { aenter: inner, aexit: () => sleep(0) };
    return () => asyncWith(new AsyncExitStack(), (stack) => stack.enterAsyncContext(manager));
  },
  "a handler of exceptStar": (inner) => () =>
    exceptStar(
      new Error("a"),
      on(Error, function* () {
        yield* inner();
      }),
    ),
  waitFor: (inner) => () => waitFor(inner(), 1),
  "the body of a timeout": (inner) =>
    coroutine(function* () {
      yield* asyncWith(timeout(1), function* () {
        yield* inner();
      });
    }),
  "the body of a task group": (inner) => () =>
    asyncWith(new TaskGroup(), function* () {
      yield* inner();
    }),
};

describe("a resume costs the same at any depth", () => {
  it.each(Object.entries(wrappers))("of %s", (_, wrap) => {
    expect(callsOfResume(wrap, 50)).toBe(callsOfResume(wrap, 1));
    expect(callsOfResume(wrap, 50)).toBeLessThan(4);
  });

  it.each(Object.entries(wrappers))("of %s around a function that is not marked", (_, wrap) => {
    expect(callsOfResume(wrap, 50, false)).toBe(callsOfResume(wrap, 1, false));
    expect(callsOfResume(wrap, 50, false)).toBeLessThan(6);
  });

  it("of all of them in each other", () => {
    const all = Object.values(wrappers);
    const wrapInAll = (inner: Worker): Worker => all.reduce((worker, wrap) => wrap(worker), inner);
    expect(callsOfResume(wrapInAll, 5)).toBe(callsOfResume(wrapInAll, 1));
  });

  it("but grows where no function is marked", () => {
    const wrap = (inner: Worker): Worker =>
      function* () {
        yield* inner();
      };
    expect(callsOfResume(wrap, 50, false) - callsOfResume(wrap, 1, false)).toBe(49);
  });
});
