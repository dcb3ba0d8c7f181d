import { type Coroutine, coroutine, sleep, type Suspension } from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";

type Step = IteratorResult<Suspension, unknown>;
type GeneratorFunctionOf<A extends readonly unknown[]> = (...args: A) => Coroutine<unknown>;

/** Marks a function, or does not. */
type Mark = <A extends readonly unknown[]>(run: GeneratorFunctionOf<A>) => GeneratorFunctionOf<A>;

/** An awaitable written by hand. It resumes a coroutine, and may do something else with its step than hand it on. */
class Driver {
  readonly #body: Coroutine<unknown>;
  readonly #take: (step: Step) => Step | undefined;

  /** @param take - gives the step to hand on, or `undefined` to resume at once */
  constructor(body: Coroutine<unknown>, take: (step: Step) => Step | undefined) {
    this.#body = body;
    this.#take = take;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(value?: unknown): Step {
    for (;;) {
      const step = this.#take(this.#body.next(value));
      if (step !== undefined) return step;
    }
  }
}

/** Runs a program unmarked and marked; expects the same log, and returns it. */
function sameMarked(program: (mark: Mark, log: string[]) => GeneratorFunctionOf<[]>): string[] {
  const [unmarked = [], marked] = ([(run) => run, coroutine] as const satisfies readonly Mark[]).map((mark) => {
    const log: string[] = [];
    const main = program(mark, log);
    log.push(
      String(
        runVirtual(
          (function* () {
            return yield* main();
          })(),
        ),
      ),
    );
    return log;
  });
  expect(marked).toEqual(unmarked);
  return unmarked;
}

describe("an awaitable written by hand that resumes a marked coroutine", () => {
  it("takes a step that is not for the task, after others that were", () => {
    const log = sameMarked((mark, lines) => {
      const inner = mark(function* () {
        yield* sleep(1);
        yield "mine" as never;
        yield* sleep(1);
        return "done";
      });
      const body = mark(function* () {
        return yield* inner();
      });
      return mark(function* () {
        return yield* new Driver(body(), (step) => {
          if (step.done === true || (step.value as unknown) !== "mine") return step;
          lines.push("taken");
          return undefined;
        });
      });
    });
    expect(log).toEqual(["taken", "done"]);
  });

  it("ends early", () => {
    const log = sameMarked((mark, lines) => {
      const inner = mark(function* () {
        for (let turn = 0; turn < 5; turn += 1) {
          yield* sleep(0);
          lines.push(`turn ${turn}`);
        }
      });
      const body = mark(function* () {
        yield* inner();
      });
      return mark(function* () {
        let steps = 0;
        return yield* new Driver(body(), (step) => {
          steps += 1;
          return steps > 2 ? { done: true, value: "cut" } : step;
        });
      });
    });
    expect(log).toEqual(["turn 0", "turn 1", "cut"]);
  });

  it("resumes another coroutine beside it, which suspends with the same step", () => {
    const log = sameMarked((mark, lines) => {
      const inner = mark(function* (name: string) {
        for (let turn = 0; turn < 2; turn += 1) {
          yield* sleep(0);
          lines.push(`${name} ${turn}`);
        }
        return name;
      });
      const body = mark(function* (name: string) {
        return yield* inner(name);
      });
      return mark(function* () {
        const other = body("other");
        return yield* new Driver(body("one"), (step) => {
          other.next();
          return step;
        });
      });
    });
    expect(log).toEqual(["one 0", "other 0", "one 1", "other 1", "one"]);
  });
});
