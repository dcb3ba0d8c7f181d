import { EventEmitter } from "node:events";
import { inspect } from "node:util";
import { aclosing, aiter, anext, asyncFor, BREAK, events } from "@yieldstar/asyncgen";
import {
  asyncWith,
  type ClosableAsyncgen,
  type Coroutine,
  createTask,
  getRunningLoop,
  RuntimeError,
  run,
  sleep,
  StopAsyncIteration,
  SystemExit,
  ValueError,
} from "@yieldstar/loop";
import { runVirtual, VirtualTimeLoop } from "@yieldstar/testing";
import { describe, expect, expectTypeOf, it } from "vitest";
import { kinds, listenedEmitter } from "./event-sources.ts";

describe.each(kinds)("the events of %s", (_, make) => {
  it("come in order, from the call on, until an event that closes", () => {
    const { source, emit, detailOf, listenerCount } = make();
    const taken: unknown[] = [];
    function* main(): Coroutine<boolean> {
      const iterator = events(source, "event", { close: ["end"] });
      emit("event", 1);
      emit("other", 0);
      getRunningLoop().callLater(1, () => {
        emit("event", 2);
        emit("event", 3);
        emit("end");
        expect(listenerCount()).toBe(0);
        emit("event", 4);
      });
      return yield* asyncFor(iterator, function* (args) {
        taken.push(detailOf(args));
        yield* sleep(1);
      });
    }
    expect(runVirtual(main())).toBe(true);
    expect(taken).toEqual([1, 2, 3]);
  });

  it.each([
    ["breaks", BREAK],
    ["fails", new RangeError("of the body")],
  ])("have no listener any more when the loop's body %s", (__, outcome) => {
    const { source, emit, listenerCount } = make();
    function* main(): Coroutine<unknown> {
      const iterator = events(source, "event");
      emit("event", 1);
      emit("event", 2);
      try {
        return yield* asyncFor(iterator, function* () {
          if (outcome instanceof Error) throw outcome;
          return outcome;
        });
      } catch (error) {
        return error;
      } finally {
        expect(listenerCount()).toBe(0);
        expect(yield* anext(iterator, "none")).toBe("none");
      }
    }
    expect(runVirtual(main())).toBe(outcome instanceof Error ? outcome : false);
  });

  it.each([
    ["waits for one", 0],
    ["runs its body", 1],
  ])("have no listener any more when a loop is cancelled while it %s", (__, count) => {
    const { source, emit, listenerCount } = make();
    function* loop(): Coroutine {
      yield* asyncFor(events(source, "event"), function* () {
        yield* sleep(10);
      });
    }
    function* main(): Coroutine {
      const task = createTask(loop());
      yield* sleep(1);
      if (count === 1) emit("event", 1);
      yield* sleep(1);
      expect(listenerCount()).toBeGreaterThan(0);
      task.cancel();
      yield* sleep(1);
      expect(task.cancelled()).toBe(true);
      expect(listenerCount()).toBe(0);
    }
    runVirtual(main());
  });

  it("have no listener any more after aclose(), aclosing, or the end of the program", () => {
    const { source, emit, listenerCount } = make();
    function* main(): Coroutine {
      const iterator = events(source, "event");
      emit("event", 1);
      yield* iterator.aclose();
      yield* iterator.aclose();
      expect(listenerCount()).toBe(0);
      expect(yield* anext(iterator, "none")).toBe("none");
      yield* asyncWith(aclosing(events(source, "event")), function* () {});
      expect(listenerCount()).toBe(0);
      events(source, "event");
      expect(listenerCount()).toBeGreaterThan(0);
    }
    runVirtual(main());
    expect(listenerCount()).toBe(0);
  });

  it("are not lost when a waiting task is cancelled", () => {
    const { source, emit, detailOf } = make();
    function* main(): Coroutine<unknown> {
      const iterator = events(source, "event");
      const waiting = createTask(anext(iterator));
      yield* sleep(1);
      emit("event", 1);
      waiting.cancel();
      yield* sleep(1);
      expect(waiting.cancelled()).toBe(true);
      return detailOf(yield* anext(iterator));
    }
    expect(runVirtual(main())).toBe(1);
  });

  it("go to one task each, in the order of their waits", () => {
    const { source, emit, detailOf } = make();
    function* main(): Coroutine<unknown[]> {
      const iterator = events(source, "event");
      const tasks = [createTask(anext(iterator)), createTask(anext(iterator)), createTask(anext(iterator, []))];
      yield* sleep(1);
      emit("event", 1);
      emit("event", 2);
      yield* sleep(1);
      yield* iterator.aclose();
      const results: unknown[] = [];
      for (const task of tasks) results.push(yield* task);
      expect(results.pop()).toEqual([]);
      return results.map((args) => detailOf(args as unknown[]));
    }
    expect(runVirtual(main())).toEqual([1, 2]);
  });

  it("wake an idle loop", async () => {
    const { source, emit, detailOf } = make();
    const taken: unknown[] = [];
    function* main(): Coroutine {
      setTimeout(() => emit("event", 1), 2);
      yield* asyncFor(events(source, "event"), function* (args) {
        if (taken.length === 0) setTimeout(() => emit("event", 2), 2);
        taken.push(detailOf(args));
        return taken.length === 2 ? BREAK : undefined;
      });
    }
    await run(main());
    expect(taken).toEqual([1, 2]);
  });
});

