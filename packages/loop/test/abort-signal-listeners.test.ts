import { getEventListeners } from "node:events";
import {
  asyncWith,
  type Coroutine,
  cancelOnAbort,
  createTask,
  getRunningLoop,
  sleep,
  Task,
  toPromise,
} from "@yieldstar/loop";
import { runVirtual, VirtualTimeLoop } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import { caught } from "./usable.ts";

type Controller = Pick<AbortController, "signal" | "abort">;

/** A controller like jsdom's: it has its own classes, which Node does not know. */
function likeJsdom(onFollow?: () => void): Controller {
  const followers = new WeakMap<object, ForeignSignal[]>();
  class ForeignSignal extends Target {
    aborted = false;
    reason: unknown;

    static any(signals: ForeignSignal[]): ForeignSignal {
      onFollow?.();
      const follower = new ForeignSignal();
      for (const signal of signals) followers.set(signal, [...(followers.get(signal) ?? []), follower]);
      return follower;
    }

    abort(reason: unknown = new DOMException("aborted", "AbortError")): void {
      if (this.aborted) return;
      this.aborted = true;
      this.reason = reason;
      this.dispatch();
      for (const follower of followers.get(this) ?? []) follower.abort(reason);
    }
  }
  return withAbort(new ForeignSignal());
}

/** A signal written by hand, like a polyfill's: no dependent signal can follow it. */
function byHand(): Controller {
  const signal = Object.assign(new Target(), { aborted: false, reason: undefined });
  const abort = (reason: unknown = new DOMException("aborted", "AbortError")): void => {
    Object.assign(signal, { aborted: true, reason });
    signal.dispatch();
  };
  return withAbort(Object.assign(signal, { abort }));
}

function withAbort(signal: Target & { abort(reason?: unknown): void }): Controller {
  return { signal: signal as unknown as AbortSignal, abort: (reason) => signal.abort(reason) };
}

class Target {
  readonly listeners = new Set<(event: { stopImmediatePropagation(): void }) => void>();

  addEventListener(_type: string, listener: () => void): void {
    this.listeners.add(listener);
  }

  removeEventListener(_type: string, listener: () => void): void {
    this.listeners.delete(listener);
  }

  dispatch(): void {
    let isStopped = false;
    const event = { stopImmediatePropagation: (): void => void (isStopped = true) };
    for (const listener of this.listeners) if (!isStopped) listener(event);
  }
}

const controllers: { kind: string; make: () => Controller }[] = [
  { kind: "the host", make: () => new AbortController() },
  { kind: "another realm", make: likeJsdom },
  { kind: "a polyfill", make: byHand },
];

it.each(controllers.filter(({ kind }) => kind !== "a polyfill"))(
  "a signal of $kind works even if another listener stops the event",
  ({ make }) => {
    const main = function* (): Coroutine<unknown> {
      const controller = make();
      controller.signal.addEventListener("abort", (event) => event.stopImmediatePropagation());
      getRunningLoop().callLater(1, () => controller.abort());
      const block = asyncWith(cancelOnAbort(controller.signal), function* () {
        yield* sleep(10);
      });
      const promise = toPromise(sleep(10), { signal: controller.signal, loop: getRunningLoop() });
      const rejected = promise.catch((error: unknown) => error);
      expect(yield* caught(block)).toBe(controller.signal.reason);
      return [rejected, controller.signal.reason as unknown, getRunningLoop().time()];
    };
    const [rejected, reason, seconds] = runVirtual(main()) as [Promise<unknown>, unknown, number];
    expect(seconds).toBe(1);
    return expect(rejected).resolves.toBe(reason);
  },
);

