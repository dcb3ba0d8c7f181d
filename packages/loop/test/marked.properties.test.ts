import {
  asyncWith,
  CancelledError,
  closeCoroutine,
  type Coroutine,
  coroutine,
  createTask,
  type Suspension,
  sleep,
} from "@yieldstar/loop";
import { runVirtual, VirtualTimeLoop } from "@yieldstar/testing";
import * as fc from "fast-check";
import { expect, it } from "vitest";

/** A coroutine function of a random program. */
interface Body {
  /** Whether it is marked where some are. */
  readonly marked: boolean;
  readonly statements: readonly Statement[];
}

type How = "awaited" | "caught" | "with a finally that waits" | "overridden" | "driven" | "in a block" | "started";
type Resume = "next" | "throw" | "return";
type Drive = Resume | "close";

type Statement =
  | { readonly op: "sleep"; readonly seconds: number }
  | { readonly op: "pause" }
  | { readonly op: "share" }
  | { readonly op: "throw" }
  | { readonly op: "return" }
  | { readonly op: "call"; readonly body: Body; readonly how: How }
  | {
      readonly op: "byHand";
      readonly body: Body;
      readonly drives: readonly Drive[];
      readonly through: "object" | "iterator";
      readonly goesOn: boolean;
    }
  | { readonly op: "forOf"; readonly marked: boolean; readonly limit: number }
  | { readonly op: "spawn"; readonly body: Body; readonly eager: boolean; readonly after: "await" | "cancel" | "leave" }
  | { readonly op: "nested"; readonly body: Body };

/** A statement that waits. */
type Awaited = Exclude<Statement, { readonly op: "throw" } | { readonly op: "return" }>;

type Marking = "none" | "some" | "all";

/** The step of all suspensions of `Shared`. */
const sharedStep = Object.freeze({ done: false, value: undefined } as const);

/** An awaitable written by hand: it gives up one iteration. */
class Shared {
  readonly #step: IteratorResult<undefined, never>;
  #isBegun = false;

  constructor(step: IteratorResult<undefined, never>) {
    this.#step = step;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<undefined, string> {
    if (this.#isBegun) return { done: true, value: "shared" };
    this.#isBegun = true;
    return this.#step;
  }
}

/** An awaitable written by hand that drives another coroutine, and hands on its steps. It logs all but its resumes. */
class Driver {
  readonly #body: Coroutine<unknown>;
  readonly #log: (text: string) => void;

  constructor(body: Coroutine<unknown>, log: (text: string) => void) {
    this.#body = body;
    this.#log = log;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(value?: unknown): IteratorResult<Suspension, unknown> {
    return this.#pass(() => this.#body.next(value));
  }

  throw(error: unknown): IteratorResult<Suspension, unknown> {
    this.#log(`driver throws in ${String(error)}`);
    return this.#pass(() => this.#body.throw(error));
  }

  return(value: unknown): IteratorResult<Suspension, unknown> {
    this.#log(`driver returns ${String(value)}`);
    return this.#pass(() => this.#body.return(value));
  }

  #pass(resume: () => IteratorResult<Suspension, unknown>): IteratorResult<Suspension, unknown> {
    try {
      const step = resume();
      if (step.done === true) this.#log(`driver gets ${String(step.value)}`);
      return step;
    } catch (error) {
      this.#log(`driver catches ${String(error)}`);
      throw error;
    }
  }
}

/** The coroutines of one run of a program, which log all that they see. */
class Run {
  readonly log: string[] = [];
  readonly #marking: Marking;
  #names = 0;
  #left = 200;
  /** How many coroutines are being driven by hand. */
  #byHand = 0;

  constructor(marking: Marking) {
    this.#marking = marking;
  }

  say = (text: string): void => {
    this.log.push(text);
  };

  start({ marked, statements }: Body): Coroutine<unknown> {
    return (this.#isMarked(marked) ? this.#marked : this.#plain)(statements);
  }

  #isMarked(marked: boolean): boolean {
    return this.#marking === "all" || (this.#marking === "some" && marked);
  }

