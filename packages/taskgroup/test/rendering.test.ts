import { inspect } from "node:util";
import { CancelledError, ValueError } from "@yieldstar/loop";
import { BaseExceptionGroup, ExceptionGroup } from "@yieldstar/taskgroup";
import { describe, expect, it } from "vitest";

/** The tree that `console.log` shows, without the lines that say where each error was made. */
function treeOf(group: BaseExceptionGroup): string[] {
  return inspect(group)
    .split("\n")
    .filter((line) => !/^[ |]*at /.test(line));
}

const nested = new ExceptionGroup("outer", [
  new ValueError("two\nlines"),
  new ExceptionGroup("inner", [new TypeError("t"), new ValueError()]),
  new ExceptionGroup("last", [new RangeError("r")]),
]);

describe("a group that is printed", () => {
  it("shows its tree in CPython's frame", () => {
    expect(treeOf(nested)).toEqual([
      "  | ExceptionGroup: outer (3 sub-exceptions)",
      "  +-+---------------- 1 ----------------",
      "    | ValueError: two",
      "    | lines",
      "    +---------------- 2 ----------------",
      "    | ExceptionGroup: inner (2 sub-exceptions)",
      "    +-+---------------- 1 ----------------",
      "      | TypeError: t",
      "      +---------------- 2 ----------------",
      "      | ValueError",
      "      +------------------------------------",
      "    +---------------- 3 ----------------",
      "    | ExceptionGroup: last (1 sub-exception)",
      "    +-+---------------- 1 ----------------",
      "      | RangeError: r",
      "      +------------------------------------",
    ]);
  });

  it("shows where each error was made, inside the frame", () => {
    const lines = inspect(nested).split("\n");
    const frames = lines.filter((line) => line.includes("rendering.test.ts"));
    expect(new Set(frames.map((line) => /^ +\| +at /.exec(line)?.[0].indexOf("|")))).toEqual(new Set([2, 4, 6]));
  });

  it("shows a member without a stack", () => {
    const member = new ValueError("v");
    delete member.stack;
    expect(treeOf(new ExceptionGroup("g", [member]))).toContain("    | ValueError: v");
  });

  it("shows the name of the user's own classes", () => {
    class OwnError extends ValueError {}
    class OwnGroup extends ExceptionGroup {}
    expect(treeOf(new OwnGroup("g", [new OwnError("x")]))).toEqual([
      "  | OwnGroup: g (1 sub-exception)",
      "  +-+---------------- 1 ----------------",
      "    | OwnError: x",
      "    +------------------------------------",
    ]);
  });

  it("shows the cause of a member, and its own", () => {
    const member = new ValueError("v", { cause: new RangeError("why v") });
    const group = new ExceptionGroup("g", [member]);
    group.cause = new RangeError("why g");
    expect(inspect(group)).toContain("why v");
    expect(inspect(group)).toContain("why g");
  });

  it("shows base exceptions", () => {
    expect(treeOf(new BaseExceptionGroup("b", [new CancelledError("x")]))).toEqual([
      "  | BaseExceptionGroup: b (1 sub-exception)",
      "  +-+---------------- 1 ----------------",
      "    | CancelledError: x",
      "    +------------------------------------",
    ]);
  });

  it("shows its tree inside another object", () => {
    expect(inspect({ error: nested })).toContain("| ExceptionGroup: outer (3 sub-exceptions)\n");
  });

  it("shows errors that are each other's causes once each", () => {
    const [one, two] = [new ValueError("one"), new ValueError("two")];
    one.cause = two;
    two.cause = one;
    expect(treeOf(new ExceptionGroup("g", [one]))).toEqual([
      "  | ExceptionGroup: g (1 sub-exception)",
      "  +-+---------------- 1 ----------------",
      "    | ValueError: one",
      "    | caused by ValueError: two",
      "    +------------------------------------",
    ]);
  });

  it("shows the members of a group that is a cause", () => {
    const cause = new ExceptionGroup("why", [new RangeError("r")]);
    expect(treeOf(new ExceptionGroup("g", [new ValueError("v", { cause })]))).toEqual([
      "  | ExceptionGroup: g (1 sub-exception)",
      "  +-+---------------- 1 ----------------",
      "    | ValueError: v",
      "    | caused by ExceptionGroup: why (1 sub-exception)",
      "    |     +-+---------------- 1 ----------------",
      "    |       | RangeError: r",
      "    |       +------------------------------------",
      "    +------------------------------------",
    ]);
  });

  it("says how many causes it leaves out", () => {
    let cause: Error | undefined;
    for (let depth = 0; depth < 500; depth += 1) cause = new ValueError(`c${depth}`, { cause });
    const lines = treeOf(new ExceptionGroup("g", [cause as Error]));
    expect(lines).toHaveLength(25);
    expect(lines.at(-2)?.trim()).toMatch(/caused by … and 479 more$/);
  });

  it("is cut where the same groups appear in it again and again", () => {
    let group: Error = new ValueError("leaf");
    for (let level = 0; level < 12; level += 1) {
      group = new ExceptionGroup(
        "g",
        Array.from({ length: 15 }, () => group),
      );
    }
    const text = inspect(group);
    expect(text.length).toBeLessThan(1_000_000);
    expect(text).toMatch(/and \d+ more exceptions/);
  });

  it("is cut where the message is long", () => {
    const text = inspect(new ExceptionGroup("g", [new ValueError("line\n".repeat(1_000_000))]));
    expect(text.length).toBeLessThan(20_000);
    expect(text).toContain("… and ");
  });

  it("shows the readable parts of errors that throw when they are inspected", () => {
    const throwing = (): never => {
      throw new Error("from a getter");
    };
    const keys = ["stack", "message", "name", "cause", "toString"];
    class OwnError extends Error {}
    const own = Object.defineProperties(
      new OwnError(),
      Object.fromEntries(keys.map((key) => [key, { get: throwing }])),
    );
    const group = new ExceptionGroup("g", [own, new ValueError("v")]);
    Object.defineProperty(group, "cause", { get: throwing });
    expect(treeOf(group)).toEqual([
      "  | ExceptionGroup: g (2 sub-exceptions)",
      "  +-+---------------- 1 ----------------",
      "    | OwnError: <exception str() failed>",
      "    +---------------- 2 ----------------",
      "    | ValueError: v",
      "    +------------------------------------",
    ]);
  });

  it("is only its class, message and count in a text", () => {
    expect(String(nested)).toBe("ExceptionGroup: outer (3 sub-exceptions)");
    expect(String(new BaseExceptionGroup("b", [new CancelledError()]))).toBe("BaseExceptionGroup: b (1 sub-exception)");
  });
});
