import { PassThrough } from "node:stream";
import { BREAK } from "@yieldstar/asyncgen";
import { CancelledError, type Coroutine, createTask, run } from "@yieldstar/loop";
import { describe, expect, it } from "vitest";
import { loopOver, outcomeOf, turn, turns } from "./native-helpers.ts";

describe("a loop over a ReadableStream", () => {
  /** A stream of numbers; its source notes when it is cancelled, which takes a turn. */
  function streamOf(notes: unknown[], values: readonly number[], isEndless = false): ReadableStream<number> {
    const rest = [...values];
    return new ReadableStream<number>(
      {
        pull(controller) {
          const value = rest.shift();
          if (value !== undefined) controller.enqueue(value);
          else if (!isEndless) controller.close();
        },
        async cancel() {
          notes.push("cancelling");
          await turn();
          notes.push("cancelled");
        },
      },
      { highWaterMark: 0 },
    );
  }

  it("takes every chunk, and unlocks it at the end", async () => {
    const notes: unknown[] = [];
    const stream = streamOf(notes, [1, 2, 3]);
    expect(await run(loopOver(stream, notes))).toBe(true);
    expect(notes).toEqual([1, 2, 3, "left"]);
    expect(stream.locked).toBe(false);
  });

  it.each([
    ["breaks", BREAK],
    ["fails", new RangeError("of the body")],
  ])("cancels and unlocks it when the body %s, and waits for that", async (_, outcome) => {
    const notes: unknown[] = [];
    const stream = streamOf(notes, [1, 2, 3]);
    const result = await run(loopOver(stream, notes, outcome)).catch((error: unknown) => error);
    expect(result).toBe(outcome === BREAK ? false : outcome);
    expect(notes).toEqual([1, 2, "cancelling", "cancelled", "left"]);
    expect(stream.locked).toBe(false);
  });

  it("cancels and unlocks it when it is cancelled while a read is pending, and waits for that", async () => {
    const notes: unknown[] = [];
    const stream = streamOf(notes, [1], true);
    function* main(): Coroutine<unknown> {
      const task = createTask(loopOver(stream, notes));
      yield* turns();
      task.cancel();
      return yield* outcomeOf(task);
    }
    expect(await run(main())).toBeInstanceOf(CancelledError);
    expect(notes).toEqual([1, "cancelling", "cancelled", "left"]);
    expect(stream.locked).toBe(false);
  });

  it("throws the stream's error, and unlocks it", async () => {
    const stream = new ReadableStream({ start: (controller) => controller.error(new RangeError("broken")) });
    await expect(run(loopOver(stream, []))).rejects.toThrow("broken");
    expect(stream.locked).toBe(false);
  });

  it("refuses a locked stream, and leaves it locked", async () => {
    const stream = streamOf([], [1]);
    const reader = stream.getReader();
    await expect(run(loopOver(stream, []))).rejects.toThrow(TypeError);
    expect(await reader.read()).toEqual({ done: false, value: 1 });
  });

  it("leaves it open if preventCancel is set", async () => {
    const notes: unknown[] = [];
    const stream = streamOf(notes, [1, 2, 3]);
    await run(loopOver(stream.values({ preventCancel: true }), notes, BREAK));
    expect(await run(loopOver(stream, notes))).toBe(true);
    expect(notes).toEqual([1, 2, "left", 3, "left"]);
  });

  it("needs only the stream's reader", async () => {
    const stream = streamOf([], [1, 2, 3]);
    Object.defineProperty(stream, Symbol.asyncIterator, { value: undefined });
    const notes: unknown[] = [];
    expect(await run(loopOver(stream, notes))).toBe(true);
    expect(notes).toEqual([1, 2, 3, "left"]);
  });
});

describe("a loop over a Node stream", () => {
  it("takes every chunk", async () => {
    const stream = new PassThrough({ objectMode: true });
    const notes: unknown[] = [];
    for (const value of [1, 2, 3]) stream.write(value);
    stream.end();
    expect(await run(loopOver(stream, notes))).toBe(true);
    expect(notes).toEqual([1, 2, 3, "left"]);
  });

  it("destroys it when it is cancelled, although no chunk comes", async () => {
    const stream = new PassThrough({ objectMode: true });
    function* main(): Coroutine<unknown> {
      const task = createTask(loopOver(stream, []));
      yield* turns();
      task.cancel();
      return yield* outcomeOf(task);
    }
    expect(await run(main())).toBeInstanceOf(CancelledError);
    expect(stream.destroyed).toBe(true);
  });
});
