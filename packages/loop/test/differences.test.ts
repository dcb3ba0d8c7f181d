import {
  type AsyncContextManager,
  asyncWith,
  type Coroutine,
  createTask,
  currentTask,
  eagerTaskFactory,
  RuntimeError,
} from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { expect, it } from "vitest";
import { expectUsableAfter } from "./usable.ts";

// Differences from CPython that no test of a feature pins. packages/docs/differences.md lists all differences.

function* nothing(): Coroutine {}

it("an aexit that returns another true value than `true` does not swallow the error", () => {
  const manager: AsyncContextManager<void> = {
    *aenter() {},
    *aexit() {
      return 1 as never;
    },
  };
  const main = function* (): Coroutine {
    yield* asyncWith(manager, function* () {
      throw new RangeError("passes");
    });
  };
  expect(() => runVirtual(main())).toThrow(new RangeError("passes"));
});

it("an eager task in the running context is refused, and the current task stays the same", () => {
  expectUsableAfter(function* (loop) {
    loop.setTaskFactory(eagerTaskFactory);
    const task = currentTask();
    const error = new RuntimeError("cannot enter context: <Context> is already entered");
    expect(() => createTask(nothing(), { context: task?.getContext() })).toThrow(error);
    expect(currentTask()).toBe(task);
  });
});
