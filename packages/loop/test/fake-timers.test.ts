import { mock } from "node:test";
import {
  BrowserHost,
  type Coroutine,
  EventLoop,
  fromPromise,
  getRunningLoop,
  newEventLoop,
  NodeHost,
  run,
  sleep,
  toPromise,
} from "@yieldstar/loop";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

type FakeMethods = NonNullable<NonNullable<Parameters<typeof vi.useFakeTimers>[0]>["toFake"]>;

/** One way in which tests fake timers. */
interface Fakes {
  readonly name: string;
  readonly begin: () => void;
  /** Advances the time by milliseconds. */
  readonly advance: (milliseconds: number) => void;
  readonly end: () => void;
}

function fakesOfVitest(name: string, toFake?: FakeMethods): Fakes {
  return {
    name,
    begin: () => void vi.useFakeTimers(toFake && { toFake }),
    advance: (milliseconds) => void vi.advanceTimersByTime(milliseconds),
    end: () => void vi.useRealTimers(),
  };
}

function fakesOfNode(name: string, apis?: ("setTimeout" | "setImmediate" | "Date" | "setInterval")[]): Fakes {
  return {
    name,
    begin: () => mock.timers.enable(apis && { apis }),
    advance: (milliseconds) => mock.timers.tick(milliseconds),
    end: () => mock.timers.reset(),
  };
}

/** Fakes by hand, of some functions but not of the clearing ones: nothing ever fires. */
function fakesByHand(name: string, methods: readonly ("setTimeout" | "setImmediate")[]): Fakes {
  const { setTimeout, setImmediate } = globalThis;
  return {
    name,
    begin: () => {
      for (const method of methods) {
        Object.assign(globalThis, { [method]: (callback: () => void) => ({ callback, ref() {}, unref() {} }) });
      }
    },
    advance: () => {},
    end: () => void Object.assign(globalThis, { setTimeout, setImmediate }),
  };
}

const everything: FakeMethods = [
  "setTimeout",
  "clearTimeout",
  "setInterval",
  "clearInterval",
  "setImmediate",
  "clearImmediate",
  "Date",
  "performance",
  "queueMicrotask",
];

/** The fakes that make time pass for `setTimeout`. */
const fakesOfTime = [
  fakesOfVitest("vitest"),
  fakesOfVitest("sinon and jest, which fake microtasks too", everything),
  fakesOfVitest("vitest, all but performance", [
    "setTimeout",
    "clearTimeout",
    "setImmediate",
    "clearImmediate",
    "Date",
  ]),
  fakesOfVitest("vitest, timeouts and the date", ["setTimeout", "clearTimeout", "Date"]),
  fakesOfVitest("vitest, setTimeout alone", ["setTimeout"]),
  fakesOfNode("node:test"),
  fakesOfNode("node:test, setTimeout alone", ["setTimeout"]),
];

const allFakes = [
  ...fakesOfTime,
  fakesOfVitest("vitest, setImmediate alone", ["setImmediate"]),
  fakesOfVitest("vitest, performance alone", ["performance"]),
  fakesOfVitest("vitest, the date alone", ["Date"]),
  fakesOfNode("node:test, setImmediate alone", ["setImmediate"]),
];

/** The fakes that leave `clearTimeout` or `clearImmediate` as it is. */
const fakesThatClearNothing = [
  fakesOfVitest("vitest, setImmediate alone", ["setImmediate"]),
  fakesOfVitest("vitest, setTimeout and setImmediate", ["setTimeout", "setImmediate"]),
  fakesOfVitest("vitest, setImmediate and the date", ["setImmediate", "Date"]),
  fakesOfVitest("vitest, setTimeout and the date", ["setTimeout", "Date"]),
  fakesByHand("by hand, setImmediate alone", ["setImmediate"]),
  fakesByHand("by hand, setTimeout alone", ["setTimeout"]),
  fakesByHand("by hand, setTimeout and setImmediate", ["setTimeout", "setImmediate"]),
];

const { setTimeout: setRealTimeout, setImmediate: setRealImmediate } = globalThis;

