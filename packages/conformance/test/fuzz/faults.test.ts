import { afterAll, describe, expect, it } from "vitest";
import { isSameTrace } from "../../src/fuzz/compare.ts";
import { programOf, seedOf } from "../../src/fuzz/generate.ts";
import { runPort } from "../../src/fuzz/interpreter.ts";
import type { Library } from "../../src/fuzz/library.ts";
import type { Marking } from "../../src/fuzz/marks.ts";
import { ours } from "../../src/fuzz/ours.ts";
import type { Program, Trace } from "../../src/fuzz/program.ts";
import { loadPythonSide, type PythonSide } from "../../src/fuzz/python-side.ts";
import { faults } from "./faults.ts";
import { discardCopies, loadWith } from "./mutants.ts";

const seed = 2026;
const programs = 2000;
const batchSize = 100;

interface Judged {
  readonly program: Program;
  readonly trace: Trace;
}

const judged: Judged[] = [];

/** Yields programs of the fixed seed with CPython's traces, which are computed once for all faults. */
function* judge(python: PythonSide): Generator<Judged> {
  for (let index = 0; index < programs; index += 1) {
    if (index === judged.length) judgeMore(python);
    yield judged[index] as Judged;
  }
}

function judgeMore(python: PythonSide): void {
  const batch = Array.from({ length: batchSize }, (_, index) => programOf(seedOf(seed, judged.length + index)));
  for (const [index, trace] of python(batch).entries()) judged.push({ program: batch[index] as Program, trace });
}

/** The number of the first program that shows a fault, and behaves as on CPython without it. */
function findIn(library: Library, marking: Marking, python: PythonSide): number | undefined {
  let number = 0;
  for (const { program, trace } of judge(python)) {
    const isShown = (on: Library): boolean => !isSameTrace(trace, runPort(program, on, marking, number).trace);
    if (isShown(library) && !isShown(ours)) return number;
    number += 1;
  }
  return undefined;
}

afterAll(discardCopies, 60_000);

describe("the fixed seed finds the fault when", () => {
  it.each(faults)("$name", async (fault) => {
    const [python, library] = await Promise.all([loadPythonSide(), loadWith(fault)]);
    expect(findIn(library, fault.marking ?? "none", python)).toBeTypeOf("number");
  });
});
