import {
  asyncWith,
  type AsyncContextManager,
  type Coroutine,
  createTask,
  EventLoop,
  gather,
  run,
  sleep,
  VirtualHost,
} from "@yieldstar/loop";
import { runInNewContext } from "node:vm";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import { caught, expectUsableAfter } from "./usable.ts";

interface Thrown {
  readonly what: string;
  readonly value: unknown;
  readonly hint: string;
}

const primitives: Thrown[] = [
  { what: "a string", value: "boom", hint: '"boom" was thrown; throw an Error instead' },
  { what: "undefined", value: undefined, hint: "undefined was thrown; throw an Error instead" },
  { what: "null", value: null, hint: "null was thrown; throw an Error instead" },
  { what: "a boolean", value: true, hint: "true was thrown; throw an Error instead" },
  { what: "a number", value: 5, hint: "5 was thrown; throw an Error instead" },
  { what: "a symbol", value: Symbol("boom"), hint: "Symbol(boom) was thrown; throw an Error instead" },
];

function* throwing(value: unknown): Coroutine {
  yield* sleep(1);
  throw value;
}

const wrapped = ({ value, hint }: Thrown): TypeError =>
  new TypeError(`exceptions must derive from BaseException (hint: ${hint})`, { cause: value });

describe.each(primitives)("$what thrown instead of an Error", (thrown) => {
  const { value } = thrown;
  const error = wrapped(thrown);

  it("becomes the exception of a task, in a TypeError", () => {
    expectUsableAfter(function* () {
      const task = createTask(throwing(value));
      expect(yield* caught(task)).toEqual(error);
      expect(task.exception()).toEqual(error);
      expect(task.cancelled()).toBe(false);
    });
  });

  it("fails a gathering", () => {
    expectUsableAfter(function* () {
      expect(yield* caught(gather([throwing(value), sleep(2)]))).toEqual(error);
    });
  });

  it("is reported if a callback throws it", () => {
    const errors: unknown[] = [];
    expectUsableAfter(function* (loop) {
      loop.setExceptionHandler((_loop, { message, exception }) => errors.push(message, exception));
      loop.callSoon(function boom() {
        throw value;
      });
      yield* sleep(0);
    });
    expect(errors).toEqual(["Exception in callback boom()", error]);
  });

  it("is passed to a context manager in a TypeError, and leaves the block as it was thrown", () => {
    const told: unknown[] = [];
    const manager: AsyncContextManager<void, void> = {
      *aenter() {},
      *aexit(reason) {
        told.push(reason);
      },
    };
    expectUsableAfter(function* () {
      expect(yield* caught(asyncWith(manager, () => throwing(value)))).toBe(value);
      expect(told).toEqual([error]);
    });
  });

  it("ends a run", async () => {
    await expect(
      run(throwing(value), { loopFactory: () => new EventLoop({ host: new VirtualHost() }) }),
    ).rejects.toEqual(error);
    expect(() => runVirtual(throwing(value))).toThrow(error);
  });
});

describe("an object thrown instead of an Error", () => {
  it("becomes the exception of a task as it is", () => {
    const value = { code: 5 };
    expectUsableAfter(function* () {
      const task = createTask(throwing(value));
      expect(yield* caught(task)).toBe(value);
      expect(task.exception()).toBe(value);
      expect(String(task)).toContain("exception={'code': 5}");
    });
  });
});

describe("an Error of another realm", () => {
  it("becomes the exception of a task as it is", () => {
    const value = runInNewContext("new Error('boom')") as Error;
    expect(value).not.toBeInstanceOf(Error);
    expectUsableAfter(function* () {
      expect(yield* caught(createTask(throwing(value)))).toBe(value);
    });
  });
});
