import { anext, asyncFor, BREAK, events, type EventsOptions } from "@yieldstar/asyncgen";
import { type Coroutine, createTask, getRunningLoop, sleep } from "@yieldstar/loop";
import { QueueFull } from "@yieldstar/sync";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import { printed } from "../../../.ci/vitest/quiet.ts";
import { listenedEmitter } from "./event-sources.ts";

describe("events beyond maxsize", () => {
  /** The events taken of five that come at once, and how the iteration ends. */
  function* takeOfFive(options: EventsOptions): Coroutine<unknown[]> {
    const { source, emit, listenerCount } = listenedEmitter();
    const iterator = events(source, "event", options);
    for (let number = 1; number <= 5; number++) emit("event", number);
    const isListening = listenerCount() > 0;
    emit("end");
    const taken: unknown[] = [];
    try {
      yield* asyncFor(iterator, function* ([number]) {
        taken.push(number);
      });
    } catch (error) {
      taken.push(error);
    }
    expect(yield* anext(iterator, "none")).toBe("none");
    return [...taken, isListening];
  }

  const full = new QueueFull("there was no room for an event 'event': 3 were waiting");
  it.each<[EventsOptions["overflow"], unknown[]]>([
    [undefined, [1, 2, 3, full, false]],
    ["error", [1, 2, 3, full, false]],
    ["dropOldest", [3, 4, 5, true]],
    ["dropNewest", [1, 2, 3, true]],
  ])("follow the policy %s", (overflow, taken) => {
    expect(runVirtual(takeOfFive({ maxsize: 3, overflow, close: ["end"] }))).toEqual(taken);
  });

  it("are reported once, and not when the iterator is closed", () => {
    const { source, emit } = listenedEmitter();
    function* main(): Coroutine {
      const iterators = [1, 2].map(() => events(source, "event", { maxsize: 1 }));
      emit("event", 1);
      emit("event", 2);
      const [told, closed] = iterators as [(typeof iterators)[0], (typeof iterators)[0]];
      expect(yield* anext(told)).toEqual([1]);
      const failure = createTask(anext(told, "none"));
      yield* sleep(1);
      expect(failure.exception()).toBeInstanceOf(QueueFull);
      expect(yield* anext(told, "none")).toBe("none");
      yield* closed.aclose();
      expect(yield* anext(closed, "none")).toBe("none");
    }
    runVirtual(main());
  });

  it("no event is beyond a maxsize of zero", () => {
    expect(runVirtual(takeOfFive({ maxsize: 0, close: ["end"] }))).toEqual([1, 2, 3, 4, 5, true]);
  });

  it("the 1025th event is the first beyond the default maxsize", () => {
    const { source, emit, listenerCount } = listenedEmitter();
    function* main(): Coroutine {
      events(source, "event");
      for (let number = 1; number <= 1024; number++) emit("event", number);
      expect(listenerCount()).toBe(2);
      emit("event", 1025);
      expect(listenerCount()).toBe(0);
    }
    runVirtual(main());
  });
});

describe("an emitter's error", () => {
  it("is thrown once, after the events before it", () => {
    const { source, emit, listenerCount } = listenedEmitter();
    function* main(): Coroutine<unknown[]> {
      const iterator = events(source, "event");
      emit("event", 1);
      emit("error", new RangeError("broken"));
      expect(listenerCount()).toBe(0);
      const taken: unknown[] = [yield* anext(iterator)];
      for (const fallback of ["first", "second"]) {
        try {
          taken.push(yield* anext(iterator, fallback));
        } catch (error) {
          taken.push(error);
        }
      }
      return taken;
    }
    expect(runVirtual(main())).toEqual([[1], new RangeError("broken"), "second"]);
  });

  it("wakes the waiting tasks, and fails them", () => {
    const { source } = listenedEmitter();
    function* main(): Coroutine {
      getRunningLoop().callLater(1, () => source.emit("error", new RangeError("broken")));
      yield* asyncFor(events(source, "event"), function* () {});
    }
    expect(() => runVirtual(main())).toThrow(new RangeError("broken"));
  });

  it("is reported when no task takes it", () => {
    const { source, emit } = listenedEmitter();
    function* main(): Coroutine {
      const iterator = events(source, "event");
      emit("event", 1);
      emit("error", new RangeError("unseen"));
      yield* asyncFor(iterator, function* () {
        return BREAK;
      });
    }
    runVirtual(main());
    expect(printed()).toEqual([
      ["error", expect.stringContaining("Future exception was never retrieved"), new RangeError("unseen")],
    ]);
  });

  it("is an event like any other when its name is iterated, or closes", () => {
    const { source, emit, listenerCount } = listenedEmitter();
    function* main(): Coroutine<unknown> {
      const iterator = events(source, "error", { close: ["end"] });
      emit("error", 5);
      emit("end");
      const closed = events(source, "event", { close: ["error"] });
      emit("error", new RangeError("closes"));
      expect(yield* anext(closed, "none")).toBe("none");
      return yield* anext(iterator);
    }
    expect(runVirtual(main())).toEqual([5]);
    expect(listenerCount()).toBe(0);
  });
});
