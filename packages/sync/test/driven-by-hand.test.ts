import { CancelledError, type Coroutine, createTask, type Future, RuntimeError, sleep } from "@yieldstar/loop";
import { Condition, Event, Lock, Queue, Semaphore } from "@yieldstar/sync";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";

interface Case {
  readonly wait: () => Coroutine<unknown>;
  /** Lets the next waiter go on. */
  readonly wake: () => void;
  readonly text: () => string;
}

const cases: Readonly<Record<string, () => Case>> = {
  "Lock.acquire": () => {
    const lock = new Lock();
    lock.acquire().next();
    return { wait: () => lock.acquire(), wake: () => lock.release(), text: String.bind(undefined, lock) };
  },
  "Semaphore.acquire": () => {
    const semaphore = new Semaphore(0);
    return {
      wait: () => semaphore.acquire(),
      wake: () => semaphore.release(),
      text: String.bind(undefined, semaphore),
    };
  },
  "Event.wait": () => {
    const event = new Event();
    return { wait: () => event.wait(), wake: () => event.set(), text: String.bind(undefined, event) };
  },
  "Queue.get": () => {
    const queue = new Queue<number>();
    return { wait: () => queue.get(), wake: () => queue.putNowait(1), text: String.bind(undefined, queue) };
  },
  "Queue.put": () => {
    const queue = new Queue<number>(1);
    queue.putNowait(1);
    return { wait: () => queue.put(2), wake: () => void queue.getNowait(), text: String.bind(undefined, queue) };
  },
};

describe.each(Object.entries(cases))("%s", (_, makeCase) => {
  it("that is resumed by hand before its turn ends, and takes no wake-up", () => {
    function* main(): Coroutine<boolean> {
      const { wait, wake, text } = makeCase();
      const before = text();
      const byHand = wait();
      byHand.next();
      expect(() => byHand.next()).toThrow(new RuntimeError("await wasn't used with future"));
      expect(text()).toBe(before);
      const task = createTask(wait());
      yield* sleep(0);
      wake();
      yield* sleep(0);
      yield* sleep(0);
      return task.done();
    }
    expect(runVirtual(main())).toBe(true);
  });

  it("that is resumed by hand after its turn was cancelled throws the message", () => {
    function* main(): Coroutine<unknown> {
      const { wait } = makeCase();
      const byHand = wait();
      const turn = byHand.next().value as Future<void>;
      turn.cancel("message");
      try {
        byHand.next();
      } catch (error) {
        return error;
      }
      return undefined;
    }
    const error = runVirtual(main());
    expect(error).toBeInstanceOf(CancelledError);
    expect((error as CancelledError).args).toEqual(["message"]);
  });
});

it("a Condition's wait that is resumed by hand before its turn leaves the wake-up to the next", () => {
  function* main(): Coroutine<readonly [boolean, string]> {
    const condition = new Condition();
    yield* condition.acquire();
    const byHand = condition.wait();
    byHand.next();
    const task = createTask(
      (function* (): Coroutine {
        yield* condition.acquire();
        yield* condition.wait();
        condition.release();
      })(),
    );
    yield* sleep(0);
    expect(() => byHand.next()).toThrow("await wasn't used with future");
    if (condition.locked()) condition.release();
    for (let count = 0; count < 4; count += 1) yield* sleep(0);
    const result = [task.done(), String(condition)] as const;
    task.cancel();
    return result;
  }
  expect(runVirtual(main())).toEqual([true, "<Condition [unlocked]>"]);
});