/** Lets promises and the host do their work. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setRealImmediate(resolve));
}

function* job(name: string): Coroutine<string> {
  yield* sleep(0.005);
  yield* fromPromise(Promise.resolve());
  yield* sleep(0);
  return name;
}

beforeAll(async () => {
  // Node warns once that its fake timers are experimental.
  mock.timers.enable({ apis: ["setInterval"] });
  mock.timers.reset();
  await settle();
});

afterEach(() => {
  vi.useRealTimers();
  mock.timers.reset();
});

describe.each(allFakes)("after a test that faked timers without advancing them ($name)", (fakes) => {
  it("later work runs, and the work left behind goes on", async () => {
    const before = toPromise(job("before"));
    fakes.begin();
    const left = [toPromise(job("left")), toPromise(sleep(0.001, "asleep"))];
    await settle();
    left.push(toPromise(job("left later")));
    fakes.end();
    expect(await toPromise(job("toPromise"))).toBe("toPromise");
    expect(await run(job("run"))).toBe("run");
    expect(await Promise.all([before, ...left])).toEqual(["before", "left", "asleep", "left later"]);
  });

  it("a separate loop that was left behind can run on", async () => {
    const loop = newEventLoop();
    fakes.begin();
    const left = loop.runUntilComplete(job("left"));
    await settle();
    fakes.end();
    loop.callLater(0.002, () => {});
    expect(await left).toBe("left");
    expect(await loop.runUntilComplete(job("again"))).toBe("again");
    loop.close();
  });

  it("timers keep real time", async () => {
    await toPromise(job("first"));
    fakes.begin();
    void toPromise(job("left"));
    await settle();
    fakes.end();
    const begin = performance.now();
    await toPromise(sleep(0.03));
    const milliseconds = performance.now() - begin;
    expect(milliseconds).toBeGreaterThan(28);
    expect(milliseconds).toBeLessThan(1000);
  });
});

describe.each(fakesThatClearNothing)(
  "after tests in a row that fake timers without their clear functions ($name)",
  (fakes) => {
    const { clearTimeout: clearRealTimeout, clearImmediate: clearRealImmediate } = globalThis;
    const realClasses = new Set<unknown>([
      setRealTimeout(() => {}, 0).constructor,
      setRealImmediate(() => {}).constructor,
    ]);
    let foreign: unknown[];

    /** Node 20 calls no immediates any more after it has cleared a fake's immediate. */
    function refuse(clear: (handle: never) => void): (handle: object | undefined) => void {
      return (handle) => {
        if (handle === undefined || realClasses.has(handle.constructor)) clear(handle as never);
        else foreign.push(handle);
      };
    }

    beforeEach(() => {
      foreign = [];
      vi.resetModules();
      Object.assign(globalThis, { clearTimeout: refuse(clearRealTimeout), clearImmediate: refuse(clearRealImmediate) });
    });

    afterEach(() => {
      Object.assign(globalThis, { clearTimeout: clearRealTimeout, clearImmediate: clearRealImmediate });
    });

    it("the host's own functions clear no fake timer, and loops work", async () => {
      const copy = await import("@yieldstar/loop");
      const left: Promise<string>[] = [];
      for (const name of ["first", "second"]) {
        fakes.begin();
        left.push(copy.toPromise(copy.sleep(0.1, name)));
        await settle();
        left.push(copy.toPromise(copy.sleep(0.001, name)));
        await settle();
        fakes.end();
      }
      expect(foreign).toEqual([]);
      expect(await new Promise((resolve) => setImmediate(resolve, "immediate"))).toBe("immediate");
      expect(await copy.toPromise(copy.sleep(0.001, "toPromise"))).toBe("toPromise");
      expect(await copy.run(copy.sleep(0.001, "run"))).toBe("run");
      expect(await Promise.all(left)).toEqual(["first", "first", "second", "second"]);
    });
  },
);

/** A page without `MessageChannel` may get the same fake functions. */
const hosts = [
  { host: "NodeHost", makeHost: () => new NodeHost() },
  { host: "BrowserHost", makeHost: () => new BrowserHost() },
];
const cases = fakesOfTime.flatMap((fakes) => hosts.map((host) => Object.assign({}, fakes, host)));

