import { getEventListeners } from "node:events";
import {
  abortOnCancel,
  asyncWith,
  CancelledError,
  cancelOnAbort,
  type Coroutine,
  createTask,
  currentTask,
  fromPromise,
  getRunningLoop,
  RuntimeError,
  sleep,
  type Task,
  TimeoutError,
} from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, expectTypeOf, it } from "vitest";
import { caught } from "./usable.ts";

/** Aborts after `delay` seconds. */
function abortAfter(delay: number, reason?: unknown): AbortSignal {
  const controller = new AbortController();
  getRunningLoop().callLater(delay, () => controller.abort(reason));
  return controller.signal;
}

function cancelling(): number {
  return (currentTask() as Task<unknown>).cancelling();
}

describe("cancelOnAbort", () => {
  it("ends the block where it waits, with the signal's reason, after its cleanup", () => {
    const main = function* (): Coroutine<unknown> {
      const steps: string[] = [];
      const signal = abortAfter(1);
      const block = asyncWith(cancelOnAbort(signal), function* () {
        try {
          yield* sleep(10);
        } catch (error) {
          steps.push((error as Error).name);
          yield* sleep(1);
          throw error;
        }
      });
      expect(yield* caught(block)).toBe(signal.reason);
      return [steps, getRunningLoop().time(), cancelling(), getEventListeners(signal, "abort")];
    };
    expect(runVirtual(main())).toEqual([["CancelledError"], 2, 0, []]);
  });

  it("returns the block's result when the signal is not aborted, and leaves no listener", () => {
    const main = function* (): Coroutine<unknown> {
      const signal = abortAfter(2);
      const manager = cancelOnAbort(signal);
      const result = yield* asyncWith(manager, function* (value) {
        expect(value).toBe(manager);
        expect(getEventListeners(signal, "abort")).toHaveLength(1);
        return yield* sleep(1, "result");
      });
      expectTypeOf(result).toEqualTypeOf<string>();
      expect(getEventListeners(signal, "abort")).toEqual([]);
      yield* sleep(5);
      expect(manager.aborted()).toBe(false);
      return result;
    };
    expect(runVirtual(main())).toBe("result");
  });

  it("with an aborted signal ends the block where it first waits", () => {
    const main = function* (): Coroutine<unknown> {
      const steps: string[] = [];
      const signal = AbortSignal.abort();
      const block = asyncWith(cancelOnAbort(signal), function* () {
        steps.push("begun");
        yield* sleep(0);
        yield* sleep(1);
      });
      expect(yield* caught(block)).toBe(signal.reason);
      const empty = yield* asyncWith(cancelOnAbort(signal), function* () {
        return "it never waited";
      });
      yield* sleep(1);
      return [steps, empty, getRunningLoop().time()];
    };
    expect(runVirtual(main())).toEqual([["begun"], "it never waited", 1]);
  });

  it("wraps a reason that is not an error as the cause of one, and throws the web's TimeoutError as ours", () => {
    const main = function* (): Coroutine<unknown> {
      const timeout = new DOMException("late", "TimeoutError");
      const texts: unknown[] = [];
      for (const reason of ["closed", timeout]) {
        const error = yield* caught(
          asyncWith(cancelOnAbort(abortAfter(1, reason)), function* () {
            yield* sleep(10);
          }),
        );
        texts.push((error as Error).constructor, (error as Error).cause);
      }
      expect(texts).toEqual([TypeError, "closed", TimeoutError, timeout]);
      return "done";
    };
    expect(runVirtual(main())).toBe("done");
  });

  it("lets the task's own cancellation pass, even at the same time", () => {
    const main = function* (): Coroutine<unknown> {
      const controller = new AbortController();
      const worker = function* (): Coroutine {
        yield* asyncWith(cancelOnAbort(controller.signal), function* () {
          yield* sleep(10);
        });
      };
      const tasks = [createTask(worker()), createTask(worker()), createTask(worker())];
      yield* sleep(1);
      tasks[0]?.cancel("first");
      controller.abort();
      tasks[1]?.cancel("second");
      const errors: unknown[] = [];
      for (const task of tasks) errors.push(yield* caught(task));
      expect(errors.map((error) => error instanceof CancelledError)).toEqual([true, true, false]);
      return [tasks.map((task) => task.cancelling()), getEventListeners(controller.signal, "abort")];
    };
    expect(runVirtual(main())).toEqual([[1, 1, 0], []]);
  });

  it("nests: each block is ended by its own signal", () => {
    const main = function* (): Coroutine<unknown> {
      const [outer, inner] = [abortAfter(2, new Error("outer")), abortAfter(1, new Error("inner"))];
      const texts: string[] = [];
      const block = asyncWith(cancelOnAbort(outer), function* () {
        const nested = asyncWith(cancelOnAbort(inner), function* () {
          yield* sleep(10);
        });
        texts.push(String(yield* caught(nested)));
        yield* sleep(10);
      });
      texts.push(String(yield* caught(block)));
      return [texts, cancelling()];
    };
    expect(runVirtual(main())).toEqual([["Error: inner", "Error: outer"], 0]);
  });

  it("nests: two blocks with one signal both end with its reason", () => {
    const main = function* (): Coroutine<unknown> {
      const signal = abortAfter(1);
      const block = asyncWith([cancelOnAbort(signal), cancelOnAbort(signal)], function* () {
        yield* sleep(10);
      });
      expect(yield* caught(block)).toBe(signal.reason);
      return [cancelling(), getRunningLoop().time()];
    };
    expect(runVirtual(main())).toEqual([0, 1]);
  });

  it("withdraws its request when the block swallows the cancellation, or has ended before", () => {
    const main = function* (): Coroutine<unknown> {
      const swallowed = yield* asyncWith(cancelOnAbort(abortAfter(1)), function* (manager) {
        yield* caught(sleep(10));
        return [manager.aborted(), cancelling()];
      });
      const controller = new AbortController();
      yield* asyncWith(cancelOnAbort(controller.signal), function* () {
        controller.abort();
      });
      yield* sleep(1);
      return [swallowed, cancelling()];
    };
    expect(runVirtual(main())).toEqual([[true, 1], 0]);
  });

  it("passes on an error that the cancellation led to", () => {
    const error = new Error("cannot clean up");
    const main = function* (): Coroutine<unknown> {
      const block = asyncWith(cancelOnAbort(abortAfter(1)), function* () {
        try {
          yield* sleep(10);
        } finally {
          // oxlint-disable-next-line no-unsafe-finally
          throw error;
        }
      });
      return [yield* caught(block), cancelling()];
    };
    expect(runVirtual(main())).toEqual([error, 0]);
  });

  it("can be entered once, and only in a task", () => {
    const main = function* (): Coroutine<unknown> {
      const manager = cancelOnAbort(new AbortController().signal);
      const block = (): Coroutine => asyncWith(manager, function* () {});
      yield* block();
      return yield* caught(block());
    };
    expect(runVirtual(main())).toEqual(new RuntimeError("CancelOnAbort has already been entered"));
    // @ts-expect-error A controller is not a signal.
    expect(() => cancelOnAbort(new AbortController())).toThrow("an AbortSignal was expected, got ");
    expect(() => cancelOnAbort(undefined as never)).toThrow(
      new TypeError("an AbortSignal was expected, got undefined"),
    );
  });

  it("prints its state", () => {
    const manager = cancelOnAbort(new AbortController().signal);
    expect(String(manager)).toBe("<CancelOnAbort [created]>");
  });

  it("of a destroyed task does nothing when the signal is aborted", () => {
    const controller = new AbortController();
    const main = function* (): Coroutine {
      yield* asyncWith(cancelOnAbort(controller.signal), function* () {
        yield* fromPromise(new Promise(() => {}));
      });
    };
    expect(() => runVirtual(main())).toThrow("nothing is ready and no timer is set");
    controller.abort();
  });
});

