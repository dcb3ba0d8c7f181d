import { readFileSync } from "node:fs";
import * as loop from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { caught } from "./usable.ts";

type Loop = typeof loop;

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  readonly version: string;
};

/** Matches both copies, with their version and place. */
const both = new RegExp(
  String.raw`another copy of @yieldstar/loop, version ${version} at \S+, and this is version ${version} at \S+\)$`,
);

describe("two copies of the package in one process", () => {
  let other: Loop;

  beforeEach(async () => {
    vi.resetModules();
    other = await import("@yieldstar/loop");
  });

  it("are named by the error when a task awaits a future of the other copy", () => {
    const main = function* (): loop.Coroutine<unknown> {
      const future = new other.Future<void>({ loop: new other.EventLoop() });
      return yield* caught(future);
    };
    const error = runVirtual(main());
    expect(error).toBeInstanceOf(loop.RuntimeError);
    expect(String(error)).toMatch(/Task got bad yield: <Future pending.*> \(hint: it belongs to /);
    expect(String(error)).toMatch(both);
  });

  it("are named by the error when a coroutine of one is run by the other", () => {
    const main = function* (): loop.Coroutine<unknown> {
      return yield* caught(other.sleep(1));
    };
    const error = runVirtual(main());
    expect(error).toBeInstanceOf(other.RuntimeError);
    expect(String(error)).toMatch(/no running event loop \(hint: the loop that is running belongs to /);
    expect(String(error)).toMatch(both);
  });

  it("are named by the error when a loop of one is run inside a step of the other", () => {
    const main = function* (): loop.Coroutine {
      expect(() => other.run(other.sleep(0))).toThrow(both);
      expect(() => new other.EventLoop().runForever()).toThrow(both);
      expect(() => other.getEventLoop()).toThrow(both);
    };
    expect(runVirtual(main())).toBe(undefined);
  });

  it("are named by the error when toPromise is given a loop of the other copy", () => {
    const text = /^an event loop was expected, got <EventLoop .*> \(hint: it belongs to /;
    for (const pattern of [text, both]) {
      expect(() => loop.toPromise(loop.sleep(0.01), { loop: new other.EventLoop() })).toThrow(pattern);
    }
  });

  it("share nothing", () => {
    expect(Object.keys(other)).toEqual(Object.keys(loop));
    expect(other.Future).not.toBe(loop.Future);
  });

  it("work side by side, and meet as promises", async () => {
    const main = function* (): loop.Coroutine<string> {
      return yield* loop.fromPromise(() => other.toPromise(other.sleep(0.001, "met")));
    };
    expect(await loop.run(main())).toBe("met");
    expect(await Promise.all([loop.run(loop.sleep(0, 1)), other.run(other.sleep(0, 2))])).toEqual([1, 2]);
  });
});

it("other copies are not mentioned outside of any loop", () => {
  expect(() => loop.getRunningLoop()).toThrow(/^no running event loop \(hint: call it inside a coroutine\)$/);
});
