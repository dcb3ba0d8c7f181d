import { CancelledError, type Coroutine, coroutine, createTask, gather, getRunningLoop } from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { anyBody, type Body, type Resume } from "./marked-programs.ts";
import { describe, type Marking, Run, Shared, sharedStep } from "./marked-run.ts";

/** Runs a program in a task, which is cancelled some times. */
function runInTask(program: Body, cancels: readonly number[], marking: Marking): string[] {
  const run = new Run(marking);
  const { say } = run;
  runVirtual(
    (function* (): Coroutine {
      const task = createTask(run.start(program));
      const loop = task.getLoop();
      loop.setExceptionHandler((_loop, { message, exception }) => say(`handler: ${message} ${String(exception)}`));
      for (const time of cancels) loop.callLater(time, () => say(`cancel: ${task.cancel(time)}`));
      try {
        say(`task gave ${String(yield* task)}`);
      } catch (error) {
        say(`task threw ${String(error)}${error instanceof CancelledError ? ` ${error.args.join()}` : ""}`);
      }
    })(),
  );
  return run.log;
}

function runByHand(program: Body, resumes: readonly Resume[], marking: Marking): string[] {
  const run = new Run(marking);
  const root = (function* (): Coroutine<unknown> {
    return yield* run.start(program);
  })();
  for (const [index, resume] of resumes.entries()) {
    run.say(describe(() => (resume === "throw" ? root.throw(new Error(`${index}`)) : root[resume](index))));
  }
  return run.log;
}

it("a marked program leaves the same log as an unmarked one, whatever is cancelled", () => {
  const cancels = fc.array(fc.constantFrom(0, 0.5, 1, 1.5, 2, 3), { maxLength: 3 });
  fc.assert(
    fc.property(anyBody, cancels, (program, times) => {
      const unmarked = runInTask(program, times, "none");
      expect(runInTask(program, times, "some")).toEqual(unmarked);
      expect(runInTask(program, times, "all")).toEqual(unmarked);
    }),
    { numRuns: 2_000 },
  );
});

it("a marked coroutine that is driven by hand does what an unmarked one does", () => {
  const resumes = fc.array(fc.constantFrom<Resume>("next", "next", "next", "throw", "return"), { maxLength: 12 });
  fc.assert(
    fc.property(anyBody, resumes, (program, plan) => {
      const unmarked = runByHand(program, plan, "none");
      expect(runByHand(program, plan, "some")).toEqual(unmarked);
      expect(runByHand(program, plan, "all")).toEqual(unmarked);
    }),
    { numRuns: 2_000 },
  );
});

it("a task does not resume a coroutine that was driven by hand before, and suspended with the same step", () => {
  const log: string[] = [];
  const wait = coroutine(function* (name: string): Coroutine {
    log.push(`${name} ${yield* new Shared(sharedStep)}`);
  });
  const leave = (): void => {
    wait("left")[Symbol.iterator]().next();
  };
  function* fail(): Coroutine {
    leave();
    throw new Error("after it was driven");
  }
  function* main(): Coroutine {
    yield* wait("first");
    getRunningLoop().callSoon(leave);
    const called = createTask(wait("after a callback"));
    yield* called;
    const [failed, awaited] = [createTask(fail()), createTask(wait("after an error"))];
    yield* gather([failed, awaited], { returnExceptions: true });
    leave();
    yield* createTask(wait("in an eager task"), { eagerStart: true });
  }
  leave();
  runVirtual(main());
  expect(log.map((line) => line.replace(" shared", ""))).toEqual([
    "first",
    "after a callback",
    "after an error",
    "in an eager task",
  ]);
});
