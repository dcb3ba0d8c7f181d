import { getEventListeners } from "node:events";
import { anext, type AsyncGenerator, asyncGenerator, toAsyncIterable } from "@yieldstar/asyncgen";
import { type Coroutine, fromPromise, getRunningLoop, newEventLoop, sleep } from "@yieldstar/loop";
import { describe, expect, expectTypeOf, it } from "vitest";
import { printed } from "../../../.ci/vitest/quiet.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Emits numbers, and notes what it does; its cleanup takes a turn. */
const noting = asyncGenerator(function* noting(emit, notes: unknown[], to: number = 3) {
  try {
    for (let number = 1; number <= to; number++) {
      yield* sleep(0);
      notes.push(yield* emit(number));
    }
  } finally {
    yield* fromPromise(turn());
    notes.push("clean");
  }
});

const stuck = asyncGenerator(function* (emit, notes: unknown[]) {
  try {
    yield* emit(1);
    notes.push("stuck");
    yield* getRunningLoop().createFuture();
  } finally {
    yield* fromPromise(turn());
    notes.push("clean");
  }
});

async function notesContain(notes: readonly unknown[], note: unknown): Promise<void> {
  while (!notes.includes(note)) await turn();
}

describe("an async generator behind toAsyncIterable", () => {
  it("is iterated by for await, to the end", async () => {
    const [notes, values]: [unknown[], number[]] = [[], []];
    for await (const value of toAsyncIterable(noting(notes))) {
      expectTypeOf(value).toEqualTypeOf<number>();
      values.push(value);
    }
    expect(values).toEqual([1, 2, 3]);
    expect(notes).toEqual([undefined, undefined, undefined, "clean"]);
  });

  it.each(["break", "throw"])("has cleaned up when for await is left by %s", async (way) => {
    const notes: unknown[] = [];
    const leave = async (): Promise<unknown> => {
      for await (const value of toAsyncIterable(noting(notes))) {
        if (value === 1) continue;
        if (way === "break") break;
        throw new RangeError("throw");
      }
      return new RangeError("break");
    };
    expect(await leave().catch((error: unknown) => error)).toEqual(new RangeError(way));
    expect(notes).toEqual([undefined, "clean"]);
  });

  it("rejects with the error of its body or its cleanup, and has then ended", async () => {
    const failing = toAsyncIterable(
      asyncGenerator(function* () {
        throw new RangeError("of the body");
      })(),
    );
    await expect(failing.next()).rejects.toThrow("of the body");
    expect(await failing.next()).toEqual({ done: true, value: undefined });
    const unclean = toAsyncIterable(
      asyncGenerator(function* (emit) {
        try {
          yield* emit(1);
        } finally {
          yield* sleep(0);
          // oxlint-disable-next-line no-unsafe-finally
          throw new RangeError("of the cleanup");
        }
      })(),
    );
    await unclean.next();
    await expect(unclean.return(undefined)).rejects.toThrow("of the cleanup");
    expect(await unclean.return(undefined)).toEqual({ done: true, value: undefined });
  });

  it("receives the values given to next(), except the first", async () => {
    const notes: unknown[] = [];
    const iterable = toAsyncIterable(noting(notes));
    expect(await iterable.next("ignored")).toEqual({ done: false, value: 1 });
    expect(await iterable.next("sent")).toEqual({ done: false, value: 2 });
    await iterable.return(undefined);
    expect(notes).toEqual(["sent", "clean"]);
  });

  it("receives errors at its yield", async () => {
    const catching = asyncGenerator(function* (emit) {
      try {
        yield* emit(undefined);
      } catch (error) {
        yield* sleep(0);
        yield* emit(error);
      }
    });
    const iterable = toAsyncIterable<unknown>(catching());
    await iterable.next();
    const error = new RangeError("thrown in");
    expect(await iterable.throw(error)).toEqual({ done: false, value: error });
    expect(await iterable.next()).toEqual({ done: true, value: undefined });
    await expect(iterable.throw(error)).rejects.toBe(error);
    await expect(toAsyncIterable(noting([])).throw(error)).rejects.toBe(error);
  });

  it("runs its steps one after another, however many are requested at once", async () => {
    const notes: unknown[] = [];
    const iterable = toAsyncIterable(noting(notes));
    const steps = [iterable.next(), iterable.next(), iterable.return(undefined), iterable.next()];
    expect(await Promise.all(steps)).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
    expect(notes).toEqual([undefined, "clean"]);
  });

  it("does nothing when it is closed before it begins", async () => {
    const notes: unknown[] = [];
    const iterable = toAsyncIterable(noting(notes));
    await iterable[Symbol.asyncDispose]();
    expect(await iterable.next()).toEqual({ done: true, value: undefined });
    expect(notes).toEqual([]);
  });

  it("runs on the given loop", async () => {
    const loop = newEventLoop();
    const loops = asyncGenerator(function* (emit) {
      yield* emit(getRunningLoop());
      yield* emit(getRunningLoop());
    });
    for await (const value of toAsyncIterable(loops(), { loop })) expect(value).toBe(loop);
    loop.close();
    const late = toAsyncIterable(loops(), { loop });
    await expect(late.next()).rejects.toThrow("Event loop is closed");
    expect(await late.return(undefined)).toEqual({ done: true, value: undefined });
  });

  it("reads its source a step at a time", async () => {
    let count = 0;
    const endless = asyncGenerator(function* (emit) {
      for (;;) yield* emit((count += 1));
    });
    for await (const value of toAsyncIterable(endless())) if (value === 3) break;
    expect(count).toBe(3);
  });
});

