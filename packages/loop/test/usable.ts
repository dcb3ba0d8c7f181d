import { type Awaitable, type BaseEventLoop, type Coroutine, getRunningLoop, sleep } from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { expect } from "vitest";

/** Runs `body` in a task, and expects that the loop still runs tasks and timers afterwards. */
export function expectUsableAfter(body: (loop: BaseEventLoop) => Coroutine<unknown>): void {
  const main = function* (): Coroutine<string> {
    const loop = getRunningLoop();
    yield* body(loop);
    yield* loop.createTask(sleep(0));
    return yield* sleep(1, "usable");
  };
  expect(runVirtual(main())).toBe("usable");
}

/** Awaits an awaitable that must fail, and returns its error. */
export function* caught(awaitable: Awaitable<unknown>): Coroutine<unknown> {
  try {
    yield* awaitable;
  } catch (thrown) {
    return thrown;
  }
  throw new Error("nothing was thrown");
}