describe.each(controllers)("a signal of $kind", ({ make }) => {
  function listenersOf({ signal }: Controller): readonly unknown[] {
    return signal instanceof Target ? [...signal.listeners] : getEventListeners(signal, "abort");
  }

  it("has one listener for many tasks, which is removed with the last", async () => {
    const controller = make();
    const loop = new VirtualTimeLoop();
    const block = (seconds: number): Coroutine =>
      asyncWith(cancelOnAbort(controller.signal), function* () {
        yield* sleep(seconds);
      });
    const promises = Array.from({ length: 1000 }, (_, index) =>
      toPromise(block(index), { signal: controller.signal, loop }),
    );
    expect(listenersOf(controller)).toHaveLength(1);
    loop.advance(998.5);
    await Promise.all(promises.slice(0, -1));
    expect(listenersOf(controller)).toHaveLength(1);
    loop.advance(1);
    await promises.at(-1);
    expect(listenersOf(controller)).toEqual([]);
    loop.close();
  });

  it("cancels tasks in the order of their registration, each once", () => {
    const order: number[] = [];
    const main = function* (): Coroutine {
      const controller = make();
      const worker = function* (index: number): Coroutine {
        try {
          yield* asyncWith(cancelOnAbort(controller.signal), function* () {
            yield* sleep(10);
          });
        } catch {
          order.push(index);
        }
      };
      const tasks = [1, 2, 3, 4].map((index) => createTask(worker(index)));
      yield* sleep(1);
      controller.abort();
      controller.abort();
      expect(tasks.map((task) => task.cancelling())).toEqual([1, 1, 1, 1]);
      expect(listenersOf(controller)).toEqual([]);
      for (const task of tasks) yield* task;
    };
    runVirtual(main());
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it("that is aborted while tasks leave it cancels the remaining ones", () => {
    const main = function* (): Coroutine<unknown> {
      const [first, second] = [make(), make()];
      // The first task's end aborts the second signal, in the very callback that cancels it.
      class Chained extends Task<void> {
        override cancel(msg?: unknown): boolean {
          second.abort();
          return super.cancel(msg);
        }
      }
      const worker = (controller: Controller): Coroutine =>
        asyncWith(cancelOnAbort(controller.signal), function* () {
          yield* sleep(10);
        });
      const tasks = [new Chained(worker(first)), createTask(worker(second)), createTask(worker(first))];
      yield* sleep(1);
      first.abort();
      const errors: unknown[] = [];
      for (const task of tasks) errors.push(yield* caught(task));
      return errors.map((error, index) => error === [first, second, first][index]?.signal.reason);
    };
    expect(runVirtual(main())).toEqual([true, true, true]);
  });

  it("cancels the others when one of them cannot be cancelled", async () => {
    const error = new Error("cannot cancel");
    class Stubborn extends Task<void> {
      override cancel(): boolean {
        throw error;
      }
    }
    const controller = make();
    const { signal } = controller;
    const loop = new VirtualTimeLoop();
    const stubborn = toPromise(new Stubborn(sleep(1), { loop }), { signal, loop });
    const other = toPromise(sleep(1), { signal, loop }).catch((reason: unknown) => reason === signal.reason);
    loop.advance(0);
    const uncaught = await uncaughtIn(() => controller.abort());
    loop.advance(1);
    expect([uncaught, await stubborn, await other]).toEqual([[error], undefined, true]);
    loop.close();
  });
});

it("a signal whose removeEventListener throws still lets tasks end", async () => {
  const error = new Error("cannot remove");
  const { signal } = byHand();
  signal.removeEventListener = () => {
    throw error;
  };
  const uncaught = await uncaughtIn(async () => {
    expect(await toPromise(sleep(0, "ended"), { signal })).toBe("ended");
  });
  expect(uncaught).toEqual([error]);
});

it("a signal of another realm is followed once, however many waits use it", async () => {
  let made = 0;
  const { signal } = likeJsdom(() => (made += 1));
  for (let wait = 0; wait < 3; wait += 1) await toPromise(sleep(0), { signal });
  expect(made).toBe(1);
});

/** The errors that the host reports meanwhile, since no other code could catch them. */
async function uncaughtIn(body: () => unknown): Promise<unknown[]> {
  const listeners = process.listeners("uncaughtException");
  const uncaught: unknown[] = [];
  process.removeAllListeners("uncaughtException").on("uncaughtException", (thrown) => uncaught.push(thrown));
  try {
    await body();
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.removeAllListeners("uncaughtException");
    for (const listener of listeners) process.on("uncaughtException", listener);
  }
  return uncaught;
}
