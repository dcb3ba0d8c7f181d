/**
 * Compares a Python snippet, run by the oracle, with its port, run on a virtual clock: both must print the same. For
 * the tests of single statements about Python.
 *
 * @module
 */

import type { Coroutine } from "@yieldstar/loop";
import { runVirtual, VirtualTimeLoop } from "@yieldstar/testing";
import { loadOracle } from "./oracle.ts";
import { repr, str } from "./python-text.ts";
import { expectSameTranscript } from "./transcript.ts";

/** Prints a line as Python's `print` would. */
export type Print = (...values: readonly unknown[]) => void;

/**
 * Asserts that both sides print the same lines, at least one, and that both end well.
 *
 * @param python Defines `async def main()`, which is run. It can use `asyncio`, `contextvars` and `t()`, the loop's
 *   time.
 */
export async function same(python: string, port: (print: Print) => Coroutine<unknown>): Promise<void> {
  await compare(`${dedent(python)}\nasyncio.run(main())\n`, (print) => {
    runVirtual(port(print));
  });
}

/** Like `same`, for programs that may end with an exception: both sides print `uncaught ValueError('x')` then. */
export async function sameUncaught(python: string, port: (print: Print) => Coroutine<unknown>): Promise<void> {
  await compare(`${dedent(python)}\n${runMainAndPrintUncaught}`, (print) => {
    try {
      runVirtual(port(print));
    } catch (error) {
      print("uncaught", repr(error));
    }
  });
}

/** Like `same`, for a script that makes and drives loops itself, with `asyncio.new_event_loop()` and `newLoop()`. */
export async function sameScript(
  python: string,
  port: (print: Print, newLoop: () => VirtualTimeLoop) => void,
): Promise<void> {
  await compare(dedent(python), (print) => {
    port(print, () => new VirtualTimeLoop());
  });
}

const runMainAndPrintUncaught = `
try:
    asyncio.run(main())
except BaseException as error:
    print("uncaught", repr(error))
`;

/**
 * On one line, so that a traceback's line numbers are off by only one. Whole floats print as integers, as in
 * JavaScript.
 */
const prelude = [
  "import asyncio, contextvars",
  "t = lambda: asyncio.get_running_loop().time()",
  "print = lambda *values, print=print: print(*[int(v) if isinstance(v, float) and v.is_integer() else v for v in values])",
].join("; ");

async function compare(python: string, port: (print: Print) => void): Promise<void> {
  const oracle = await loadOracle();
  const { stdout, stderr, exception } = oracle.run(`${prelude}\n${python}`, {
    filename: "statement.py",
    namedBefore: countNamedTasks(),
  });
  if (exception) throw new Error(`the Python side failed\n\n${stdout}${stderr}${exception.traceback}`);
  if (stdout === "") throw new Error("the Python side prints nothing, so there is nothing to compare");
  let printed = "";
  port((...values) => {
    printed += `${values.map(str).join(" ")}\n`;
  });
  expectSameTranscript("a statement", stdout, printed);
}

/** How many task names we have counted: Python counts on from there, and so both sides print the same names. */
function countNamedTasks(): number {
  const loop = new VirtualTimeLoop();
  const task = loop.createTask((function* (): Coroutine {})());
  loop.runUntilComplete(task);
  loop.close();
  return Number(task.getName().replace("Task-", ""));
}

/** Removes the indentation that all lines share: a test indents its snippet. */
function dedent(text: string): string {
  const indents = text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.search(/\S/)]));
  return text.replaceAll(new RegExp(`^ {${Math.min(...indents)}}`, "gm"), "");
}
