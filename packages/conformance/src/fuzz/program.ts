/**
 * The language of the random programs: a tree of plain JSON. A Python interpreter runs it on asyncio, a TypeScript
 * interpreter runs it on our packages, and two printers turn it into the programs that a person would read.
 *
 * All objects that a program shares have fixed names. The letter says the kind: tasks `T`, futures `F`, handles `H`,
 * task groups `G`, deadlines `D`, async generators `A`; locks `L`, events `E`, conditions `C`, semaphores `S` (bounded:
 * `B`), barriers `R`, queues `Q` (priority: `P`, last in first out: `K`). `me` is the current task, `main` the first.
 *
 * @module
 */

/** A program. */
export interface Program {
  /** Whether `main` sets the eager task factory first. */
  readonly eager: boolean;
  readonly main: Block;
}

export type Block = readonly Statement[];

/** A class that is raised, or caught, by its name in Python. */
export type ErrorClassName =
  | "BaseException"
  | "BaseExceptionGroup"
  | "CancelledError"
  | "Exception"
  | "ExceptionGroup"
  | "KeyboardInterrupt"
  | "Oops"
  | "RuntimeError"
  | "SystemExit"
  | "TimeoutError"
  | "ValueError"
  | "Worse";

/** A description of an error: of a class, with a message, or a group of others. */
export type ErrorSpec =
  | { readonly type: Exclude<ErrorClassName, `${string}Group` | "BaseException" | "Exception">; readonly text: string }
  | { readonly type: "BaseExceptionGroup"; readonly text: string; readonly members: readonly ErrorSpec[] };

export interface Handler {
  readonly on: ErrorClassName;
  readonly body: Block;
}

/** An argument of a method: a plain value, or the description of an error. */
export type Argument = string | number | boolean | null | { readonly error: ErrorSpec };

/** The description of an awaitable. */
export type What =
  | { readonly aw: "name"; readonly name: string }
  | { readonly aw: "body"; readonly body: Block }
  | { readonly aw: "sleep"; readonly seconds: number; readonly value: number }
  | { readonly aw: "shield"; readonly of: What }
  | { readonly aw: "gather"; readonly of: readonly What[]; readonly returnExceptions: boolean }
  | { readonly aw: "waitFor"; readonly of: What; readonly seconds: number | null }
  | { readonly aw: "call"; readonly on: string; readonly method: string; readonly args: readonly Argument[] };

export type Policy = "ALL_COMPLETED" | "FIRST_COMPLETED" | "FIRST_EXCEPTION";

/** Statements that do not wait. Callbacks hold only these. */
export type SyncStatement =
  | { readonly op: "say"; readonly value: number }
  | { readonly op: "call"; readonly on: string; readonly method: string; readonly args: readonly Argument[] }
  | { readonly op: "raise"; readonly error: ErrorSpec; readonly chained: boolean }
  | { readonly op: "reraise" }
  | { readonly op: "return"; readonly value: number }
  | {
      readonly op: "spawn";
      readonly task: string;
      readonly body: Block;
      readonly named: boolean;
      /** `null` leaves the choice to the factory. */
      readonly eager: boolean | null;
      readonly context: "copy" | "given" | "shared";
      /** The group that makes it; `null` for the loop, which also makes it if there is no such group yet. */
      readonly group: string | null;
    }
  | { readonly op: "reschedule"; readonly deadline: string; readonly seconds: number | null }
  | { readonly op: "addCallback"; readonly on: string; readonly id: number; readonly body: readonly SyncStatement[] }
  | { readonly op: "removeCallback"; readonly on: string; readonly id: number }
  | {
      readonly op: "schedule";
      readonly handle: string;
      readonly how: "at" | "later" | "soon";
      readonly seconds: number;
      readonly body: readonly SyncStatement[];
    }
  | { readonly op: "storm"; readonly timers: number; readonly keep: number }
  | { readonly op: "setVariable"; readonly value: number }
  | { readonly op: "getVariable" }
  | { readonly op: "resetVariable" }
  | {
      readonly op: "generator";
      readonly generator: string;
      readonly body: readonly GeneratorItem[];
      readonly handler: { readonly on: ErrorClassName; readonly body: readonly GeneratorItem[] } | null;
      readonly final: readonly GeneratorItem[] | null;
    };

/** The items of an async generator's body: statements, and yielded values. */
export type GeneratorItem = Statement | { readonly op: "emit"; readonly value: number };

export type Statement =
  | SyncStatement
  | { readonly op: "pause" }
  | { readonly op: "sleep"; readonly seconds: number }
  | { readonly op: "await"; readonly what: What }
  | { readonly op: "repeat"; readonly times: number; readonly body: Block }
  | {
      readonly op: "try";
      readonly body: Block;
      readonly handlers: readonly Handler[];
      readonly orelse: Block | null;
      readonly final: Block | null;
    }
  | { readonly op: "tryStar"; readonly body: Block; readonly handlers: readonly Handler[] }
  | { readonly op: "group"; readonly group: string; readonly body: Block }
  | {
      readonly op: "timeout";
      readonly deadline: string;
      readonly how: "at" | "delay";
      readonly seconds: number | null;
      readonly body: Block;
    }
  | { readonly op: "with"; readonly on: string; readonly body: Block }
  | {
      readonly op: "forEach";
      readonly generator: string;
      readonly limit: number;
      readonly closing: boolean;
      readonly body: Block;
    }
  | { readonly op: "wait"; readonly on: readonly string[]; readonly policy: Policy; readonly timeout: number | null }
  | {
      readonly op: "asCompleted";
      readonly of: readonly What[];
      readonly style: "async" | "plain";
      readonly timeout: number | null;
      readonly limit: number;
    };

/** The record of a run: it is the same on both sides, or one side is wrong. */
export interface Trace {
  /** All events in their order: `0.5 Task-2: got 1`. */
  readonly events: readonly string[];
  /** Reports that CPython makes when it collects objects, and we make when the loop closes; sorted. */
  readonly reports: readonly string[];
  /** How each task ended. */
  readonly tasks: readonly string[];
  /** Whether CPython would recurse without end. */
  readonly recursesWithoutEnd?: boolean;
}

/**
 * A trace as lines, to be compared and shown.
 *
 * If tasks are left pending, CPython's collector closes their coroutines, and during that their task groups cancel
 * their tasks once more: so it is chance whether an exception counts as retrieved.
 */
export function linesOf({ events, reports, tasks }: Trace): string[] {
  const isLeftPending = tasks.some((task) => task.includes(" pending cancelling="));
  const compared = isLeftPending ? reports.filter((report) => !report.includes("was never retrieved")) : reports;
  return [...events, "-- reports", ...compared, "-- tasks", ...tasks];
}
