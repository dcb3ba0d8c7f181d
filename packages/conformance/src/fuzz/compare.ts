import type { Library } from "./library.ts";
import { linesOf, type Program, type Trace } from "./program.ts";
import { runPort } from "./interpreter.ts";
import type { PythonSide } from "./python-side.ts";

/** A program that does not do the same on both sides. */
export interface Divergence {
  readonly program: Program;
  readonly python: Trace;
  readonly port: Trace;
}

/** Tells whether both traces are the same. */
export function isSameTrace(a: Trace, b: Trace): boolean {
  return linesOf(a).join("\n") === linesOf(b).join("\n");
}

/** Runs a program on both sides, and returns where they differ. */
export function divergenceOf(program: Program, python: PythonSide, library: Library): Divergence | undefined {
  const [trace] = python([program]);
  const { trace: port } = runPort(program, library);
  return trace === undefined || isSameTrace(trace, port) ? undefined : { program, python: trace, port };
}
