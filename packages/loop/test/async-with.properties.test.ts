import { asyncWith, type Coroutine, GeneratorExit } from "@yieldstar/loop";
import { toException } from "@yieldstar/loop/internal";
import { assert, constantFrom, array, property, record } from "fast-check";
import { describe, expect, it } from "vitest";

type Action = "yield" | "throw" | "return" | "catch";
type Drive = "next" | "throw" | "return";
type Steps = readonly Action[];

interface Script {
  readonly enter: Steps;
  readonly body: Steps;
  readonly exit: Steps;
  readonly swallows: boolean;
}

interface Manager {
  aenter(): Coroutine<string>;
  aexit(error: Error | undefined): Coroutine<boolean>;
}

/** `asyncWith` for one manager, as a generator would do it. */
function* reference(manager: Manager, body: (value: string) => Coroutine<string>): Coroutine<string | undefined> {
  const value = yield* manager.aenter();
  let result: string;
  let isClosed = true;
  try {
    result = yield* body(value);
    isClosed = false;
  } catch (thrown) {
    isClosed = false;
    if (yield* manager.aexit(toException(thrown))) return undefined;
    throw thrown;
  } finally {
    if (isClosed) yield* manager.aexit(new GeneratorExit());
  }
  yield* manager.aexit(undefined);
  return result;
}

/** A coroutine that follows a plan and records how it is driven. */
function* play<T>(name: string, steps: Steps, log: string[], result: T): Coroutine<T> {
  try {
    for (const step of steps) {
      if (step === "throw") throw new Error(name);
      if (step === "return") return result;
      try {
        log.push(`${name} waits`);
        yield;
      } catch (error) {
        log.push(`${name} got ${String(error)}`);
        if (step !== "catch") throw error;
      }
    }
    return result;
  } finally {
    log.push(`${name} ends`);
  }
}

function drive(script: Script, drives: readonly Drive[], run: typeof reference): string[] {
  const log: string[] = [];
  const manager: Manager = {
    aenter: () => play("enter", script.enter, log, "value"),
    aexit: (error) => play(`exit with ${error?.name}`, script.exit, log, script.swallows),
  };
  const coroutine = run(manager, (value) => play(`body of ${value}`, script.body, log, "result"));
  for (const how of drives) {
    try {
      const step =
        how === "next"
          ? coroutine.next()
          : how === "throw"
            ? coroutine.throw(new Error("thrown in"))
            : coroutine.return("closed");
      log.push(`${step.done === true ? "done" : "waiting"} ${String(step.value)}`);
    } catch (error) {
      log.push(String(error));
    }
  }
  return log;
}

function byHand(manager: Manager, body: (value: string) => Coroutine<string>): Coroutine<string | undefined> {
  return asyncWith(manager, body);
}

describe("asyncWith, driven by hand", () => {
  it("does what a generator would do, whatever is thrown into it and whenever it is closed", () => {
    const steps = array(constantFrom<Action>("yield", "throw", "return", "catch"), { maxLength: 3 });
    const script = record({ enter: steps, body: steps, exit: steps, swallows: constantFrom(true, false) });
    const drives = array(constantFrom<Drive>("next", "next", "next", "throw", "return"), { maxLength: 8 });
    assert(
      property(script, drives, (plan, how) => {
        expect(drive(plan, how, byHand)).toEqual(drive(plan, how, reference));
      }),
      { numRuns: 3_000 },
    );
  });

  it("is over when aexit throws at the call", () => {
    const manager = {
      *aenter(): Coroutine {},
      aexit(): Coroutine {
        throw new Error("no exit");
      },
    };
    const block = asyncWith(manager, function* () {
      return "result";
    });
    expect(() => block.next()).toThrow("no exit");
    expect(block.next()).toEqual({ done: true, value: undefined });
  });

  it("says what the methods of a manager must return", () => {
    const manager = { aenter: () => undefined as unknown as Coroutine, *aexit(): Coroutine {} };
    const block = asyncWith(manager, function* () {});
    expect(() => block.next()).toThrow(
      new TypeError("aenter() must return an awaitable, not undefined (hint: make aenter a generator function)"),
    );
    expect(() => asyncWith([], (() => 5) as never).next()).toThrow(TypeError);
  });
});