  readonly #make = () => {
    const { say } = this;
    const begin = (): string => `c${++this.#names}`;
    const isCut = (): boolean => this.#left-- < 0;
    const execute = (statement: Awaited, name: string): Iterable<Suspension, unknown> => this.#execute(statement, name);
    return function* body(statements: readonly Statement[]): Coroutine<unknown> {
      const name = begin();
      say(`${name} begins`);
      try {
        for (const statement of statements) {
          if (isCut()) return `${name} is cut`;
          if (statement.op === "return") return `${name} returns`;
          if (statement.op === "throw") throw new Error(`of ${name}`);
          try {
            say(`${name} ${statement.op}: ${String(yield* execute(statement, name))}`);
          } catch (error) {
            say(`${name} ${statement.op} threw ${String(error)}`);
            throw error;
          }
        }
        return name;
      } finally {
        say(`${name} ends`);
      }
    };
  };
  readonly #plain = this.#make();
  readonly #marked = coroutine(this.#make());

  #execute(statement: Awaited, name: string): Iterable<Suspension, unknown> {
    switch (statement.op) {
      case "sleep":
        return sleep(statement.seconds, "slept");
      case "share":
        // In one step of a task, one object cannot be the step of two suspensions.
        return new Shared(this.#byHand > 0 ? { done: false, value: undefined } : sharedStep);
      case "pause":
        return this.#pause();
      case "call":
        return this.#call(statement, name);
      case "byHand":
        return this.#driveByHand(statement, name);
      case "forOf":
        return this.#iterate(statement, name);
      case "spawn":
        return this.#spawn(statement);
      case "nested":
        return this.#runNested(statement);
    }
  }

  *#pause(): Coroutine<unknown> {
    return yield;
  }

  *#call({ body, how }: Extract<Statement, { op: "call" }>, name: string): Coroutine<unknown> {
    switch (how) {
      case "awaited":
        return yield* this.start(body);
      case "started": {
        // Its first step is made before it is awaited.
        const begun = this.start(body);
        this.say(`${name} starts: ${this.#describeByHand(() => begun.next())}`);
        return yield* begun;
      }
      case "caught":
        try {
          return yield* this.start(body);
        } catch (error) {
          return `caught ${String(error)}`;
        }
      case "with a finally that waits":
        try {
          return yield* this.start(body);
        } finally {
          yield* sleep(0);
          this.say(`${name} cleans up`);
          yield* sleep(1);
        }
      case "overridden":
        try {
          return yield* this.start(body);
        } finally {
          yield* this.start({ marked: true, statements: [{ op: "pause" }] });
          // oxlint-disable-next-line no-unsafe-finally
          return "overridden";
        }
      case "driven":
        return yield* new Driver(this.start(body), this.say);
      case "in a block":
        return yield* asyncWith(
          {
            aenter: () => this.start({ marked: true, statements: [{ op: "sleep", seconds: 0 }] }),
            aexit: (error) => {
              this.say(`${name} leaves with ${String(error)}`);
              return this.start({ marked: false, statements: [{ op: "sleep", seconds: 1 }] }) as Coroutine;
            },
          },
          () => this.start(body),
        );
    }
  }

  *#driveByHand(
    { body, drives, through, goesOn }: Extract<Statement, { op: "byHand" }>,
    name: string,
  ): Coroutine<unknown> {
    const driven = this.start(body);
    const handle = through === "object" ? driven : driven[Symbol.iterator]();
    for (const drive of drives) {
      const said = this.#describeByHand(() => {
        if (drive === "close") return { done: true, value: closeCoroutine(driven) };
        return drive === "throw" ? handle.throw(new Error("by hand")) : handle[drive]("by hand");
      });
      this.say(`${name} ${drive} by hand: ${said}`);
      // An iterator that was taken from a coroutine before that was closed does not refuse to go on, as `yield*` does not.
      if (drive === "close") break;
    }
    return goesOn ? yield* driven : "left";
  }

  #describeByHand(resume: () => IteratorResult<unknown, unknown>): string {
    this.#byHand += 1;
    try {
      return describe(resume);
    } finally {
      this.#byHand -= 1;
    }
  }

  *#iterate({ marked, limit }: Extract<Statement, { op: "forOf" }>, name: string): Coroutine<unknown> {
    const { say } = this;
    const count = function* (): Generator<number, string, unknown> {
      try {
        for (let value = 0; value < 3; value += 1) say(`${name} was sent ${String(yield value)}`);
        return "counted";
      } finally {
        say(`${name} has counted`);
      }
    };
    const values: number[] = [];
    for (const value of this.#isMarked(marked) ? coroutine(count)() : count()) {
      values.push(value);
      yield* sleep(0);
      if (values.length >= limit) break;
    }
    return values.join();
  }

  *#spawn({ body, eager, after }: Extract<Statement, { op: "spawn" }>): Coroutine<unknown> {
    const task = createTask(this.start(body), { eagerStart: eager });
    if (after === "leave") return "left";
    if (after === "cancel") {
      yield* sleep(0);
      task.cancel();
    }
    try {
      return yield* task;
    } catch (error) {
      return `task: ${String(error)}`;
    }
  }

  *#runNested({ body }: Extract<Statement, { op: "nested" }>): Coroutine<unknown> {
    const loop = new VirtualTimeLoop();
    loop.setExceptionHandler((_loop, { message, exception }) => this.say(`handler: ${message} ${String(exception)}`));
    const nested = this.start(body);
    try {
      return loop.runUntilComplete(nested);
    } finally {
      closeCoroutine(nested);
      loop.close();
    }
  }
}

