import { inspect } from "node:util";
import { runInNewContext } from "node:vm";
import {
  CancelledError,
  ContextVar,
  type Coroutine,
  createTask,
  Future,
  getRunningLoop,
  repr,
  sleep,
  Task,
  type TaskOptions,
} from "@yieldstar/loop";
import { nameOfType } from "@yieldstar/loop/internal";
import { runVirtual, VirtualTimeLoop } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import { printed } from "../../../.ci/vitest/quiet.ts";
import { abbreviated, sharing } from "./texts.ts";

const throwing = (): never => {
  throw new Error("from the value");
};

/** A Proxy with traps that all throw. */
const evil = new Proxy({}, new Proxy({}, { get: () => throwing }));

const revoked = Proxy.revocable({}, {});
revoked.revoke();

describe("the text of a value", () => {
  it("ends where the value contains itself", () => {
    const array: unknown[] = [1];
    const object = { array };
    array.push(object, array);
    expect(repr(array)).toBe("[1, {'array': [...]}, [...]]");
    expect(repr(object)).toBe("{'array': [1, {...}, [...]]}");
    const error = Object.assign(new RangeError("x"), { args: [] as unknown[] });
    error.args.push(error, array);
    expect(repr(error)).toBe("RangeError(RangeError(...), [1, {'array': [...]}, [...]])");
  });

  it("shows a member twice that is there twice", () => {
    const shared = { a: 1 };
    expect(repr([shared, shared])).toBe("[{'a': 1}, {'a': 1}]");
  });

  it("is cut when it is long: forty levels, each of which names the next twice", () => {
    expect(repr(sharing(40)).length).toBeLessThan(10_050);
    expect(abbreviated(sharing(40)).length).toBeLessThan(10_050);
  });

  it("the text of a deep value is cut", () => {
    let deep: unknown = "end";
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(repr(deep)).toBe(`${"[".repeat(30)}...${"]".repeat(30)}`);
  });

  it("says how many members it leaves out", () => {
    const numbers = Array.from({ length: 250 }, (_, index) => index);
    expect(repr(numbers)).toMatch(/^\[0, 1, .* 98, 99, … and 150 more\]$/);
    expect(repr(Object.fromEntries(numbers.map((number) => [`k${number}`, 0])))).toMatch(/'k99': 0, … and 150 more\}$/);
    expect(repr(new Array(2 ** 32 - 1))).toMatch(/, None, … and 4294967195 more\]$/);
  });

  it("says how many characters it leaves out", () => {
    expect(repr("x".repeat(1_000_000))).toMatch(/^'x{9800}'… and 990200 more$/);
    const texts = Array.from({ length: 50 }, () => "x".repeat(1000));
    expect(repr(texts)).toMatch(/^\['x.*, … and 40 more\]$/);
    expect(repr({ toString: () => "", key: Symbol("s".repeat(20_000)) })).toContain("more");
    class Long {
      toString(): string {
        return "x".repeat(1_000_000);
      }
    }
    expect(repr(new Long())).toMatch(/^x{9800}… and 990200 more$/);
  });

  it.each([
    ["a Proxy whose traps throw", evil, "<unprintable object>"],
    ["a Proxy that was revoked", revoked.proxy, "<unprintable object>"],
    [
      "an object whose toString throws",
      new (class Broken {
        toString = throwing;
      })(),
      "<unprintable Broken object>",
    ],
    [
      "an object whose toString is not a function",
      new (class Odd {
        toString = 5 as never;
      })(),
      "<Odd object>",
    ],
    [
      "an object whose toString returns no string",
      new (class Odd {
        toString = () => ({}) as never;
      })(),
      "<unprintable Odd object>",
    ],
    [
      "an object whose constructor throws",
      Object.defineProperty(
        new (class A {
          toString = throwing;
        })(),
        "constructor",
        { get: throwing },
      ),
      "<unprintable A object>",
    ],
    [
      "an object whose class has a name that throws",
      new (class {
        static get name(): string {
          return throwing();
        }
        toString = throwing;
      })(),
      "<unprintable object>",
    ],
    [
      "an object whose class has a name that is not a string",
      new (class extends Date {
        static override name = 5 as never;
        override toString = undefined as never;
      })(),
      "<Date object>",
    ],
    [
      "an error whose message throws",
      Object.defineProperty(new RangeError(), "message", { get: throwing }),
      "<unprintable RangeError object>",
    ],
    [
      "an error whose name throws",
      Object.defineProperty(new RangeError("x"), "name", { get: throwing }),
      "RangeError('x')",
    ],
    [
      "a function whose name throws",
      Object.defineProperty(() => {}, "name", { get: throwing }),
      "<unprintable function object>",
    ],
    [
      "a function whose name is not a string",
      Object.defineProperty(() => {}, "name", { value: {} }),
      "<function <lambda>>",
    ],
    [
      "an object with a getter that throws",
      {
        a: 1,
        get b() {
          return throwing();
        },
        c: [2],
      },
      "{'a': 1, 'b': <unprintable object>, 'c': [2]}",
    ],
    [
      "an array with a member that throws",
      Object.defineProperty([1, 2], 0, { get: throwing }),
      "[<unprintable object>, 2]",
    ],
    ["an object without a prototype", Object.assign(Object.create(null), { a: 1 }), "{'a': 1}"],
    ["an object whose prototype has none", Object.create(Object.create(null) as object), "<Object object>"],
    ["an object of another realm", runInNewContext("({ a: [1] })"), "{'a': [1]}"],
    ["a promise of another realm", runInNewContext("Promise.resolve()"), "<Promise object>"],
    ["a large array of bytes", new Uint8Array(1_000_000), "<Uint8Array object>"],
    ["a large Map", new Map(Array.from({ length: 1000 }, (_, index) => [index, index])), "<Map object>"],
    ["a BigInt", -(2n ** 64n), "-18446744073709551616"],
    ["a large BigInt", 10n ** 100_000n, "<int instance with more than 4300 digits>"],
    ["a class", class Named extends Date {}, "<function Named>"],
    ["a string with control characters", "\x1b[31m\u2028\u{e0001}", "'\\x1b[31m\\u2028\\U000e0001'"],
  ])("can be made of %s", (_, value, text) => {
    expect(repr(value)).toBe(text);
    expect(nameOfType(value)).toMatch(/./);
  });

  it("inspects no more members than it shows", () => {
    let looks = 0;
    const members = new Proxy(Array.from({ length: 1000 }), {
      get: (target, key, receiver) => {
        if (key !== "length") looks += 1;
        return Reflect.get(target, key, receiver) as unknown;
      },
    });
    repr(members);
    expect(looks).toBeLessThan(110);
  });

  it("may ask for itself while it is made", () => {
    class Node {
      readonly children: unknown[] = [];
      toString(): string {
        return `Node(${repr(this.children)})`;
      }
    }
    const root = new Node();
    root.children.push(root);
    expect(repr(root)).toBe("Node([Node([...])])");
  });
});

