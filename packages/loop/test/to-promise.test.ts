import { getEventListeners } from "node:events";
import {
  allTasks,
  type Awaitable,
  CancelledError,
  type Coroutine,
  createTask,
  EventLoop,
  Future,
  fromPromise,
  getRunningLoop,
  run,
  RuntimeError,
  sleep,
  SystemExit,
  Task,
  TimeoutError,
  toPromise,
  ValueError,
  VirtualHost,
} from "@yieldstar/loop";
import { VirtualTimeLoop } from "@yieldstar/testing";
import { describe, expect, expectTypeOf, it } from "vitest";

const never = new Promise<never>(() => {});

/** The reason of a rejected promise. */
function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable("it was fulfilled"),
    (reason: unknown) => reason,
  );
}

/** A loop on a virtual clock, where seconds take no time. */
function virtualLoop(): EventLoop {
  return new EventLoop({ host: new VirtualHost() });
}

function* failing(error: Error): Coroutine<never> {
  yield* sleep(0);
  throw error;
}

describe("toPromise", () => {
  it("returns a promise of the result, and has its type", async () => {
    const promise = toPromise(sleep(0, "result"));
    expectTypeOf(promise).toEqualTypeOf<Promise<string>>();
    expect(promise).toBeInstanceOf(Promise);
    expect(await promise).toBe("result");
  });

  it("rejects with the coroutine's error", async () => {
    const error = new Error("boom");
    expect(await rejection(toPromise(failing(error)))).toBe(error);
  });

  it("runs all calls on one background loop at once, which is not the current loop", async () => {
    const main = function* (): Coroutine<unknown> {
      yield* sleep(0);
      return getRunningLoop();
    };
    const [one, two] = await Promise.all([toPromise(main()), toPromise(main())]);
    expect(one).toBeInstanceOf(EventLoop);
    expect(one).toBe(two);
    expect(await toPromise(main())).toBe(one);
    expect(getRunningLoop).toThrow("no running event loop");
  });

  it("lets the tasks run on that the coroutine has left behind", async () => {
    let ended!: (text: string) => void;
    const end = new Promise<string>((resolve) => (ended = resolve));
    const left = function* (): Coroutine {
      yield* sleep(0.001);
      yield* sleep(0);
      ended("ended");
    };
    const main = function* (): Coroutine {
      createTask(left());
    };
    await toPromise(main());
    expect(await end).toBe("ended");
  });

  it("stops the background loop when it has nothing left to run", async () => {
    const main = function* (): Coroutine<EventLoop> {
      yield* sleep(0.001);
      return getRunningLoop() as EventLoop;
    };
    const loop = await toPromise(main());
    while (loop.isRunning()) await new Promise((resolve) => setImmediate(resolve));
    expect(allTasks(loop)).toEqual(new Set());
    expect(await toPromise(main())).toBe(loop);
  });

  it("can be called inside a coroutine of another loop", async () => {
    const main = function* (): Coroutine<string> {
      return yield* fromPromise(toPromise(sleep(0.001, "inner")));
    };
    expect(await run(main())).toBe("inner");
    expect(await toPromise(main())).toBe("inner");
  });

  it("refuses, at the call, values that cannot be awaited", () => {
    // @ts-expect-error A promise is not a coroutine.
    expect(() => toPromise(never)).toThrow("wrap it in fromPromise");
    // @ts-expect-error A generator function is not a coroutine.
    expect(() => toPromise(failing)).toThrow("call it: failing()");
    // @ts-expect-error A number cannot be awaited.
    expect(() => toPromise(5)).toThrow(TypeError);
    // @ts-expect-error A controller is not a signal.
    expect(() => toPromise(sleep(0), { signal: new AbortController() })).toThrow("an AbortSignal was expected, got ");
    const deaf = { aborted: false, addEventListener: () => {} } as unknown as AbortSignal;
    expect(() => toPromise(sleep(0), { signal: deaf })).toThrow("an AbortSignal was expected, got ");
    // @ts-expect-error An object is not a loop.
    expect(() => toPromise(sleep(0), { loop: {} })).toThrow(new TypeError("an event loop was expected, got {}"));
  });

  it("refuses, at the call, a coroutine that it has run already", async () => {
    const coroutine = failing(new Error("boom"));
    await rejection(toPromise(coroutine));
    expect(() => toPromise(coroutine)).toThrow(
      new RuntimeError(
        "cannot reuse already awaited coroutine (hint: call the generator function again for a new coroutine)",
      ),
    );
  });
});

