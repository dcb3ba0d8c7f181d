import { BrowserHost, type Coroutine, EventLoop, fromPromise, sleep } from "@yieldstar/loop";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

/** The distance between timers of this page, in milliseconds: a browser takes a second, and later a minute. */
const pace = 40;
/** A loop treats times that are no further apart as equal. */
const resolution = new BrowserHost().clockResolution;

let loop: EventLoop;

/** Timers fire together, at whole multiples of the pace, like those of a hidden tab. */
beforeEach(() => {
  const { setTimeout: setTimer } = globalThis;
  vi.stubGlobal("setTimeout", (callback: () => void, delay: number) => {
    const now = performance.now();
    return setTimer(callback, Math.ceil((now + delay) / pace) * pace - now);
  });
  loop = new EventLoop({ host: new BrowserHost() });
});

afterEach(() => {
  loop.close();
  vi.unstubAllGlobals();
});

describe("a page whose timers are throttled", () => {
  it("meets its deadlines in their order, and none of them early", async () => {
    const woken: number[] = [];
    function* sleeper(delay: number): Coroutine<number> {
      const begin = loop.time();
      yield* sleep(delay);
      woken.push(delay);
      return loop.time() - begin - delay;
    }
    function* main(): Coroutine<number[]> {
      const tasks = [0.003, 0.001, 0.002].map((delay) => loop.createTask(sleeper(delay)));
      const late: number[] = [];
      for (const task of tasks) late.push(yield* task);
      return late;
    }
    for (const late of await loop.runUntilComplete(main())) expect(late).toBeGreaterThan(-resolution);
    expect(woken).toEqual([0.001, 0.002, 0.003]);
  });

  it("gives turns and is woken by promises without a timer", async () => {
    vi.stubGlobal("setTimeout", () => {
      throw new Error("no timer is needed");
    });
    function* main(): Coroutine<string> {
      for (let count = 0; count < 1000; count += 1) yield* sleep(0);
      return yield* fromPromise(Promise.resolve("woken"));
    }
    expect(await loop.runUntilComplete(main())).toBe("woken");
  });
});
