import { runInThisContext } from "node:vm";
import * as loop from "@yieldstar/loop";
import { coroutine, type Coroutine, sleep } from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { transformSync } from "esbuild";
import { describe, expect, expectTypeOf, it } from "vitest";

function isMarked(made: Generator<unknown, unknown, unknown>): boolean {
  return made[Symbol.iterator]() !== made;
}

class Base {
  *inherited(): Coroutine<string> {
    yield* sleep(1);
    return "inherited";
  }
}

/** A class without generator methods of its own. */
class Derived extends Base {
  plain(): number {
    return 1;
  }
}

describe("coroutine(Class)", () => {
  class Store extends Base {
    static *open(): Coroutine<Store> {
      yield* sleep(1);
      return new Store();
    }
    readonly field = function* (): Coroutine {};
    *own(): Coroutine {}
    *#secret(): Coroutine {}
    *[Symbol.iterator](): Generator<number> {
      yield 1;
    }
    secret(): Coroutine {
      return this.#secret();
    }
    *items(): Generator<number> {
      yield* [1, 2, 3];
    }
  }
  coroutine(Store);

  it("marks its own methods and its static ones", () => {
    expect(isMarked(Store.open())).toBe(true);
    expect(isMarked(new Store().own())).toBe(true);
  });

  it("leaves out inherited methods, overriding methods of a subclass, fields, #private methods and symbols", () => {
    class Cached extends Store {
      override *own(): Coroutine {}
    }
    const store = new Store();
    const unmarked = [store.inherited(), new Cached().own(), store.field(), store.secret(), store[Symbol.iterator]()];
    expect(unmarked.map(isMarked)).toEqual([false, false, false, false, false]);
  });

  it("marks plain generator methods too, which for-of and spread still iterate", () => {
    const store = new Store();
    expect(isMarked(store.items())).toBe(true);
    expect([...store.items()]).toEqual([1, 2, 3]);
    const seen: number[] = [];
    for (const item of store.items()) seen.push(item);
    expect(seen).toEqual([1, 2, 3]);
  });
});

describe("coroutine() of something that it cannot mark", () => {
  const noPrototype = function* noPrototype(): Coroutine {};
  noPrototype.prototype = null as never;
  const frozenPrototype = function* frozenPrototype(): Coroutine {};
  Object.freeze(frozenPrototype.prototype);
  const expects = "coroutine() expects a generator function, got ";

  it.each<[string, unknown, string]>([
    [
      "a subclass without methods of its own",
      Derived,
      "coroutine() cannot mark class Derived: it has no generator methods of its own (hint: mark its base class)",
    ],
    ["an instance", new Base(), `${expects}<Base object> (hint: mark its class)`],
    ["a coroutine", new Base().inherited(), `${expects}<coroutine object> (hint: mark the function, not its call)`],
    ["an array", [function* () {}], `${expects}[<function <lambda>>] (hint: mark each function)`],
    ["a module", loop, "(hint: mark each function)"],
    ["a function whose prototype is null", noPrototype, "cannot mark <function noPrototype>: its prototype is null"],
    [
      "a method whose prototype is frozen",
      { frozenPrototype },
      "cannot mark <function frozenPrototype>: its prototype is frozen",
    ],
  ])("%s throws a TypeError that says why", (_what, value, text) => {
    expect(() => coroutine(value as object)).toThrow(TypeError);
    expect(() => coroutine(value as object)).toThrow(text);
  });

  it("does not compile", () => {
    class Methods {
      *handle(): Coroutine {}
      get value(): number {
        return 1;
      }
    }
    const wrong = (): void => {
      // @ts-expect-error A plain function.
      coroutine(() => {});
      // @ts-expect-error An async function.
      coroutine(async () => {});
      // @ts-expect-error An async generator function.
      coroutine(async function* () {});
      // @ts-expect-error An array.
      coroutine([function* () {}]);
      // @ts-expect-error A coroutine.
      coroutine(new Methods().handle());
      // @ts-expect-error A plain method.
      coroutine(function (this: Methods): void {}, { kind: "method" });
      // @ts-expect-error A getter, as a decorator gets it.
      coroutine(function (this: Methods): number {
        return this.value;
      });
      // @ts-expect-error The older decorators pass a prototype, a name and a descriptor.
      coroutine(Methods.prototype, "handle", {});
    };
    expectTypeOf(wrong).returns.toBeVoid();
  });

  it("compiles for generator functions of any arguments, for classes and for objects", () => {
    abstract class Abstract {
      readonly name: string;
      protected constructor(name: string) {
        this.name = name;
      }
      *own(): Coroutine {}
    }
    function* handle(this: Abstract, text: string): Coroutine<string> {
      return `${this.name} ${text}`;
    }
    const handlers = { *first(): Coroutine {}, plain: () => 1 };
    function wrap<A extends unknown[], T>(run: (name: string, ...args: A) => Coroutine<T>): typeof run {
      return coroutine(run);
    }
    expectTypeOf(coroutine(Abstract)).toEqualTypeOf<typeof Abstract>();
    expectTypeOf(coroutine(handlers)).toEqualTypeOf(handlers);
    expectTypeOf(coroutine(handle)).toEqualTypeOf(handle);
    expectTypeOf(
      wrap(function* (_name: string, count: number): Coroutine<number> {
        return count;
      }),
    ).parameters.toEqualTypeOf<[string, number]>();
  });
});

describe("coroutine as a decorator", () => {
  const source = `(coroutine) => {
    class Server {
      @coroutine *handle() { return "handled"; }
      @coroutine static *open() { return new Server(); }
      @coroutine *#secret() { return "secret"; }
      reveal() { return this.#secret(); }
    }
    return Server;
  }`;

  interface Server {
    handle(): Coroutine<string>;
    reveal(): Coroutine<string>;
  }

  function compile(text: string, experimentalDecorators: boolean): new () => Server {
    const tsconfigRaw = { compilerOptions: { experimentalDecorators } };
    const { code } = transformSync(text, { loader: "ts", target: "es2022", tsconfigRaw });
    const make = runInThisContext(code) as (mark: typeof coroutine) => new () => Server;
    return make(coroutine);
  }

  it("marks methods, static methods and #private methods", () => {
    const server = new (compile(source, false))();
    for (const made of [server.handle(), server.reveal()]) expect(isMarked(made)).toBe(true);
    expect(runVirtual(server.handle())).toBe("handled");
    expect(runVirtual(server.reveal())).toBe("secret");
  });

  it("refuses the older decorators of experimentalDecorators", () => {
    const old = source.replace("@coroutine *#secret", "*#secret");
    expect(() => compile(old, true)).toThrow(TypeError);
    expect(() => compile(old, true)).toThrow(
      "coroutine() cannot mark handle: it is a standard decorator (hint: turn experimentalDecorators off)",
    );
  });
});

it("a function that a block has had as its body is marked, also when it is frozen", () => {
  const bodies = [true, false].map((isFrozen) => {
    function* body(): Coroutine<string> {
      yield* sleep(0);
      return "done";
    }
    const block = (): Coroutine<string | undefined> =>
      loop.asyncWith({ aenter: () => sleep(0), aexit: () => sleep(0) }, body);
    runVirtual(block());
    if (isFrozen) Object.freeze(body);
    expect(coroutine(body)).toBe(body);
    expect(Object.hasOwn(Object.getPrototypeOf(body()) as object, Symbol.iterator)).toBe(true);
    return runVirtual(body()) + String(runVirtual(block()));
  });
  expect(bodies).toEqual(["donedone", "donedone"]);
});