describe("toPromise on a given loop", () => {
  it("runs an idle loop until the task is done, and no longer", async () => {
    const loop = virtualLoop();
    const other = loop.createTask(sleep(5));
    expect(await toPromise(sleep(1, "result"), { loop })).toBe("result");
    await Promise.resolve();
    expect(loop.isRunning()).toBe(false);
    expect(other.done()).toBe(false);
    expect(loop.time()).toBe(1);
    await toPromise(other);
    expect(loop.time()).toBe(5);
    loop.close();
  });

  it("runs it until the last of several tasks is done", async () => {
    const loop = virtualLoop();
    const promises = [toPromise(sleep(3, "a"), { loop }), toPromise(sleep(1, "b"), { loop })];
    expect(await Promise.race(promises)).toBe("b");
    // It comes when the loop was told to stop, or has stopped.
    expect(await promises[0]).toBe("a");
    expect(await toPromise(sleep(1, "c"), { loop })).toBe("c");
    expect(loop.time()).toBe(4);
  });

  it("adds the task to a running loop, and leaves the loop to its owner", async () => {
    const loop = virtualLoop();
    const running = loop.runUntilComplete(sleep(2));
    expect(await toPromise(sleep(1, "result"), { loop })).toBe("result");
    expect(loop.isRunning()).toBe(true);
    await running;
    expect(loop.time()).toBe(2);
    loop.close();
  });

  it("continues a loop that its owner has left before", async () => {
    const loop = virtualLoop();
    const running = loop.runUntilComplete(sleep(1));
    const promise = toPromise(sleep(5, "result"), { loop });
    await running;
    expect(loop.isRunning()).toBe(false);
    expect(await promise).toBe("result");
    expect(loop.time()).toBe(5);
    expect(await loop.runUntilComplete(sleep(1, "again"))).toBe("again");
  });

  it("lets the owner run it again first", async () => {
    const loop = virtualLoop();
    const first = loop.runUntilComplete(sleep(1));
    const promise = toPromise(sleep(5, "result"), { loop });
    await first;
    await loop.runUntilComplete(sleep(1));
    expect(loop.time()).toBe(2);
    expect(await promise).toBe("result");
  });

  it("is cancelled by run(), which closes its loop", async () => {
    let promise!: Promise<unknown>;
    const main = function* (): Coroutine {
      promise = rejection(toPromise(sleep(10), { loop: getRunningLoop() }));
      yield* sleep(0);
    };
    await run(main());
    expect(await promise).toMatchObject({ name: "AbortError" });
  });

  it("rejects when its owner closes it before", async () => {
    const loop = virtualLoop();
    loop.setExceptionHandler(() => {});
    const running = loop.runUntilComplete(sleep(1));
    const promise = rejection(toPromise(sleep(5), { loop }));
    await running;
    loop.close();
    expect(await promise).toEqual(new RuntimeError("Event loop is closed"));
  });

  it("adds the task to a VirtualTimeLoop, which a test drives", async () => {
    const loop = new VirtualTimeLoop();
    const promise = toPromise(sleep(1, "result"), { loop });
    loop.advance(1);
    expect(await promise).toBe("result");
  });

  it("throws at the call when it is closed", () => {
    const loop = virtualLoop();
    loop.close();
    expect(() => toPromise(sleep(0), { loop })).toThrow(new RuntimeError("Event loop is closed"));
  });

  it("throws at the call for a future of another loop", () => {
    const future = virtualLoop().createFuture();
    expect(() => toPromise(future, { loop: virtualLoop() })).toThrow(ValueError);
  });

  it("rejects when other code stops the loop first", async () => {
    const loop = virtualLoop();
    const main = function* (): Coroutine {
      getRunningLoop().stop();
      yield* sleep(1);
    };
    expect(await rejection(toPromise(main(), { loop }))).toEqual(
      new RuntimeError("Event loop stopped before Future completed."),
    );
  });

  it("gives the result if the task stopped the loop and ended", async () => {
    const main = function* (): Coroutine<string> {
      getRunningLoop().stop();
      return "result";
    };
    expect(await toPromise(main(), { loop: virtualLoop() })).toBe("result");
  });

  it("rejects with a SystemExit of its own coroutine, and lets the others go on", async () => {
    const error = new SystemExit(3);
    const loop = virtualLoop();
    for (const options of [{ loop }, {}]) {
      const promises = [toPromise(failing(error), options), toPromise(sleep(0.001, "result"), options)];
      expect(await rejection(promises[0] as Promise<unknown>)).toBe(error);
      expect(await promises[1]).toBe("result");
    }
  });

  it("rejects with a DeadlockError when nothing can wake the task", async () => {
    const loop = virtualLoop();
    const reason = await rejection(toPromise(loop.createFuture()));
    expect(String(reason)).toContain("DeadlockError: nothing is ready and no timer is set");
  });

  it("runs the cleanup of all stuck tasks before it rejects with the DeadlockError", async () => {
    const loop = virtualLoop();
    const steps: string[] = [];
    const stuck = function* (cleanup: () => Awaitable<unknown>): Coroutine {
      try {
        yield* loop.createFuture();
      } finally {
        yield* cleanup();
        steps.push("cleaned up");
      }
    };
    const promises = [stuck(() => sleep(1)), stuck(() => sleep(2))].map((each) => rejection(toPromise(each, { loop })));
    for (const promise of promises) {
      expect(String(await promise)).toContain("DeadlockError: nothing is ready and no timer is set");
    }
    expect(steps).toEqual(["cleaned up", "cleaned up"]);
    expect(loop.time()).toBe(2);
    expect(await toPromise(sleep(1, "result"), { loop })).toBe("result");
  });

  it("rejects with the DeadlockError if the cleanup is stuck too, or swallows the cancellation", async () => {
    const loop = virtualLoop();
    const stuck = function* (cleanup: () => Awaitable<unknown>): Coroutine {
      try {
        yield* loop.createFuture();
      } catch {
        yield* cleanup();
      }
    };
    for (const cleanup of [() => sleep(1), () => loop.createFuture(), () => stuck(() => sleep(0))]) {
      const reason = await rejection(toPromise(stuck(cleanup), { loop }));
      expect(String(reason)).toContain("DeadlockError: nothing is ready and no timer is set");
      expect(loop.isRunning()).toBe(false);
    }
  });
});