describe("a future or a task of a class with a text of its own", () => {
  it("shows that text inside others", () => {
    class Reply extends Future<unknown> {
      override toString(): string {
        return `<<${super.toString()}>>`;
      }
    }
    const loop = new VirtualTimeLoop();
    const reply = new Reply({ loop });
    reply.setResult([reply]);
    expect(String(reply)).toBe("<<<Reply finished result=[<<...>>]>>>");
    expect(abbreviated(5)).toBe("<Future finished result=5>");
  });

  it("is replaced if that text throws: in the console, in its waiter, and in the report of its exception", () => {
    class Mute extends Task<void> {
      override toString = throwing;
    }
    const failing = function* (): Coroutine {
      throw new RangeError("lost");
    };
    const main = function* (): Coroutine<string[]> {
      getRunningLoop().setTaskFactory((loop, coroutine, options?: TaskOptions) => {
        return new Mute(coroutine as Coroutine, { ...options, loop }) as never;
      });
      createTask(failing());
      const inner = createTask(sleep(1));
      const waiting = new Task(
        (function* () {
          yield* inner;
        })(),
        { name: "waiting" },
      );
      yield* sleep(0);
      const texts = [inspect(inner), String(waiting)];
      yield* waiting;
      return texts;
    };
    expect(runVirtual(main())).toEqual([
      "<unprintable Mute object>",
      "<Task pending name='waiting' coro=<coroutine object> wait_for=<unprintable Mute object>>",
    ]);
    expect(printed()).toEqual([
      ["error", "Mute exception was never retrieved\nfuture: <unprintable Mute object>", new RangeError("lost")],
    ]);
  });
});

