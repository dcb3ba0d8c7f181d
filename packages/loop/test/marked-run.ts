import {
  asyncWith,
  closeCoroutine,
  type Coroutine,
  coroutine,
  createTask,
  type Suspension,
  sleep,
} from "@yieldstar/loop";
import { VirtualTimeLoop } from "@yieldstar/testing";
import type { Awaited, Body, Statement } from "./marked-programs.ts";

/** Which functions of a program are marked. */
export type Marking = "none" | "some" | "all";

/** The step of all suspensions of `Shared`. */
export const sharedStep = Object.freeze({ done: false, value: undefined } as const);

/** An awaitable written by hand: it gives up one iteration. */
export class Shared {
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
export class Run {
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

export function describe(resume: () => IteratorResult<unknown, unknown>): string {
  try {
    const { done, value } = resume();
    return `${done === true ? "done" : "waits"} ${typeof value === "object" ? "for an object" : String(value)}`;
  } catch (error) {
    return String(error);
  }
}
