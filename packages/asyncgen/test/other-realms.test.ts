import { EventEmitter } from "node:events";
import { events, once } from "@yieldstar/asyncgen";
import { type Coroutine, getRunningLoop, TimeoutError } from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { expect, it } from "vitest";
import { other } from "../../../.ci/vitest/other-realm.ts";

const ways = [
  { name: "once", wait: (emitter: EventEmitter) => once(emitter, "never") },
  { name: "events", wait: (emitter: EventEmitter) => events(emitter, "never").anext() },
];

it.each(ways)("$name throws an emitted error of another realm as it is", ({ wait }) => {
  const errors = [new other.Error("boom"), new other.DOMException("aborted", "AbortError")];
  function* main(): Coroutine {
    for (const error of errors) {
      const emitter = new EventEmitter();
      getRunningLoop().callSoon(() => void emitter.emit("error", error));
      expect(yield* caught(wait(emitter))).toBe(error);
    }
  }
  runVirtual(main());
});

it.each(ways)("$name throws the web's TimeoutError of another realm as ours", ({ wait }) => {
  const late = new other.DOMException("late", "TimeoutError");
  function* main(): Coroutine {
    const emitter = new EventEmitter();
    getRunningLoop().callSoon(() => void emitter.emit("error", late));
    expect(yield* caught(wait(emitter))).toEqual(new TimeoutError("late", { cause: late }));
  }
  runVirtual(main());
});

function* caught(awaitable: Coroutine<unknown>): Coroutine<unknown> {
  try {
    yield* awaitable;
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