describe("abortOnCancel", () => {
  it("aborts its signal with an AbortError, whose cause is the CancelledError, when the block is cancelled", () => {
    const main = function* (): Coroutine<unknown> {
      let given: AbortSignal | undefined;
      const worker = function* (): Coroutine {
        yield* asyncWith(abortOnCancel(), function* (signal) {
          expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
          given = signal;
          yield* sleep(10);
        });
      };
      const task = createTask(worker());
      yield* sleep(1);
      expect(given?.aborted).toBe(false);
      task.cancel("enough");
      const error = yield* caught(task);
      expect(given?.reason).toBeInstanceOf(DOMException);
      expect(given?.reason).toMatchObject({ name: "AbortError", message: "enough", cause: error });
      expect(given?.reason).toHaveProperty("cause", error);
      return error;
    };
    expect(runVirtual(main())).toEqual(new CancelledError("enough"));
  });

  it("aborts its signal when an error leaves the block, and not when it ends", () => {
    const error = new Error("boom");
    const main = function* (): Coroutine<unknown> {
      const ended = yield* asyncWith(abortOnCancel(), function* (signal) {
        return signal;
      });
      let failed: AbortSignal | undefined;
      yield* caught(
        asyncWith(abortOnCancel(), function* (signal) {
          failed = signal;
          throw error;
        }),
      );
      return [ended.aborted, failed?.reason as unknown];
    };
    expect(runVirtual(main())).toEqual([false, error]);
  });

  it("aborts its signal with the web's TimeoutError, whose cause is ours, when ours leaves the block", () => {
    const error = new TimeoutError("late");
    const main = function* (): Coroutine<unknown> {
      let failed: AbortSignal | undefined;
      const block = asyncWith(abortOnCancel(), function* (signal) {
        failed = signal;
        throw error;
      });
      expect(yield* caught(block)).toBe(error);
      expect(failed?.reason).toBeInstanceOf(DOMException);
      return failed?.reason as unknown;
    };
    expect(runVirtual(main())).toMatchObject({ name: "TimeoutError", message: "late", cause: error });
  });

  it("does not abort its signal for a cancellation that is handled inside the block", () => {
    const main = function* (): Coroutine<unknown> {
      return yield* asyncWith(abortOnCancel(), function* (signal) {
        const inner = asyncWith(cancelOnAbort(abortAfter(1)), function* () {
          yield* sleep(10);
        });
        yield* caught(inner);
        return signal.aborted;
      });
    };
    expect(runVirtual(main())).toBe(false);
  });

  it("can be entered once", () => {
    const main = function* (): Coroutine<unknown> {
      const manager = abortOnCancel();
      const block = (): Coroutine => asyncWith(manager, function* () {});
      yield* block();
      return yield* caught(block());
    };
    expect(runVirtual(main())).toEqual(new RuntimeError("abortOnCancel() has already been entered"));
  });
});
