/**
 * The oracle: CPython 3.14, run on a virtual clock, to say what a program really does.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { loadPyodide, type PyodideAPI, version as pyodideVersion } from "pyodide";

/** What a program did. */
export interface ProgramRun {
  readonly stdout: string;
  /** Warnings and asyncio's reports included, those for what the program left behind too; the traceback is not. */
  readonly stderr: string;
  /** As `python` would exit: 1 after an uncaught exception, 130 after a KeyboardInterrupt, or what SystemExit says. */
  readonly exitCode: number;
  /** What ended the program, SystemExit included; absent when it reached its end. */
  readonly exception?: UncaughtException;
}

interface UncaughtException {
  /** The class's name: `ValueError`. */
  readonly type: string;
  /** The traceback's last line: `ValueError: x`. */
  readonly text: string;
  readonly traceback: string;
}

/** A running CPython. */
export interface Oracle {
  /** `sys.version`. */
  readonly version: string;
  /**
   * Runs a program as `__main__` to its end, on a clock that starts at 0 and jumps to the next timer. Each program
   * starts as in a new interpreter. One that would wait forever ends with a `DeadlockError`, one that is busy forever
   * without letting time pass with a `LivelockError`.
   */
  run(source: string, options?: RunOptions): ProgramRun;
}

interface RunOptions {
  /** What the program's messages call it; `main.py` unless told otherwise. */
  readonly filename?: string;
  /** How many tasks have a name like `Task-1` before the program begins; 0 unless told otherwise. */
  readonly namedBefore?: number;
}

/** Starts CPython, or returns the one that this module has started: programs do not disturb each other. */
export function loadOracle(): Promise<Oracle> {
  loading ??= startPython().then(oracleOn);
  return loading;
}

let loading: Promise<Oracle> | undefined;

function oracleOn(python: PyodideAPI): Oracle {
  const runProgram = python.runPython("run_program") as (
    source: string,
    filename: string,
    namedBefore: number,
  ) => string;
  return {
    version: python.runPython("sys.version") as string,
    run(source, { filename = "main.py", namedBefore = 0 } = {}): ProgramRun {
      return JSON.parse(runProgram(source, filename, namedBefore)) as ProgramRun;
    },
  };
}

/**
 * Starting CPython takes two seconds, and each test file starts one. An image of its memory, taken when it is ready,
 * starts in a tenth of that; it is kept in a cache that may be deleted at any time.
 */
async function startPython(): Promise<PyodideAPI> {
  const setup = readFileSync(new URL("./oracle.py", import.meta.url), "utf8");
  const key = createHash("sha256").update(pyodideVersion).update(process.version).update(setup).digest("hex");
  const image = new URL(`./${key}.image`, imageFolder);
  try {
    return await loadPyodide({ _loadSnapshot: readFileSync(image) });
  } catch {
    // No image yet, or not one that this Pyodide can read.
  }
  // The hash seed is fixed, so that sets of strings have one order on every run.
  const python = await loadPyodide({ env: { PYTHONHASHSEED: "0" }, _makeSnapshot: true });
  python.runPython(setup);
  keepImage(image, python.makeMemorySnapshot());
  return python;
}

const imageFolder = new URL("../node_modules/.cache/oracle/", import.meta.url);

function keepImage(image: URL, memory: Uint8Array): void {
  try {
    rmSync(imageFolder, { recursive: true, force: true });
    mkdirSync(imageFolder, { recursive: true });
    // Renamed into place, so that a test file which starts meanwhile never reads half an image.
    const unfinished = new URL(`${image.href}.${process.pid}`);
    writeFileSync(unfinished, memory);
    renameSync(unfinished, image);
  } catch {
    // A read-only checkout works without.
  }
}
