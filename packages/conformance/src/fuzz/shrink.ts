import * as fc from "fast-check";
import { divergenceOf, type Divergence } from "./compare.ts";
import { anyProgram } from "./generate.ts";
import type { Library } from "./library.ts";
import { type Marking, markings } from "./marks.ts";
import type { Program } from "./program.ts";
import type { PythonSide } from "./python-side.ts";
import { reductions } from "./reduce.ts";

/** How long fast-check may look for a smaller program, in milliseconds. */
const patience = 15_000;

/** A small program that diverges with one of the markings, shrunk from the one of `seed`. */
export function shrink(
  seed: number,
  python: PythonSide,
  library: Library,
  marked: readonly Marking[] = markings,
): Divergence | undefined {
  const divergenceIn = (program: Program): Divergence | undefined =>
    divergenceOf(program, python, library, marked, seed);
  let smallest: Divergence | undefined;
  fc.check(
    fc.property(anyProgram, (program) => {
      const divergence = divergenceIn(program);
      if (divergence !== undefined) smallest = divergence;
      return divergence === undefined;
    }),
    { seed, numRuns: 1, plugins: [fc.interruptAfterTimeLimit(patience)] },
  );
  return smallest && reduce(smallest, divergenceIn);
}

/** Applies reductions as long as one of them still diverges. */
function reduce(from: Divergence, divergenceIn: (program: Program) => Divergence | undefined): Divergence {
  let smallest = from;
  for (;;) {
    const size = sizeOf(smallest.program);
    let next: Divergence | undefined;
    for (const program of reductions(smallest.program)) {
      if (sizeOf(program) < size) next = divergenceIn(program);
      if (next !== undefined) break;
    }
    if (next === undefined) return smallest;
    smallest = next;
  }
}

function sizeOf(program: Program): number {
  return JSON.stringify(program).length;
}
