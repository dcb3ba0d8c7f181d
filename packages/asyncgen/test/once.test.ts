import { EventEmitter } from "node:events";
import { once } from "@yieldstar/asyncgen";
import { CancelledError, type Coroutine, createTask, getRunningLoop, run, sleep } from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, expectTypeOf, it } from "vitest";
import { printed } from "../../../.ci/vitest/quiet.ts";
import { kinds, listenedEmitter } from "./event-sources.ts";

/** Calls `callback` after `delay` seconds. */
function later(delay: number, callback: () => void): void {
  getRunningLoop().callLater(delay, callback);
}

describe.each(kinds)("once, of %s,", (_, make) => {
  it("gives the event's arguments, and removes its listener", () => {
    const { source, emit, detailOf, listenerCount } = make();
    function* main(): Coroutine<unknown> {
      later(1, () => {
        emit("other", 0);
        emit("event", 1);
        expect(listenerCount()).toBe(0);
        emit("event", 2);
      });
      return detailOf(yield* once(source, "event"));
    }
    expect(runVirtual(main())).toBe(1);
  });

  it("listens from the moment it is awaited", () => {
    const { source, emit, detailOf, listenerCount } = make();
    function* main(): Coroutine<unknown> {
      const event = once(source, "event");
      expect(listenerCount()).toBe(0);
      emit("event", 1);
      later(1, () => emit("event", 2));
      return detailOf(yield* event);
    }
    expect(runVirtual(main())).toBe(2);
  });

  it("removes its listener when it is cancelled", () => {
    const { source, emit, listenerCount } = make();
    function* main(): Coroutine {
      const task = createTask(once(source, "event"));
      yield* sleep(1);
      expect(listenerCount()).toBeGreaterThan(0);
      task.cancel();
      emit("event", 1);
      yield* sleep(1);
      expect(task.cancelled()).toBe(true);
      expect(listenerCount()).toBe(0);
    }
    runVirtual(main());
  });

  it("wakes an idle loop", async () => {
    const { source, emit, detailOf } = make();
    function* main(): Coroutine<unknown> {
      setTimeout(() => emit("event", 1), 2);
      return detailOf(yield* once(source, "event"));
    }
    expect(await run(main())).toBe(1);
  });
});

describe("once, of an emitter,", () => {
  it("throws an error that is emitted meanwhile", () => {
    const { source, listenerCount } = listenedEmitter();
    function* main(): Coroutine<unknown> {
      later(1, () => {
        source.emit("error", new RangeError("broken"));
        expect(listenerCount()).toBe(0);
      });
      return yield* once(source, "event");
    }
    expect(() => runVirtual(main())).toThrow(new RangeError("broken"));
  });

  it.each([5, "text", { code: 5 }])(
    "throws an error with the cause %o when that value is emitted as the error",
    (cause) => {
      const { source } = listenedEmitter();
      function* main(): Coroutine<unknown> {
        later(1, () => source.emit("error", cause));
        return yield* once(source, "event");
      }
      expect(() => runVirtual(main())).toThrow(expect.objectContaining({ name: "TypeError", cause }));
    },
  );

  it("leaves an error that comes after the event to the emitter", () => {
    const { source } = listenedEmitter();
    function* main(): Coroutine<unknown> {
      later(1, () => {
        source.emit("event", 1);
        expect(() => source.emit("error", new RangeError("broken"))).toThrow(RangeError);
      });
      return yield* once(source, "event");
    }
    expect(runVirtual(main())).toEqual([1]);
  });

  it("waits for an event named error like for any other", () => {
    const { source, listenerCount } = listenedEmitter();
    function* main(): Coroutine<unknown> {
      later(1, () => source.emit("error", new RangeError("awaited")));
      return yield* once(source, "error");
    }
    expect(runVirtual(main())).toEqual([new RangeError("awaited")]);
    expect(listenerCount()).toBe(0);
  });

  it("reports an error that comes between its cancellation and the task's next step", () => {
    const { source } = listenedEmitter();
    function* main(): Coroutine {
      const task = createTask(once(source, "event"));
      yield* sleep(1);
      task.cancel();
      source.emit("error", new RangeError("late"));
      yield* sleep(1);
      expect(task.cancelled()).toBe(true);
    }
    runVirtual(main());
    expect(printed()).toEqual([["error", "an error was emitted after the wait was cancelled", new RangeError("late")]]);
  });

  it("is cancelled even if an event has come, when the task has not seen it yet", () => {
    const { source } = listenedEmitter();
    function* main(): Coroutine<unknown> {
      const task = createTask(once(source, "event"));
      yield* sleep(1);
      source.emit("event", 1);
      task.cancel();
      try {
        return yield* task;
      } catch (error) {
        return error;
      }
    }
    expect(runVirtual(main())).toBeInstanceOf(CancelledError);
  });

  it("removes its first listener when the second cannot be added", () => {
    const { source, listenerCount } = listenedEmitter();
    const add = source.on.bind(source);
    source.on = (name, listener) => {
      if (name === "error") throw new RangeError("no more");
      return add(name, listener);
    };
    expect(() => runVirtual(once(source, "event"))).toThrow(new RangeError("no more"));
    expect(listenerCount()).toBe(0);
  });

  it("takes symbols as names", () => {
    const { source } = listenedEmitter();
    const name = Symbol("event");
    function* main(): Coroutine<unknown> {
      later(1, () => source.emit(name, 1, 2));
      return yield* once(source, name);
    }
    expect(runVirtual(main())).toEqual([1, 2]);
  });
});

describe("once", () => {
  it.each([undefined, null, 5, "text", {}, { on: () => {} }, Promise.resolve()])("refuses %o at the call", (source) => {
    expect(() => once(source as never, "event")).toThrow(
      /^an EventEmitter or an EventTarget was expected, got '\w+' object$/,
    );
  });

  it("treats an object that is both emitter and target as an emitter, like Node", async () => {
    const { port1, port2 } = new MessageChannel();
    function* main(): Coroutine<unknown> {
      port1.postMessage("text");
      return yield* once(port2, "message");
    }
    expect(await run(main())).toEqual(["text"]);
    port1.close();
  });

  it("has the event types of a target's properties, and any that are given", () => {
    const emitter = new EventEmitter();
    const { signal } = new AbortController();
    function* main(): Coroutine {
      expectTypeOf(yield* once(emitter, "event")).toEqualTypeOf<unknown[]>();
      expectTypeOf(yield* once<[chunk: Uint8Array]>(emitter, "event")).toEqualTypeOf<[chunk: Uint8Array]>();
      expectTypeOf(yield* once(signal, "abort")).toEqualTypeOf<[event: Event]>();
      expectTypeOf(yield* once(messages, "message")).toEqualTypeOf<[event: MessageEvent]>();
      expectTypeOf(yield* once(messages, "other")).toEqualTypeOf<[event: Event]>();
      expectTypeOf(yield* once<[event: CustomEvent<number>]>(signal, "x")).toEqualTypeOf<
        [event: CustomEvent<number>]
      >();
    }
    expectTypeOf(main).toEqualTypeOf<() => Coroutine>();
  });
});

declare const messages: EventTarget & { onmessage: ((event: MessageEvent) => void) | null };
