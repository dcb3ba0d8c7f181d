// Values pass up through the frames of marked functions, on their way to whoever iterates, and are no suspensions.

import { asyncFor, asyncGenerator, BREAK, type BodyYield, type Emit } from "@yieldstar/asyncgen";
import { asyncWith, CancelledError, coroutine, type Coroutine, createTask, sleep } from "@yieldstar/loop";
import { immediate } from "@yieldstar/loop/internal";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";

type Body<A extends readonly unknown[]> = (emit: Emit, ...args: A) => Generator<BodyYield, void, unknown>;

const ways: [name: string, mark: <A extends readonly unknown[]>(body: Body<A>) => Body<A>][] = [
  ["marked", coroutine],
  ["unmarked", (body) => body],
];

const manager = { aenter: () => immediate(() => {}), aexit: () => immediate(() => {}) };

describe.each(ways)("with %s functions", (_, mark) => {
  const level = mark(function* (emit: Emit, depth: number, events: unknown[]) {
    if (depth > 0) {
      yield* level(emit, depth - 1, events);
    } else {
      for (const value of [1, 2, 3]) {
        yield* sleep(0.1);
        events.push("sent", yield* emit(value));
        yield* emit(value * 10);
      }
    }
  }) as Body<[depth: number, events: unknown[]]>;
  const values = asyncGenerator<unknown, [events: unknown[]], BodyYield>(
    mark(function* (emit: Emit, events: unknown[]) {
      yield* asyncWith(manager, function* () {
        yield* level(emit, 4, events);
      });
    }),
  );

  it("a value reaches the iterator after a wait deep inside", () => {
    const events: unknown[] = [];
    function* main(): Coroutine<boolean> {
      return yield* asyncFor(values(events), function* (value) {
        events.push(value);
        yield* sleep(0.1);
      });
    }
    expect(runVirtual(main())).toBe(true);
    expect(events).toEqual([1, "sent", undefined, 10, 2, "sent", undefined, 20, 3, "sent", undefined, 30]);
  });

  it("what is sent reaches the emit deep inside", () => {
    const events: unknown[] = [];
    function* main(): Coroutine<unknown[]> {
      const generator = values(events);
      const taken = [yield* generator.anext(), yield* generator.asend("a"), yield* generator.asend("b")];
      yield* generator.aclose();
      return taken;
    }
    expect(runVirtual(main())).toEqual([1, 10, 2]);
    expect(events).toEqual(["sent", "a"]);
  });

  it("a generator inside a generator hands on each value", () => {
    const outer = asyncGenerator(function* (emit) {
      yield* asyncFor(values([]), function* (value) {
        yield* emit(value);
        yield* sleep(0.1);
        yield* emit(String(value));
      });
    });
    const taken: unknown[] = [];
    function* main(): Coroutine {
      yield* asyncFor(outer(), function* (value) {
        taken.push(value);
        yield* sleep(0);
        if (value === "2") return BREAK;
        return undefined;
      });
    }
    runVirtual(main());
    expect(taken).toEqual([1, "1", 10, "10", 2, "2"]);
  });

  it("a cancellation after a value is thrown in where the generator waits", () => {
    const events: unknown[] = [];
    const slow = mark(function* (emit: Emit) {
      yield* emit(1);
      try {
        yield* sleep(5);
      } catch (error) {
        events.push((error as Error).name);
        yield* emit(2);
        yield* sleep(0.1);
      }
      yield* emit(3);
    });
    const generator = asyncGenerator(function* (emit) {
      yield* slow(emit);
    })();
    function* worker(): Coroutine {
      yield* asyncFor(generator, function* (value) {
        events.push(value);
      });
    }
    function* main(): Coroutine {
      const task = createTask(worker());
      yield* sleep(1);
      task.cancel();
      yield* task;
    }
    runVirtual(main());
    expect(events).toEqual([1, CancelledError.name, 2, 3]);
  });

  it("a value that no generator hands out fails the task", () => {
    let leaked: Emit | undefined;
    const generator = asyncGenerator(function* (emit) {
      leaked = emit;
      yield* emit(1);
    });
    function* main(): Coroutine {
      yield* generator().anext();
      yield* sleep(0);
      yield* level(leaked as Emit, 3, []) as unknown as Coroutine;
    }
    expect(() => runVirtual(main())).toThrow("<value of an async generator>");
  });
});

it("an error names a marked function that is the body of a loop", () => {
  const fail = coroutine(function* fail(): Coroutine<undefined> {
    yield* sleep(1);
    throw new Error("deep");
  });
  const visit = coroutine(function* visit(): Coroutine<undefined> {
    return yield* fail();
  });
  const numbers = asyncGenerator(function* (emit) {
    yield* emit(1);
  });
  const main = coroutine(function* main(): Coroutine {
    yield* asyncFor(numbers(), () => visit());
  });
  let stack: string | undefined;
  try {
    runVirtual(main());
  } catch (error) {
    ({ stack } = error as Error);
  }
  expect(stack).toMatch(/\n {4}at async visit\n {4}at async main$/);
});
