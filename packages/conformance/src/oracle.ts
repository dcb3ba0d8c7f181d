/**
 * The oracle: CPython 3.14 on a virtual clock, which shows what a program really does.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { loadPyodide, type PyodideAPI, version as pyodideVersion } from "pyodide";

/** The outcome of a program. */
export interface ProgramRun {
  readonly stdout: string;
  /**
   * With warnings and asyncio's reports, even those about objects that the program left behind; without the traceback.
   */
  readonly stderr: string;
  /**
   * The exit code of `python`: 1 after an uncaught exception, 130 after a KeyboardInterrupt, or the SystemExit's own.
   */
  readonly exitCode: number;
  /** The exception that ended the program, SystemExit included; absent when it reached its end. */
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
   * starts as in a new interpreter. A program that would wait forever ends with a `DeadlockError`; a program that is
   * busy forever without letting time pass ends with a `LivelockError`.
   */
  run(source: string, options?: RunOptions): ProgramRun;
}

interface RunOptions {
  /** The file name in the program's messages; `main.py` by default. */
  readonly filename?: string;
  /** How many tasks have a name like `Task-1` before the program begins; 0 by default. */
  readonly namedBefore?: number;
}

/** Starts CPython, or returns the one that this module has started already: programs do not affect each other. */
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
 * CPython takes two seconds to start, and each test file starts one. An image of its memory, taken when it is ready,
 * starts in a tenth of that. A cache keeps the image, and may be deleted at any time.
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
    // Renamed into place, so that a test file that starts meanwhile never reads half an image.
    const unfinished = new URL(`${image.href}.${process.pid}`);
    writeFileSync(unfinished, memory);
    renameSync(unfinished, image);
  } catch {
    // A read-only checkout works without the cache.
  }
}