describe("events", () => {
  it("refuses at the call a source without events, and unknown options", () => {
    const emitter = new EventEmitter();
    function* main(): Coroutine {
      expect(() => events({} as never, "event")).toThrow(TypeError);
      expect(() => events(emitter, "event", { maxsize: NaN })).toThrow(TypeError);
      expect(() => events(emitter, "event", { maxsize: "5" as never })).toThrow(TypeError);
      expect(() => events(emitter, "event", { overflow: "block" as never })).toThrow(
        new ValueError("overflow must be one of 'error', 'dropOldest', 'dropNewest', got 'block'"),
      );
    }
    runVirtual(main());
    expect(() => events(emitter, "event")).toThrow(
      new RuntimeError("no running event loop (hint: call it inside a coroutine)"),
    );
    expect(emitter.eventNames()).toEqual([]);
  });

  it("keeps no listener when one cannot be added", () => {
    const { source, listenerCount } = listenedEmitter();
    const add = source.on.bind(source);
    source.on = (name, listener) => {
      if (name === "error") throw new RangeError("no more");
      return add(name, listener);
    };
    function* main(): Coroutine {
      events(source, "event");
    }
    expect(() => runVirtual(main())).toThrow(new RangeError("no more"));
    expect(listenerCount()).toBe(0);
  });

  it("are known to the loop while they have a listener", () => {
    const known = new Set<ClosableAsyncgen>();
    class KnowingLoop extends VirtualTimeLoop {
      override asyncgenFirstiterHook(asyncgen: ClosableAsyncgen): void {
        known.add(asyncgen);
      }
      override asyncgenFinalizerHook(asyncgen: ClosableAsyncgen): void {
        known.delete(asyncgen);
      }
    }
    const loop = new KnowingLoop();
    function* main(): Coroutine {
      const iterator = events(new EventTarget(), "event");
      expect([...known]).toEqual([iterator]);
      yield* iterator.aclose();
      expect([...known]).toEqual([]);
    }
    loop.runUntilComplete(main());
    loop.close();
  });

  it("are their own iterator, which prints its source and names", () => {
    function* main(): Coroutine<string[]> {
      const iterator = events(new EventTarget(), "event");
      expect(aiter(iterator)).toBe(iterator);
      const texts = [inspect(iterator)];
      yield* iterator.aclose();
      return [...texts, String(iterator)];
    }
    expect(runVirtual(main())).toEqual(["<events 'event' listening>", "<events 'event' closed>"]);
  });

  it("end like every async iterator", () => {
    function* main(): Coroutine {
      const iterator = events(new EventTarget(), "event");
      yield* iterator.aclose();
      yield* iterator.anext();
    }
    expect(() => runVirtual(main())).toThrow(StopAsyncIteration);
  });

  it("have the same types as once", () => {
    const { signal } = new AbortController();
    function* main(): Coroutine {
      yield* asyncFor(events(signal, "abort"), function* ([event]) {
        expectTypeOf(event).toEqualTypeOf<Event>();
      });
      yield* asyncFor(events<[code: number]>(new EventEmitter(), "exit"), function* ([code]) {
        expectTypeOf(code).toEqualTypeOf<number>();
      });
      // @ts-expect-error No such policy.
      events(signal, "abort", { overflow: "block" });
    }
    expectTypeOf(main).toEqualTypeOf<() => Coroutine>();
  });
});

it("a SystemExit of the handler for an error of dispose ends the run, and does not reach the emitter", async () => {
  const emitter = new EventEmitter();
  const dispose = (): never => {
    throw new RangeError("dispose");
  };
  let thrown: unknown;
  function* main(): Coroutine {
    getRunningLoop().setExceptionHandler(() => {
      throw new SystemExit(3);
    });
    events(emitter, "event", { maxsize: 1, overflow: "dropNewest", dispose });
    setTimeout(() => {
      try {
        for (let count = 0; count < 2; count += 1) emitter.emit("event", count);
      } catch (error) {
        thrown = error;
      }
    }, 1);
    yield* sleep(1);
  }
  await expect(run(main())).rejects.toMatchObject({ name: "SystemExit", code: 3 });
  expect(thrown).toBeUndefined();
});
