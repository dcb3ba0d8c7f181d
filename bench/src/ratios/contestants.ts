/** The systems as the rounds see them: each measures a row in a fresh process. */

import type { NodeBinary } from "../shared/node-binary.ts";
import { lastLineOf } from "../shared/process.ts";
import type { Effort, Samples } from "../shared/sampling.ts";
import { systemNames, type SystemName } from "./systems.ts";
import type { Answer } from "./worker.ts";
import { Absent } from "./workload.ts";
import type { Row } from "./catalogue.ts";
import { findCPython, hasPythonSide, measureOnCPython, type CPython } from "./cpython.ts";

export interface Contestant {
  readonly name: string;
  /** Why it cannot do a row, or `undefined` if it can. */
  absent(row: Row): string | undefined;
  /** @throws {Absent} if this build of a library cannot do the row. */
  measure(row: Row, effort: Effort): Promise<Samples>;
}

/** The names that `--systems` knows. */
export const contestantNames: readonly string[] = [...systemNames, "cpython"];

/** What the Node processes run. */
export interface Built {
  readonly node: NodeBinary;
  /** The path of the worker's program. */
  readonly worker: string;
  /** The URL of our built umbrella package. */
  readonly library: string;
}

/** Returns a system that runs in Node. */
export function onNode(system: SystemName, { node, worker, library }: Built): Contestant {
  return {
    name: system,
    absent: ({ workload }) => (system in workload.systems ? undefined : (workload.absent?.[system] ?? "")),
    async measure({ file, variant }, effort) {
      const job = JSON.stringify({ file, variant, system, effort });
      const answer = (await lastLineOf(node.command, ["--expose-gc", worker, job], {
        YIELDSTAR_BUILD: library,
      })) as Answer;
      if ("absent" in answer) throw new Absent(answer.absent);
      return answer.samples;
    },
  };
}

/** Returns CPython, whether it is installed or not. */
export function onCPython(python: CPython | undefined = findCPython()): Contestant {
  return {
    name: "cpython",
    absent: (row) => {
      if (python === undefined) return "no python3";
      return hasPythonSide(row) ? row.workload.absent?.cpython : "";
    },
    async measure(row, effort) {
      if (python === undefined) throw new Error("no python3");
      return measureOnCPython(python, row, effort);
    },
  };
}