describe.each(cases)("while timers are faked ($name, $host)", (fakes) => {
  let loop: EventLoop;
  let woken: string[];

  function* sleeper(name: string, seconds: number, times: number): Coroutine {
    for (let count = 0; count < times; count += 1) {
      yield* sleep(seconds);
      woken.push(name);
    }
  }

  async function advance(milliseconds: number): Promise<void> {
    fakes.advance(milliseconds);
    // A fake immediate needs a tick of its own.
    for (let turn = 0; turn < 3; turn += 1) {
      await settle();
      fakes.advance(0);
    }
    await settle();
  }

  beforeEach(() => {
    loop = new EventLoop({ host: fakes.makeHost() });
    woken = [];
  });

  it("a timer fires when the time is advanced, and not before", async () => {
    fakes.begin();
    const end = loop.runUntilComplete(sleeper("a", 1, 3));
    await advance(0);
    for (const expected of [[], ["a"], ["a", "a"]]) {
      expect(woken).toEqual(expected);
      await advance(900);
      expect(woken).toEqual(expected);
      await advance(100);
    }
    await end;
    fakes.end();
    loop.close();
  });

  it("several timers fire in the order of their deadlines", async () => {
    fakes.begin();
    const tasks = [sleeper("slow", 3.7, 1), sleeper("quick", 1, 3), sleeper("middling", 2.5, 1)].map((each) =>
      toPromise(each, { loop }),
    );
    await advance(0);
    for (let second = 0; second < 8; second += 1) await advance(1000);
    await Promise.all(tasks);
    expect(woken).toEqual(["quick", "quick", "middling", "quick", "slow"]);
    fakes.end();
    loop.close();
  });

  it("a timer that was set before the faking fires when the time is advanced, or in real time", async () => {
    const end = toPromise(sleeper("before", 0.02, 1), { loop });
    await settle();
    fakes.begin();
    for (let count = 0; woken.length === 0 && count < 1000; count += 1) {
      await advance(10);
      await new Promise((resolve) => setRealTimeout(resolve, 5));
    }
    expect(woken).toEqual(["before"]);
    await end;
    fakes.end();
    loop.close();
  });
});

describe("while node:test fakes timers", () => {
  function* twice(): Coroutine<string> {
    yield* sleep(5);
    return yield* sleep(60, "woken");
  }

  it("a loop begins in a tick of no time, and sleeps in sequence take a tick each", async () => {
    mock.timers.enable();
    const woken = toPromise(twice());
    mock.timers.tick(0);
    mock.timers.tick(5000);
    mock.timers.tick(60_000);
    expect(await woken).toBe("woken");
  });

  it("run needs two more ticks than toPromise", async () => {
    mock.timers.enable();
    const woken = run(twice());
    for (const milliseconds of [0, 5000, 60_000, 0, 0]) {
      mock.timers.tick(milliseconds);
      await settle();
    }
    expect(await woken).toBe("woken");
  });

  it("for setTimeout alone, run needs only real turns after toPromise is done", async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    const woken: string[] = [];
    const end = run(sleep(1, "run")).then((name) => woken.push(name));
    void toPromise(sleep(1, "toPromise")).then((name) => woken.push(name));
    await settle();
    mock.timers.tick(1000);
    await end;
    expect(woken).toEqual(["toPromise", "run"]);
  });
});