describe("the signal of toAsyncIterable", () => {
  it("cancels the running step, which cleans up and then rejects with its reason", async () => {
    const notes: unknown[] = [];
    const controller = new AbortController();
    const iterable = toAsyncIterable(stuck(notes), { signal: controller.signal });
    await iterable.next();
    const step = iterable.next();
    await notesContain(notes, "stuck");
    controller.abort(new RangeError("enough"));
    await expect(step).rejects.toThrow("enough");
    expect(notes).toEqual(["stuck", "clean"]);
    expect(await iterable.next()).toEqual({ done: true, value: undefined });
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });

  it("closes the generator between two steps, and the next one rejects with its reason", async () => {
    const notes: unknown[] = [];
    const controller = new AbortController();
    const iterable = toAsyncIterable(stuck(notes), { signal: controller.signal });
    await iterable.next();
    controller.abort(new RangeError("enough"));
    await notesContain(notes, "clean");
    await expect(iterable.next()).rejects.toThrow("enough");
    expect(await iterable.next()).toEqual({ done: true, value: undefined });
    expect(notes).toEqual(["clean"]);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });

  it("works even if another listener stops the event", async () => {
    const controller = new AbortController();
    controller.signal.addEventListener("abort", (event) => event.stopImmediatePropagation());
    const notes: unknown[] = [];
    const [waiting, idle] = [1, 2].map(() => toAsyncIterable(stuck(notes), { signal: controller.signal }));
    await Promise.all([waiting?.next(), idle?.next()]);
    const step = waiting?.next();
    await notesContain(notes, "stuck");
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(2);
    controller.abort(new RangeError("enough"));
    await expect(step).rejects.toThrow("enough");
    await expect(idle?.next()).rejects.toThrow("enough");
    expect(notes.filter((note) => note === "clean")).toHaveLength(2);
  });

  it("is refused at the call when it is not a signal", () => {
    expect(() => toAsyncIterable(stuck([]), { signal: {} as never })).toThrow(
      new TypeError("an AbortSignal was expected, got {}"),
    );
  });

  it("keeps the generator from starting when it is aborted already", async () => {
    const notes: unknown[] = [];
    const iterable = toAsyncIterable(stuck(notes), { signal: AbortSignal.abort(new RangeError("enough")) });
    await expect(iterable.next()).rejects.toThrow("enough");
    expect(await iterable.next()).toEqual({ done: true, value: undefined });
    expect(notes).toEqual([]);
  });

  it.each(["end", "return"])("has no listener left after its %s", async (way) => {
    const { signal } = new AbortController();
    const iterable = toAsyncIterable(noting([], 1), { signal });
    await iterable.next();
    expect(getEventListeners(signal, "abort")).not.toEqual([]);
    await (way === "end" ? iterable.next() : iterable.return(undefined));
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("has an error of the cleanup reported when no step waits for it", async () => {
    const failing = asyncGenerator(function* failing(emit) {
      try {
        yield* emit(1);
      } finally {
        // oxlint-disable-next-line no-unsafe-finally
        throw new RangeError("of the cleanup");
      }
    });
    const controller = new AbortController();
    const iterable = toAsyncIterable(failing(), { signal: controller.signal });
    await iterable.next();
    controller.abort();
    await expect(iterable.next()).rejects.toThrow(controller.signal.reason as Error);
    expect(printed()).toEqual([
      [
        "error",
        expect.stringMatching(/^an error occurred during closing of asynchronous generator .* failing>/),
        new RangeError("of the cleanup"),
      ],
    ]);
  });
});

describe("toAsyncIterable", () => {
  it.each([undefined, 5, {}, noting, (async function* () {})()])("refuses %o at the call", (value) => {
    expect(() => toAsyncIterable(value as never)).toThrow(/^an async generator was expected, got /);
  });

  it("has the type of native async generators", () => {
    const generator: AsyncGenerator<number> = noting([]);
    expectTypeOf(toAsyncIterable(generator)).toEqualTypeOf<globalThis.AsyncGenerator<number, undefined, unknown>>();
    function* ours(): Coroutine {
      expectTypeOf(yield* anext(generator)).toEqualTypeOf<number>();
    }
    expectTypeOf(ours).toEqualTypeOf<() => Coroutine>();
  });
});