function describe(resume: () => IteratorResult<unknown, unknown>): string {
  try {
    const { done, value } = resume();
    return `${done === true ? "done" : "waits"} ${typeof value === "object" ? "for an object" : String(value)}`;
  } catch (error) {
    return String(error);
  }
}

const { body: anyBody } = fc.letrec<{ body: Body; statement: Statement }>((tie) => {
  const depth = { depthIdentifier: "program", maxDepth: 6, depthSize: "large" } as const;
  const body = tie("body");
  return {
    body: fc.record({ marked: fc.boolean(), statements: fc.array(tie("statement"), { minLength: 1, maxLength: 3 }) }),
    statement: fc.oneof(
      depth,
      { weight: 4, arbitrary: fc.record({ op: fc.constant("sleep"), seconds: fc.constantFrom(0, 1, 2) }) },
      { weight: 2, arbitrary: fc.record({ op: fc.constantFrom("pause", "share", "throw", "return") }) },
      {
        weight: 12,
        arbitrary: fc.record({
          op: fc.constant("call"),
          body,
          how: fc.constantFrom<How>(
            "awaited",
            "awaited",
            "awaited",
            "caught",
            "with a finally that waits",
            "overridden",
            "driven",
            "in a block",
            "started",
          ),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          op: fc.constant("byHand"),
          body,
          drives: fc.array(fc.constantFrom<Drive>("next", "next", "next", "throw", "return", "close"), {
            minLength: 1,
            maxLength: 4,
          }),
          through: fc.constantFrom("object", "iterator"),
          goesOn: fc.boolean(),
        }),
      },
      { weight: 1, arbitrary: fc.record({ op: fc.constant("forOf"), marked: fc.boolean(), limit: fc.nat(4) }) },
      {
        weight: 2,
        arbitrary: fc.record({
          op: fc.constant("spawn"),
          body,
          eager: fc.boolean(),
          after: fc.constantFrom("await", "cancel", "leave"),
        }),
      },
      { weight: 1, arbitrary: fc.record({ op: fc.constant("nested"), body }) },
    ) as fc.Arbitrary<Statement>,
  };
});

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
  wait("left")[Symbol.iterator]().next();
  runVirtual(
    (function* (): Coroutine {
      yield* wait("awaited");
    })(),
  );
  expect(log).toEqual(["awaited shared"]);
});
