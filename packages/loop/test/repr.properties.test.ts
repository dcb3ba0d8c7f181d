import { abbreviated } from "./texts.ts";
import { repr } from "@yieldstar/loop";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

/** The longest length of a text, with the words that say it was cut. */
const longest = 10_050;

/** The plan of one object of a graph. It may hold any object of the graph, even itself: `links` are their indices. */
interface Plan {
  readonly kind:
    | "array"
    | "object"
    | "null prototype"
    | "error"
    | "instance"
    | "getter"
    | "proxy"
    | "text"
    | "function";
  readonly links: readonly number[];
}

const plan: fc.Arbitrary<Plan> = fc.record({
  kind: fc.constantFrom(
    "array",
    "object",
    "null prototype",
    "error",
    "instance",
    "getter",
    "proxy",
    "text",
    "function",
  ),
  links: fc.array(fc.nat({ max: 40 }), { maxLength: 6 }),
});

const throwing = (): never => {
  throw new Error("from an accessor");
};

/** Some of the traps of a Proxy throw, picked by the bits of `choice`. */
function throwingTraps(choice: number): ProxyHandler<object> {
  const names = ["get", "has", "ownKeys", "getPrototypeOf", "getOwnPropertyDescriptor"] as const;
  return Object.fromEntries(names.filter((_, bit) => ((choice >> bit) & 1) === 1).map((name) => [name, throwing]));
}

/** A Proxy may refuse. */
function tryToSet(object: object, key: PropertyKey, value: unknown): void {
  try {
    Reflect.set(object, key, value);
  } catch {
    // Then the object holds nothing.
  }
}

function build(plans: readonly Plan[]): unknown[] {
  const objects = plans.map(({ kind, links }): object => {
    switch (kind) {
      case "array":
        return [];
      case "null prototype":
        return Object.create(null) as object;
      case "error":
        return new Error("message");
      case "instance":
        return new (class Shown {
          toString(): string {
            return `Shown(${repr(Object.entries(this))})`;
          }
        })();
      case "getter":
        return Object.defineProperties(
          {},
          { throws: { get: throwing, enumerable: true }, toString: { get: throwing } },
        );
      case "proxy":
        return new Proxy(links.length % 2 === 0 ? {} : [], throwingTraps(links[0] ?? 31));
      case "text":
        return Object("text".repeat(1000)) as object;
      case "function":
        return Object.defineProperty(() => {}, "name", { get: throwing });
      default:
        return {};
    }
  });
  for (const [index, { kind, links }] of plans.entries()) {
    const object = objects[index] as object;
    const others = links.map((link) => objects[link % objects.length]);
    if (kind === "error") Object.assign(object, { args: others, cause: others[0] });
    else others.forEach((other, key) => tryToSet(object, kind === "array" ? key : `key${key}`, other));
  }
  return objects;
}

describe("the text of any graph of objects", () => {
  it("ends, throws nothing and is no longer than its limit", () => {
    fc.assert(
      fc.property(fc.array(plan, { minLength: 1, maxLength: 40, size: "max" }), (plans) => {
        for (const object of build(plans)) {
          expect(repr(object).length).toBeLessThan(longest);
          expect(abbreviated(object).length).toBeLessThan(longest);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("is the same the next time", () => {
    fc.assert(
      fc.property(fc.array(plan, { minLength: 1, maxLength: 10 }), (plans) => {
        const [object] = build(plans);
        expect(repr(object)).toBe(repr(object));
      }),
    );
  });

  it("exists for any value", () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withSparseArray: true,
          withNullPrototype: true,
        }),
        (value) => {
          expect(repr(value).length).toBeLessThan(longest);
          expect(abbreviated(value).length).toBeLessThan(longest);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
