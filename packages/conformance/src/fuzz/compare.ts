import type { Library } from "./library.ts";
import { linesOf, type Program, type Trace } from "./program.ts";
import { runPort } from "./interpreter.ts";
import type { PythonSide } from "./python-side.ts";

/** Returns whether a program cancelled a circle of futures that await each other, for example through a gathering. */
export function isEndlessRecursion({ events, tasks }: Trace): boolean {
  return [...events, ...tasks].some((line) => line.includes("Maximum call stack size exceeded"));
}

/** A program that behaves differently on the two sides. */
export interface Divergence {
  readonly program: Program;
  readonly python: Trace;
  readonly port: Trace;
}

/** Returns whether both traces are the same. */
export function isSameTrace(a: Trace, b: Trace): boolean {
  return linesOf(a).join("\n") === linesOf(b).join("\n");
}

/** Runs a program on both sides, and returns where they differ. */
export function divergenceOf(program: Program, python: PythonSide, library: Library): Divergence | undefined {
  const { trace: port } = runPort(program, library);
  if (isEndlessRecursion(port)) return undefined;
  const [trace] = python([program]);
  return trace === undefined || isSameTrace(trace, port) ? undefined : { program, python: trace, port };
}
