import * as fc from "fast-check";
import { divergenceOf, type Divergence } from "./compare.ts";
import { anyProgram } from "./generate.ts";
import type { Library } from "./library.ts";
import type { Program } from "./program.ts";
import type { PythonSide } from "./python-side.ts";
import { reductions } from "./reduce.ts";

/** How long fast-check may look for a smaller program, in milliseconds. */
const patience = 15_000;

/** A small program that diverges, shrunk from the one of `seed`. */
export function shrink(seed: number, python: PythonSide, library: Library): Divergence | undefined {
  let smallest: Divergence | undefined;
  fc.check(
    fc.property(anyProgram, (program) => {
      const divergence = divergenceOf(program, python, library);
      if (divergence !== undefined) smallest = divergence;
      return divergence === undefined;
    }),
    { seed, numRuns: 1, plugins: [fc.interruptAfterTimeLimit(patience)] },
  );
  return smallest && reduce(smallest, python, library);
}

/** Applies reductions as long as one of them still diverges. */
function reduce(from: Divergence, python: PythonSide, library: Library): Divergence {
  let smallest = from;
  for (;;) {
    const size = sizeOf(smallest.program);
    let next: Divergence | undefined;
    for (const program of reductions(smallest.program)) {
      if (sizeOf(program) < size) next = divergenceOf(program, python, library);
      if (next !== undefined) break;
    }
    if (next === undefined) return smallest;
    smallest = next;
  }
}

function sizeOf(program: Program): number {
  return JSON.stringify(program).length;
}
