/**
 * The statements about CPython's behaviour that the tests pin, by their codes: `RQ-01` and so on.
 *
 * @module
 */

import { readdirSync, readFileSync } from "node:fs";

interface Section {
  /** The folder of its tests, in `test/statements`. */
  readonly folder: string;
  readonly title: string;
  readonly count: number;
}

/** The sections that are covered, and how many statements each has. */
const sections: Readonly<Record<string, Section>> = {
  RQ: { folder: "ready-queue", title: "Ready queue, iteration order, timers, life of the loop", count: 42 },
  FU: { folder: "futures", title: "Future", count: 22 },
  TK: { folder: "tasks", title: "Task: construction, stepping, bad yields, special exceptions", count: 26 },
  CX: { folder: "cancellation", title: "Cancellation", count: 37 },
  TG: { folder: "task-group", title: "TaskGroup", count: 47 },
  TO: { folder: "timeout", title: "timeout, timeoutAt", count: 27 },
  WF: { folder: "wait-for", title: "waitFor", count: 10 },
  GA: { folder: "gather", title: "gather", count: 19 },
  WT: { folder: "wait", title: "wait", count: 8 },
  AC: { folder: "as-completed", title: "asCompleted", count: 8 },
  SH: { folder: "shield", title: "shield", count: 8 },
  EF: { folder: "ensure-future", title: "ensureFuture, threads", count: 5 },
  LK: { folder: "lock", title: "Lock, and being bound to a loop", count: 11 },
  EV: { folder: "event", title: "Event", count: 2 },
  CN: { folder: "condition", title: "Condition", count: 7 },
  SM: { folder: "semaphore", title: "Semaphore, BoundedSemaphore", count: 7 },
  BR: { folder: "barrier", title: "Barrier", count: 7 },
  QU: { folder: "queue", title: "Queue, PriorityQueue, LifoQueue", count: 15 },
  RN: { folder: "runner", title: "Runner, run", count: 13 },
  EA: { folder: "eager-tasks", title: "Eager tasks, task factories", count: 12 },
  DB: { folder: "debug-mode", title: "Debug mode", count: 6 },
  AG: { folder: "async-generators", title: "Async generators, contextlib, coroutine objects", count: 14 },
  CV: { folder: "context-variables", title: "Context variables", count: 12 },
  EH: { folder: "exception-handler", title: "Exception handler, exceptions never retrieved", count: 8 },
  EG: { folder: "exception-groups", title: "Exception groups, except*", count: 6 },
};

/** Why a statement has no test. */
const notTested: Readonly<Record<string, string>> = {
  "FU-11": "not expressible: JavaScript has no StopIteration; the end of a generator is not an exception",
  "FU-21": "not expressible: a JavaScript constructor cannot run on an object that exists",
  "FU-22": "not expressible: JavaScript has no futures of threads; `fromPromise` takes their place",
  "EF-03": "not expressible: JavaScript threads cannot share a loop",
  "EF-04": "not expressible: threads are workers, which share no object that a context could hold",
  "EF-05": "not expressible: threads are workers, which the program can end",
  "DB-02": "not expressible: no second thread can call the loop",
  "DB-06": "not expressible: JavaScript reports no generator that a program drops",
  "AG-13": "not expressible: a plain generator cannot tell that it runs elsewhere, or has ended",
  "TG-38": "not in 3.14: TaskGroup.cancel() is new in 3.15",
  "TG-39": "not in 3.14: TaskGroup.cancel() is new in 3.15",
  "TG-40": "not in 3.14: TaskGroup.cancel() is new in 3.15",
  "TG-41": "not in 3.14: a bare GeneratorExit is new in 3.15",
  "TG-42": "not in 3.14: TaskGroup.cancel() is new in 3.15",
};

const testFolder = new URL("../test/statements/", import.meta.url);

function testsIn(folder: URL): string[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".test.ts"));
  return files.sort().map((name) => readFileSync(new URL(name, folder), "utf8"));
}

/** The titles of the tests of each statement. */
function titlesByStatement(): Map<string, string[]> {
  const titles = new Map<string, string[]>();
  for (const text of Object.values(sections).flatMap(({ folder }) => testsIn(new URL(`${folder}/`, testFolder)))) {
    for (const [, , title = ""] of text.matchAll(/\bit(?:\.each\([^)]*\))?\(\s*(["'`])([A-Z]{2}-\d{2}.*?)\1,/gs)) {
      const [codes = ""] = /^[A-Z]{2}-\d{2}(?:, [A-Z]{2}-\d{2})*/.exec(title) ?? [];
      for (const code of codes.split(", ")) titles.set(code, [...(titles.get(code) ?? []), title]);
    }
  }
  return titles;
}

/** One statement, and how it is pinned. */
interface Row {
  readonly code: string;
  readonly titles: readonly string[];
  readonly reason: string | undefined;
}

function rowsOf(section: string, count: number, titles: ReadonlyMap<string, string[]>): Row[] {
  return Array.from({ length: count }, (_, index) => {
    const code = `${section}-${String(index + 1).padStart(2, "0")}`;
    return { code, titles: titles.get(code) ?? [], reason: notTested[code] };
  });
}

/** The statements that have neither a test nor a reason, and those that have both. */
export function unaccounted(): string[] {
  const titles = titlesByStatement();
  return Object.entries(sections).flatMap(([section, { count }]) =>
    rowsOf(section, count, titles)
      .filter((row) => row.titles.length > 0 === (row.reason !== undefined))
      .map(({ code }) => code),
  );
}

/** The table of all statements, as Markdown. */
export function statementTable(): string {
  const titles = titlesByStatement();
  let tested = 0;
  let excluded = 0;
  const parts = Object.entries(sections).map(([section, { folder, title, count }]) => {
    const rows = rowsOf(section, count, titles);
    excluded += rows.filter((row) => row.reason !== undefined).length;
    tested += rows.filter((row) => row.titles.length > 0).length;
    const link = `[test/statements/${folder}](test/statements/${folder})`;
    return `## ${section}: ${title}\n\n${link}\n\n| statement | pinned by |\n| --- | --- |\n${rows.map(formatRow).join("\n")}\n`;
  });
  const head = [
    "# Statements about CPython, and the tests that pin them",
    "Each statement is a fact about CPython 3.14 that ports get wrong. Its tests are in `test/statements`; most of them run",
    "the same program on CPython and on Yieldstar. Written by `npm run tables`: do not edit.",
    `**${tested + excluded} statements: ${tested} tested, ${excluded} without a test, for the reason given.**`,
  ];
  return `${head[0]}\n\n${head[1]}\n${head[2]}\n\n${head[3]}\n\n${parts.join("\n")}`;
}

function formatRow({ code, titles, reason }: Row): string {
  const tests = titles.map((title) => title.replace(/^[A-Z]{2}-\d{2}(?:, [A-Z]{2}-\d{2})*:? /, "")).join("<br>");
  const text = reason ?? (tests === "" ? "**nothing yet**" : tests);
  return `| ${code} | ${text.replaceAll("|", "\\|")} |`;
}