describe("a chain of tasks", () => {
  it("is shown for a task and the three after it, and then by the next one's name", () => {
    const main = function* (): Coroutine<string> {
      let last: Future<void> = getRunningLoop().createFuture<void>();
      const end = last;
      for (let index = 0; index < 2000; index += 1) {
        const awaited = last;
        const link = function* (): Coroutine {
          yield* awaited;
        };
        last = createTask(link(), { name: `t${index}` });
      }
      yield* sleep(0);
      const text = String(last);
      end.setResult();
      yield* last;
      return text;
    };
    const names = [...runVirtual(main()).matchAll(/<Task pending name='(\w+)' (\.\.\.>)?/g)];
    expect(names.map(([, name, isShort]) => [name, isShort !== undefined])).toEqual([
      ["t1999", false],
      ["t1998", false],
      ["t1997", false],
      ["t1996", false],
      ["t1995", true],
    ]);
  });
});

describe("a report", () => {
  it("shows everything but the parts that throw", () => {
    const loop = new VirtualTimeLoop();
    const tree: Record<string, unknown> = { name: "root" };
    tree["root"] = tree;
    const context = { message: "m", tree, evil, shared: sharing(40), toString: 1 };
    loop.defaultExceptionHandler(Object.defineProperty(context, "bad", { get: throwing, enumerable: true }));
    const text = String(printed()[0]?.[1]);
    const lines = text.split("\n");
    expect(lines.filter((line) => !line.startsWith("shared"))).toEqual([
      "m",
      "bad: <unprintable object>",
      "evil: <unprintable object>",
      "toString: 1",
      "tree: {'name': 'root', 'root': {...}}",
    ]);
    expect(text.length).toBeLessThan(11_000);
  });

  it("names a slow step whose task has returned a value that contains itself", () => {
    const loop = new VirtualTimeLoop();
    loop.setDebug(true);
    loop.slowCallbackDuration = 0;
    const ring: unknown[] = [];
    ring.push(ring);
    loop.runUntilComplete(
      (function* (): Coroutine<unknown> {
        return ring;
      })(),
    );
    expect(printed().map(([kind]) => kind)).toContain("warn");
  });
});

describe("the message of an error", () => {
  it("is short, whatever a task is cancelled with", () => {
    const shared: unknown[] = [];
    let last = shared;
    for (let level = 0; level < 40; level += 1) last = [last, last];
    expect(new CancelledError(last).message.length).toBeLessThan(10_050);
    expect(new CancelledError(evil).message).toBe("<unprintable object>");
    expect(new CancelledError({ code: 5 }).message).toBe("{'code': 5}");
  });

  it("names the expected value, whatever was given", () => {
    const ring: Record<string, unknown> = {};
    ring["left"] = ring["right"] = ring;
    const given = { node: ring, also: ring } as never;
    const main = function* (): Coroutine {
      yield* sleep(given);
    };
    expect(() => runVirtual(main())).toThrow(
      new TypeError(
        "delay must be a number of seconds, got {'node': {'right': {...}, 'left': {...}}, 'also': {'right': {...}, 'left': {...}}}",
      ),
    );
    expect(new ContextVar("a", { default: ring }).toString()).toBe(
      "<ContextVar name='a' default={'right': {...}, 'left': {...}}>",
    );
  });
});
