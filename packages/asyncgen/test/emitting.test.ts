// The view of the emitting code on its listeners, and of the listeners on unusual emitters.

import { EventEmitter } from "node:events";
import { anext, asyncFor, BREAK, events, once } from "@yieldstar/asyncgen";
import {
  asyncWith,
  CancelledError,
  type Coroutine,
  createTask,
  getRunningLoop,
  sleep,
  StopAsyncIteration,
  TimeoutError,
} from "@yieldstar/loop";
import { TaskGroup } from "@yieldstar/taskgroup";
import { runVirtual, VirtualTimeLoop } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import { printed } from "../../../.ci/vitest/quiet.ts";
import { kinds, listenedEmitter } from "./event-sources.ts";

/** The next event, by each of the two ways to wait for it. */
const waits: readonly [name: string, wait: (source: EventEmitter | EventTarget) => Coroutine<unknown[]>][] = [
  ["once", (source) => once(source, "event")],
  [
    "events",
    function* (source) {
      let taken: unknown[] = [];
      yield* asyncFor(events(source, "event"), function* (args) {
        taken = args;
        return BREAK;
      });
      return taken;
    },
  ],
];

describe("an event that comes after the end, while the emitter still calls its listeners,", () => {
  it.each(["end", "error"])("is ignored by events when %s ended it", (name) => {
    const { source, emit } = listenedEmitter();
    function* main(): Coroutine<unknown> {
      source.once("event", () => source.emit(name, new RangeError("of the emitter")));
      const iterator = events(source, "event", { close: ["end"] });
      emit("event", 1);
      try {
        return yield* anext(iterator, "none");
      } catch (error) {
        return error;
      }
    }
    expect(runVirtual(main())).toEqual(name === "end" ? "none" : new RangeError("of the emitter"));
  });

  it("is ignored by events when it is an error", () => {
    const { source, emit } = listenedEmitter();
    function* main(): Coroutine<unknown> {
      source.once("error", () => source.emit("end"));
      const iterator = events(source, "event", { close: ["end"] });
      emit("error", new RangeError("handled"));
      return yield* anext(iterator, "none");
    }
    expect(runVirtual(main())).toBe("none");
  });

  it("is ignored by once", () => {
    const { source } = listenedEmitter();
    function* main(): Coroutine<unknown> {
      source.once("error", () => source.emit("event", 1));
      getRunningLoop().callLater(1, () => source.emit("error", new RangeError("handled")));
      return yield* once(source, "event");
    }
    expect(runVirtual(main())).toEqual([1]);
  });
});

describe.each(waits)("an emitted error of the web or of another task, in %s,", (_, wait) => {
  function* failureOf(emitted: unknown): Coroutine<unknown> {
    const { source } = listenedEmitter();
    getRunningLoop().callLater(1, () => source.emit("error", emitted));
    try {
      return yield* wait(source);
    } catch (error) {
      return error;
    }
  }

  it("is an AbortError for a CancelledError", () => {
    const emitted = new CancelledError("theirs");
    const error = runVirtual(failureOf(emitted));
    expect(error).toBeInstanceOf(DOMException);
    expect(error).toMatchObject({ name: "AbortError", cause: emitted });
  });

  it("is our TimeoutError for the web's", () => {
    const emitted = new DOMException("too slow", "TimeoutError");
    const error = runVirtual(failureOf(emitted));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ message: "too slow", cause: emitted });
  });

  it("fails a TaskGroup, which a CancelledError would not", () => {
    const { source } = listenedEmitter();
    function* main(): Coroutine {
      getRunningLoop().callLater(1, () => source.emit("error", new CancelledError()));
      yield* asyncWith(new TaskGroup(), function* (group) {
        group.createTask(wait(source));
      });
    }
    expect(() => runVirtual(main())).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ name: "AbortError" })] }),
    );
  });
});

describe.each(waits)("a task that waits in %s when its loop is closed", (_, wait) => {
  function waitAndClose(source: EventEmitter | EventTarget): void {
    const loop = new VirtualTimeLoop();
    loop.createTask(wait(source));
    loop.runUntilComplete(sleep(1));
    loop.close();
    expect(printed()).toEqual([["error", expect.stringContaining("Task was destroyed but it is pending!")]]);
  }

  it.each(kinds)("ignores an event of %s, and removes its listener", (__, make) => {
    const { source, emit, listenerCount } = make();
    waitAndClose(source);
    expect(listenerCount()).toBeGreaterThan(0);
    emit("event", 1);
    expect(listenerCount()).toBe(0);
  });

  it("ignores an error, and removes its listener", () => {
    const { source, emit, listenerCount } = listenedEmitter();
    waitAndClose(source);
    emit("error", new RangeError("too late"));
    expect(listenerCount()).toBe(0);
  });
});

describe("an iterator whose loop was closed", () => {
  it("ends after its queued events, and ignores later ones", () => {
    const { source, emit } = listenedEmitter();
    const loop = new VirtualTimeLoop();
    function* main(): Coroutine<ReturnType<typeof events>> {
      const iterator = events(source, "event");
      emit("event", 1);
      return iterator;
    }
    const iterator = loop.runUntilComplete(main());
    loop.close();
    emit("event", 2);
    expect(runVirtual(anext(iterator))).toEqual([1]);
    expect(() => runVirtual(anext(iterator))).toThrow(StopAsyncIteration);
  });
});

describe.each(waits)("an emitter that fails to remove a listener, in %s,", (name, wait) => {
  class Clinging extends EventEmitter {
    override off(): this {
      throw new RangeError("not off");
    }
  }

  /** The report about each listener: for the event, for errors, and for `once` also "close". */
  const report = [
    "error",
    expect.stringContaining("an error occurred while a listener was removed"),
    expect.anything(),
  ];
  const reports = name === "once" ? [report, report, report] : [report, report];

  it("delivers its event, and the failure is reported", () => {
    const source = new Clinging();
    function* main(): Coroutine<unknown> {
      getRunningLoop().callLater(1, () => {
        source.emit("event", 1);
        source.emit("event", 2);
      });
      return yield* wait(source);
    }
    expect(runVirtual(main())).toEqual([1]);
    expect(printed()).toEqual(reports);
  });

  it("delivers its error, and the failure is reported", () => {
    const source = new Clinging();
    function* main(): Coroutine<unknown> {
      getRunningLoop().callLater(1, () => source.emit("error", new RangeError("broken")));
      return yield* wait(source);
    }
    expect(() => runVirtual(main())).toThrow(new RangeError("broken"));
    expect(printed()).toEqual(reports);
  });

  it("lets the task be cancelled, and the failure is reported", () => {
    const source = new Clinging();
    function* main(): Coroutine {
      const task = createTask(wait(source));
      yield* sleep(1);
      task.cancel();
      yield* sleep(1);
      expect(task.cancelled()).toBe(true);
      source.emit("event", 1);
      source.emit("error", new RangeError("after the end"));
    }
    runVirtual(main());
    expect(printed()).toEqual(reports);
  });
});
