import type { Library } from "./library.ts";
import { linesOf, type Program, type Trace } from "./program.ts";
import { runPort } from "./interpreter.ts";
import { type Marking, markings } from "./marks.ts";
import type { PythonSide } from "./python-side.ts";

/** Returns whether a program cancelled a circle of futures that await each other, for example through a gathering. */
export function isEndlessRecursion({ events, tasks, recursesWithoutEnd }: Trace): boolean {
  if (recursesWithoutEnd !== undefined) return recursesWithoutEnd;
  return [...events, ...tasks].some((line) => line.includes("Maximum call stack size exceeded"));
}

/** A program that behaves differently on the two sides. */
export interface Divergence {
  readonly program: Program;
  readonly marking: Marking;
  readonly python: Trace;
  readonly port: Trace;
}

/** Returns whether both traces are the same. */
export function isSameTrace(a: Trace, b: Trace): boolean {
  return linesOf(a).join("\n") === linesOf(b).join("\n");
}

/**
 * Runs a program on both sides, with each of the markings, and returns where they differ first.
 *
 * @param seed - for the marking `half`
 */
export function divergenceOf(
  program: Program,
  python: PythonSide,
  library: Library,
  marked: readonly Marking[] = markings,
  seed = 0,
): Divergence | undefined {
  const ports = marked.map((marking) => ({ marking, port: runPort(program, library, marking, seed).trace }));
  if (ports.some(({ port }) => isEndlessRecursion(port))) return undefined;
  const [trace] = python([program]);
  if (trace === undefined || isEndlessRecursion(trace)) return undefined;
  const found = ports.find(({ port }) => !isSameTrace(trace, port));
  return found && { program, python: trace, ...found };
}
