import { anext, asyncFor, asyncGenerator, BREAK } from "@yieldstar/asyncgen";
import { CancelledError, type Coroutine, createTask, run } from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import { printed } from "../../../.ci/vitest/quiet.ts";
import { loopOver, noting, outcomeOf, turns } from "./native-helpers.ts";

describe("a loop over a native async generator", () => {
  it("takes every value, to the end", async () => {
    const notes: unknown[] = [];
    expect(await run(loopOver(noting(notes), notes))).toBe(true);
    expect(notes).toEqual([1, 2, 3, "cleaning up", "clean", "left"]);
  });

  it("closes it after BREAK, and waits for that", async () => {
    const notes: unknown[] = [];
    expect(await run(loopOver(noting(notes), notes, BREAK))).toBe(false);
    expect(notes).toEqual([1, 2, "cleaning up", "clean", "left"]);
  });

  it("closes it after an error of the body, which is thrown", async () => {
    const notes: unknown[] = [];
    await expect(run(loopOver(noting(notes), notes, new RangeError("of the body")))).rejects.toThrow("of the body");
    expect(notes).toEqual([1, 2, "cleaning up", "clean", "left"]);
  });

  it("closes it when it is cancelled in the body", async () => {
    const notes: unknown[] = [];
    function* main(): Coroutine<unknown> {
      const task = createTask(loopOver(noting(notes), notes, "wait"));
      while (!notes.includes(2)) yield* turns();
      task.cancel("enough");
      return yield* outcomeOf(task);
    }
    expect(await run(main())).toEqual(new CancelledError("enough"));
    expect(notes).toEqual([1, 2, "cleaning up", "clean", "left"]);
  });

  it("throws the error of its cleanup if there is no other", async () => {
    const notes: unknown[] = [];
    await expect(run(loopOver(noting(notes, new RangeError("cleanup")), notes, BREAK))).rejects.toThrow("cleanup");
    await expect(run(loopOver(noting(notes, new RangeError("cleanup")), notes))).rejects.toThrow("cleanup");
  });

  it("throws the body's error rather than that of the cleanup, which is reported", async () => {
    const notes: unknown[] = [];
    const iterable = noting(notes, new RangeError("cleanup"));
    await expect(run(loopOver(iterable, notes, new RangeError("body")))).rejects.toThrow("body");
    expect(printed()).toEqual([
      [
        "error",
        expect.stringContaining("an error occurred during closing of an asynchronous iterator"),
        new RangeError("cleanup"),
      ],
    ]);
  });

  it("throws the generator's own error", async () => {
    const failing = (async function* () {
      yield 1;
      throw new RangeError("of the generator");
    })();
    await expect(run(loopOver(failing, []))).rejects.toThrow("of the generator");
  });

  it("is left at once when it is cancelled while a value is pending", async () => {
    const notes: unknown[] = [];
    let go: () => void = () => {};
    const stuck = (async function* () {
      try {
        await new Promise<void>((resolve) => (go = resolve));
        yield "late";
      } finally {
        notes.push("clean");
      }
    })();
    function* main(): Coroutine<unknown> {
      const task = createTask(loopOver(stuck, notes));
      yield* turns();
      task.cancel();
      const outcome = yield* outcomeOf(task);
      expect(notes).toEqual(["left"]);
      go();
      yield* turns();
      return outcome;
    }
    expect(await run(main())).toBeInstanceOf(CancelledError);
    expect(notes).toEqual(["left", "clean"]);
  });

  it("reports the error of a cleanup that it did not wait for", async () => {
    let go: () => void = () => {};
    const stuck = (async function* () {
      try {
        await new Promise<void>((resolve) => (go = resolve));
        yield "late";
      } finally {
        // oxlint-disable-next-line no-unsafe-finally
        throw new RangeError("late cleanup");
      }
    })();
    function* main(): Coroutine {
      const task = createTask(loopOver(stuck, []));
      yield* turns();
      task.cancel();
      yield* outcomeOf(task);
      go();
      yield* turns();
    }
    await run(main());
    expect(printed()).toEqual([["error", expect.stringContaining("during closing"), new RangeError("late cleanup")]]);
  });

  it("can be cancelled during the cleanup, whose error is then reported", async () => {
    const notes: unknown[] = [];
    let fail: (error: Error) => void = () => {};
    const iterable = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: 2 }),
        return: () => new Promise<never>((_, reject) => (fail = reject)),
      }),
    };
    function* main(): Coroutine<unknown> {
      const task = createTask(loopOver(iterable, notes, new RangeError("of the body")));
      yield* turns();
      task.cancel();
      const outcome = yield* outcomeOf(task);
      fail(new RangeError("late cleanup"));
      yield* turns();
      return outcome;
    }
    const outcome = await run(main());
    expect(outcome).toBeInstanceOf(CancelledError);
    expect(outcome).toHaveProperty("cause", new RangeError("of the body"));
    expect(printed()).toEqual([["error", expect.stringContaining("during closing"), new RangeError("late cleanup")]]);
  });

  it("inside an async generator of ours closes it when ours is closed", async () => {
    const notes: unknown[] = [];
    const doubled = asyncGenerator(function* (emit) {
      yield* asyncFor(noting(notes), function* (number) {
        yield* emit(number * 2);
      });
    });
    function* main(): Coroutine {
      const generator = doubled();
      notes.push(yield* anext(generator));
      yield* generator.aclose();
      notes.push("closed");
    }
    await run(main());
    expect(notes).toEqual([2, "cleaning up", "clean", "closed"]);
  });
});