describe("while performance's clock is faked", () => {
  it("the loop's clock follows it, and goes on from there", async () => {
    const loop = newEventLoop();
    await loop.runUntilComplete(sleep(0));
    const begin = loop.time();
    vi.useFakeTimers();
    const end = loop.runUntilComplete(sleep(3600));
    await vi.advanceTimersByTimeAsync(3_600_000);
    await end;
    expect(loop.time() - begin).toBeGreaterThanOrEqual(3600);
    expect(loop.time() - begin).toBeLessThan(3610);
    vi.useRealTimers();
    await loop.runUntilComplete(sleep(0));
    expect(loop.time() - begin).toBeGreaterThanOrEqual(3600);
    expect(loop.time() - begin).toBeLessThan(3610);
    loop.close();
  });

  it("a loop that polls gives turns to the host", async () => {
    vi.useFakeTimers();
    const state = { isDone: false };
    function* poll(): Coroutine<string> {
      while (!state.isDone) yield* sleep(0);
      return "polled";
    }
    const end = run(poll());
    setTimeout(() => (state.isDone = true), 5);
    await vi.advanceTimersByTimeAsync(10);
    expect(await end).toBe("polled");
  });

  it("a loop that is woken by endless promises gives turns to the host", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "performance"] });
    const state = { isDone: false };
    function* poll(): Coroutine<string> {
      while (!state.isDone) yield* fromPromise(Promise.resolve());
      return "polled";
    }
    const end = run(poll());
    setRealTimeout(() => (state.isDone = true), 5);
    expect(await end).toBe("polled");
  });

  it("all timers may be cleared, and later ones work", async () => {
    vi.useFakeTimers();
    const left = toPromise(job("left"));
    await vi.advanceTimersByTimeAsync(1);
    vi.clearAllTimers();
    const later = toPromise(job("later"));
    vi.clearAllTimers();
    const last = toPromise(job("last"));
    await vi.advanceTimersByTimeAsync(20);
    expect(await Promise.all([left, later, last])).toEqual(["left", "later", "last"]);
  });

  it("a run that has ended hands its loop on without a fake timer", async () => {
    const loop = newEventLoop();
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const first = loop.runUntilComplete(sleep(0));
    const waiting = toPromise(fromPromise(settle()), { loop });
    await first;
    expect(await waiting).toBeUndefined();
    loop.close();
  });
});

describe("a clock that stands still", () => {
  it("does not stop a polling loop from giving turns to the host", async () => {
    class Standing extends NodeHost {
      override time(): number {
        return 1000;
      }
    }
    const state = { isDone: false };
    setTimeout(() => (state.isDone = true), 2);
    function* poll(): Coroutine<string> {
      while (!state.isDone) yield* sleep(0);
      return "polled";
    }
    expect(await run(poll(), { loopFactory: () => new EventLoop({ host: new Standing() }) })).toBe("polled");
  });

  it("is ignored if a test replaced performance.now alone", async () => {
    vi.spyOn(performance, "now").mockReturnValue(1000);
    const begin = Date.now();
    await run(sleep(0.03));
    expect(Date.now() - begin).toBeGreaterThan(28);
    vi.restoreAllMocks();
  });
});

describe("a copy of this package that is loaded while timers are faked", () => {
  it.each(fakesOfTime)("works then and later ($name)", async (fakes) => {
    vi.resetModules();
    fakes.begin();
    const copy = await import("@yieldstar/loop");
    const first = copy.toPromise(copy.sleep(1, "first"));
    for (let count = 0; count < 20; count += 1) {
      await settle();
      fakes.advance(100);
    }
    expect(await first).toBe("first");
    void copy.toPromise(copy.sleep(1, "left"));
    await settle();
    fakes.end();
    expect(await copy.toPromise(copy.sleep(0.01, "later"))).toBe("later");
    expect(await copy.run(copy.sleep(0.01, "run"))).toBe("run");
  });
});

describe("a loop that runs in a step", () => {
  it("follows the timers that a step has faked, or restored", async () => {
    function* main(): Coroutine<number> {
      const loop = getRunningLoop();
      yield* sleep(0.001);
      const begin = loop.time();
      vi.useFakeTimers();
      setRealTimeout(() => vi.advanceTimersByTime(10_000), 5);
      setRealTimeout(() => vi.advanceTimersByTime(10_000), 10);
      yield* sleep(0);
      yield* sleep(15);
      vi.useRealTimers();
      yield* sleep(0.001);
      return loop.time() - begin;
    }
    const seconds = await run(main());
    expect(seconds).toBeGreaterThanOrEqual(15);
    expect(seconds).toBeLessThan(25);
  });
});