describe("the signal of toPromise", () => {
  it("cancels the task where it waits; the promise settles after its cleanup, with the signal's reason", async () => {
    const loop = virtualLoop();
    const steps: string[] = [];
    const main = function* (): Coroutine {
      try {
        yield* sleep(10);
      } catch (error) {
        steps.push((error as Error).name);
        yield* sleep(1);
        steps.push("cleaned up");
        throw error;
      }
    };
    const controller = new AbortController();
    const promise = toPromise(main(), { signal: controller.signal, loop });
    loop.callLater(2, () => controller.abort());
    expect(await rejection(promise)).toBe(controller.signal.reason);
    expect(steps).toEqual(["CancelledError", "cleaned up"]);
    expect(loop.time()).toBe(3);
  });

  it("may have any reason, which is also the message of the CancelledError", async () => {
    const controller = new AbortController();
    let args: unknown;
    const main = function* (): Coroutine {
      try {
        yield* sleep(10);
      } catch (error) {
        ({ args } = error as CancelledError);
        throw error;
      }
    };
    const promise = toPromise(main(), { signal: controller.signal });
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort("closed");
    expect(await rejection(promise)).toBe("closed");
    expect(args).toEqual(["closed"]);
  });

  it("prevents the coroutine from starting if it is aborted already", async () => {
    let hasStarted = false;
    const main = function* (): Coroutine {
      hasStarted = true;
    };
    const signal = AbortSignal.abort();
    expect(await rejection(toPromise(main(), { signal }))).toBe(signal.reason);
    expect(hasStarted).toBe(false);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("does not overrule the result of a task that swallows its cancellation, or the error of a failed task", async () => {
    const controller = new AbortController();
    const error = new Error("cannot clean up");
    const swallowing = function* (): Coroutine<string> {
      try {
        yield* sleep(10);
      } catch {
        return "swallowed";
      }
      return "";
    };
    const failingCleanup = function* (): Coroutine {
      try {
        yield* sleep(10);
      } catch {
        throw error;
      }
    };
    const promises = [swallowing(), failingCleanup()].map((coroutine) =>
      toPromise<unknown>(coroutine, { signal: controller.signal }),
    );
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    expect(await promises[0]).toBe("swallowed");
    expect(await rejection(promises[1] as Promise<unknown>)).toBe(error);
  });

  it("cancels a given task or future", async () => {
    const loop = virtualLoop();
    const controller = new AbortController();
    const task = loop.createTask(sleep(10));
    const future = loop.createFuture();
    const promises = [task, future].map((each) => toPromise<unknown>(each, { signal: controller.signal }));
    controller.abort();
    expect(await Promise.all(promises.map(rejection))).toEqual(Array(2).fill(controller.signal.reason));
    expect([task.cancelled(), future.cancelled()]).toEqual([true, true]);
  });

  it("has no listener left when the promise has settled", async () => {
    const { signal } = new AbortController();
    const promises = [toPromise(sleep(0), { signal }), toPromise(failing(new Error("boom")), { signal })];
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    await Promise.allSettled(promises);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("has no listener left when the loop was closed with the task pending", async () => {
    const loop = new VirtualTimeLoop();
    loop.setExceptionHandler(() => {});
    const controller = new AbortController();
    const promise = toPromise(sleep(1), { loop, signal: controller.signal });
    loop.close();
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    expect(await rejection(promise)).toEqual(new RuntimeError("Event loop is closed"));
  });

  it("gives its reason for the rejection if the loop was closed before the task could clean up", async () => {
    const loop = new VirtualTimeLoop();
    loop.setExceptionHandler(() => {});
    const controller = new AbortController();
    const promise = toPromise(sleep(1), { loop, signal: controller.signal });
    controller.abort();
    loop.close();
    expect(await rejection(promise)).toBe(controller.signal.reason);
  });
});

describe("an error that goes out to promise code", () => {
  it("is the web's AbortError, whose cause is the CancelledError, for a cancellation of another origin", async () => {
    const main = function* (): Coroutine {
      const child = createTask(sleep(10));
      child.cancel("enough");
      yield* child;
    };
    const error = (await rejection(toPromise(main()))) as DOMException;
    expect(error).toBeInstanceOf(DOMException);
    expect(error.name).toBe("AbortError");
    expect(error.message).toBe("enough");
    expect(error.cause).toEqual(new CancelledError("enough"));
  });

  it("is the web's TimeoutError, whose cause is ours, for our TimeoutError", async () => {
    const ours = new TimeoutError();
    const error = (await rejection(toPromise(failing(ours)))) as DOMException;
    expect(error).toBeInstanceOf(DOMException);
    expect(error.name).toBe("TimeoutError");
    expect(error.message).toBe("The operation was aborted due to timeout");
    expect(error.cause).toBe(ours);
  });

  it("stays as it is if its message cannot be read, and the promise of a future settles too", async () => {
    class Unreadable extends CancelledError {
      override get message(): string {
        throw new RangeError("no message");
      }
    }
    const error = new Unreadable();
    function* worker(): Coroutine {
      yield* sleep(0);
      throw error;
    }
    expect(await rejection(toPromise(worker()))).toBe(error);
    const loop = new VirtualTimeLoop();
    const promise = loop.createTask(worker()).toPromise();
    loop.advance(1);
    expect(await rejection(promise)).toBe(error);
    loop.close();
  });

  it("stays as it is for a subclass of TimeoutError", async () => {
    class GatewayTimeout extends TimeoutError {}
    const error = new GatewayTimeout();
    expect(await rejection(toPromise(failing(error)))).toBe(error);
  });
});

describe("Task.toPromise", () => {
  it("lets promise code await a task or a future, which are not thenables", async () => {
    const main = function* (): Coroutine<unknown> {
      const task = createTask(sleep(0.001, "result"));
      const promise = task.toPromise();
      expectTypeOf(promise).toEqualTypeOf<Promise<string>>();
      const future = getRunningLoop().createFuture<number>();
      getRunningLoop().callSoon(() => future.setResult(5));
      return yield* fromPromise(Promise.all([promise, future.toPromise()]));
    };
    expect(await run(main())).toEqual(["result", 5]);
    expect("then" in Task.prototype).toBe(false);
    expect("then" in Future.prototype).toBe(false);
  });

  it("gives the outcome of a done task, even when its loop is closed", async () => {
    const loop = virtualLoop();
    const task = loop.createTask(sleep(1, "result"));
    await loop.runUntilComplete(task);
    const error = new Error("boom");
    const failed = loop.createFuture();
    failed.setException(error);
    const pending = loop.createFuture();
    loop.setExceptionHandler(() => {});
    loop.close();
    expect(await task.toPromise()).toBe("result");
    expect(await rejection(failed.toPromise())).toBe(error);
    expect(() => pending.toPromise()).toThrow(new RuntimeError("Event loop is closed"));
  });

  it("settles when the loop is closed: with the outcome, or else with an error", async () => {
    const loop = virtualLoop();
    const reported: unknown[] = [];
    loop.setExceptionHandler((_, { message }) => reported.push(message));
    const [pending, failed] = [loop.createFuture(), loop.createFuture()];
    const reasons = [pending, failed].map((each) => rejection(each.toPromise()));
    const error = new Error("boom");
    failed.setException(error);
    loop.close();
    expect(await Promise.all(reasons)).toEqual([new RuntimeError("Event loop is closed"), error]);
    expect(reported).toEqual([]);
  });

  it("does not run the loop, and does not cancel", async () => {
    const loop = virtualLoop();
    const task = loop.createTask(sleep(1, "result"));
    const promise = task.toPromise();
    await Promise.resolve();
    expect(loop.isRunning()).toBe(false);
    await loop.runUntilComplete(task);
    expect(await promise).toBe("result");
  });
});