describe("a loop over an iterator that breaks the rules", () => {
  const iterable = (iterator: object): Parameters<typeof asyncFor>[0] =>
    ({ [Symbol.asyncIterator]: () => iterator }) as never;

  it("works without return()", async () => {
    const values = [1, 2, 3];
    const iterator = { next: async () => ({ done: values.length === 0, value: values.shift() }) };
    expect(await run(loopOver(iterable(iterator), [], BREAK))).toBe(false);
    expect(await run(loopOver(iterable(iterator), []))).toBe(true);
  });

  it("works without promises", async () => {
    const notes: unknown[] = [];
    expect(await run(loopOver(iterable([1, 2, 3].values()), notes))).toBe(true);
    expect(notes).toEqual([1, 2, 3, "left"]);
  });

  it.each([
    [
      "throws",
      () => {
        throw new RangeError("of next");
      },
      RangeError,
    ],
    ["rejects", () => Promise.reject(new RangeError("of next")), RangeError],
    ["gives no object", async () => 5, TypeError],
    ["gives nothing", () => undefined, TypeError],
  ])("does not close one whose next() %s", async (_, next, errorClass) => {
    const notes: unknown[] = [];
    const iterator = { next, return: () => notes.push("closed") };
    await expect(run(loopOver(iterable(iterator), notes))).rejects.toThrow(errorClass);
    expect(notes).toEqual(["left"]);
  });

  it("throws what return() throws at once, after BREAK", async () => {
    const iterator = {
      next: async () => ({ done: false, value: 2 }),
      return: () => {
        throw new RangeError("of return");
      },
    };
    await expect(run(loopOver(iterable(iterator), [], BREAK))).rejects.toThrow("of return");
    await expect(run(loopOver(iterable(iterator), [], new RangeError("body")))).rejects.toThrow("body");
    expect(printed()).toEqual([["error", expect.stringContaining("during closing"), new RangeError("of return")]]);
  });

  it("is left when its next() never settles", async () => {
    const iterator = { next: () => new Promise(() => {}) };
    function* main(): Coroutine<unknown> {
      const task = createTask(loopOver(iterable(iterator), []));
      yield* turns();
      task.cancel();
      return yield* outcomeOf(task);
    }
    expect(await run(main())).toBeInstanceOf(CancelledError);
  });
});

it("an object that can be iterated both ways is iterated our way", () => {
  const ours = asyncGenerator(function* (emit) {
    yield* emit("ours");
  });
  const both = {
    aiter: () => ours(),
    async *[Symbol.asyncIterator]() {
      yield 5;
    },
  };
  const notes: unknown[] = [];
  expect(runVirtual(loopOver(both, notes))).toBe(true);
  expect(notes).toEqual(["ours", "left"]);
});
