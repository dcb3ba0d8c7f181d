/** CPython as one of the systems, where the machine has it. */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { lastLineOf } from "../shared/process.ts";
import type { Effort, Samples } from "../shared/sampling.ts";
import type { Row } from "./catalogue.ts";

const worker = fileURLToPath(new URL("worker.py", import.meta.url));

/** The newest first. A plain `python3` comes before all: the user has chosen it. */
const candidates = ["python3", "python3.14", "python3.13", "python3.12", "python3.11"];

export interface CPython {
  readonly command: string;
  readonly version: string;
}

/** Returns the CPython to measure (3.11 or later: it needs TaskGroup), or `undefined` if none is installed. */
export function findCPython(): CPython | undefined {
  const question = "import sys, platform; print(platform.python_version(), sys.implementation.name)";
  for (const command of candidates) {
    const { status, stdout } = spawnSync(command, ["-c", question], { encoding: "utf8" });
    const [version = "", name] = status === 0 ? stdout.trim().split(" ") : [];
    const [major = 0, minor = 0] = version.split(".").map(Number);
    if (name === "cpython" && major === 3 && minor >= 11) return { command, version };
  }
  return undefined;
}

/** Whether a workload has a CPython side. */
export function hasPythonSide({ file }: Row): boolean {
  return existsSync(pythonFile(file));
}

/** Measures a row in a process of CPython. */
export async function measureOnCPython({ command }: CPython, row: Row, effort: Effort): Promise<Samples> {
  const { file, variant, workload } = row;
  const { measures, operations, expected } = workload;
  const job = JSON.stringify({ file, variant, measures, operations, expected, effort });
  const { samples } = (await lastLineOf(command, [worker, job])) as { samples: Samples };
  return samples;
}

function pythonFile(file: string): string {
  return fileURLToPath(new URL(`workloads/${file}.py`, import.meta.url));
}
