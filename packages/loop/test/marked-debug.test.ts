// What debug mode knows of the coroutines of marked functions.

import { asyncWith, closeCoroutine, coroutine, type Coroutine, createTask, RuntimeError, sleep } from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, it, vi } from "vitest";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { printed } from "../../../.ci/vitest/quiet.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Runs `define` as a module that is loaded with YIELDSTAR_DEBUG=1. */
function withDebug<T>(define: () => T): T {
  vi.stubEnv("YIELDSTAR_DEBUG", "1");
  try {
    return define();
  } finally {
    vi.unstubAllEnvs();
  }
}

function* makeFive(): Coroutine<number> {
  yield* sleep(0);
  return 5;
}
const worker = withDebug(() => coroutine(makeFive));

/** The names of the coroutines that are warned about once `act` is done and the collector has run. */
async function warningsOf(act: () => void): Promise<string[]> {
  // In a timer, since the stack of an async function keeps objects alive.
  await new Promise<void>((resolve) => setTimeout(() => resolve(act()), 0));
  // The collector finds the last one only after the others.
  (() => void worker())();
  const names: string[] = [];
  for (let count = 0; count < 200 && !names.includes("makeFive"); count += 1) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 1));
    const texts = printed().map(([, line]) => String(line));
    for (const text of texts)
      names.push(/^RuntimeWarning: coroutine '(\w+)' was never awaited/.exec(text)?.[1] ?? text);
  }
  expect(names).toContain("makeFive");
  names.splice(names.indexOf("makeFive"), 1);
  return names.sort();
}

const plain = function* plain(): Coroutine {
  yield* sleep(0);
};

describe("a coroutine that is never awaited is warned about", () => {
  it("if its function is a method of a marked class or object", async () => {
    const names = await warningsOf(() => {
      class Server {
        static *open(): Coroutine {
          yield* sleep(0);
        }
        *handle(): Coroutine {
          yield* sleep(0);
        }
      }
      const handlers = {
        *first(): Coroutine {
          yield* sleep(0);
        },
      };
      withDebug(() => [coroutine(Server), coroutine(handlers)]);
      Server.open();
      new Server().handle();
      handlers.first();
    });
    expect(names).toEqual(["first", "handle", "open"]);
  });

  it("once, however often its function is marked", async () => {
    const names = await warningsOf(() => {
      const [first, second] = withDebug(() => [coroutine(plain), coroutine(coroutine(plain))]);
      expect(second).toBe(first);
      second?.();
      class Server {
        *handle(): Coroutine {
          yield* sleep(0);
        }
      }
      withDebug(() => {
        // As a decorator does it.
        const value = coroutine(Reflect.get(Server.prototype, "handle"), { kind: "method" });
        Object.defineProperty(Server.prototype, "handle", { value });
        coroutine(Server);
      });
      new Server().handle();
    });
    expect(names).toEqual(["handle", "plain"]);
  });

  it("and no other: not one that is closed or driven by hand", async () => {
    const names = await warningsOf(() => {
      const marked = withDebug(() => coroutine(plain));
      closeCoroutine(marked());
      marked().return();
      const driven = marked();
      while (driven.next().done !== true);
      runVirtual(marked(), { debug: true });
      for (const _ of marked()) void _;
    });
    expect(names).toEqual([]);
  });
});

it("a method of a marked class keeps its receiver, its arguments and its name", () => {
  class Server {
    readonly #answer = 42;
    *handle(more: number): Coroutine<number> {
      yield* sleep(0);
      return this.#answer + more;
    }
    get other(): string {
      return "other";
    }
  }
  expect(withDebug(() => coroutine(Server))).toBe(Server);
  const server = new Server();
  expect(runVirtual(server.handle(1))).toBe(43);
  expect(server.handle.name).toBe("handle");
  expect(server.other).toBe("other");
  expect(Object.keys(server)).toEqual([]);
});

it("a frozen object is marked, although it cannot be changed", () => {
  const handlers = Object.freeze({
    *first(): Coroutine<number> {
      return yield* worker();
    },
  });
  expect(withDebug(() => coroutine(handlers))).toBe(handlers);
  expect(runVirtual(handlers.first())).toBe(5);
});

describe("awaiting a coroutine a second time is refused", () => {
  const manager = { aenter: () => sleep(0), aexit: () => sleep(0) };
  const bodies: [name: string, again: (made: Coroutine<number>) => Coroutine<unknown>][] = [
    ["in a body that returns it", (made) => asyncWith(manager, () => made)],
    ["in a body inside several blocks", (made) => asyncWith([manager, manager], () => made)],
    ["in a body without a block", (made) => asyncWith([], () => made)],
  ];
  it.each(bodies)("%s", (_, again) => {
    function* first(): Coroutine {
      const made = worker();
      yield* made;
      yield* again(made);
    }
    function* second(): Coroutine {
      const made = worker();
      yield* again(made);
      yield* made;
    }
    function* both(): Coroutine {
      const made = worker();
      yield* again(made);
      yield* again(made);
    }
    for (const main of [first, second, both]) {
      expect(() => runVirtual(main(), { debug: true })).toThrow(RuntimeError);
      expect(() => runVirtual(main(), { debug: true })).toThrow("cannot reuse already awaited coroutine");
    }
  });

  it.each(bodies)("but not a first time: %s", (_, again) => {
    expect(runVirtual(again(worker()), { debug: true })).toBe(5);
    function* main(): Coroutine<unknown> {
      return yield* createTask(again(worker()));
    }
    expect(runVirtual(main(), { debug: true })).toBe(5);
  });

  it("and of a body in place, in any number of blocks, only that", () => {
    for (const managers of [[], [manager], [manager, manager]]) {
      const body = function* (): Coroutine<number> {
        return yield* worker();
      };
      function* main(): Coroutine<number | undefined> {
        yield* asyncWith(managers, body);
        return yield* asyncWith(managers, body);
      }
      expect(runVirtual(main(), { debug: true })).toBe(5);
    }
  });
});
