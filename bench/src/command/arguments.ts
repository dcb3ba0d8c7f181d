/** The arguments of `npm run bench`. */

import { parseArgs } from "node:util";
import { majors } from "../../../.ci/nodes.mjs";
import { contestantNames } from "../ratios/contestants.ts";

export const usage = `Usage: npm run bench -- [options]

Measures every workload on every system, and writes the tables and the picture into bench/results.

  --only NAMES      only these workloads ("switch", "spawn/trivial"); writes no files
  --systems NAMES   only these systems: ${contestantNames.join(", ")}
  --processes N     N processes for each system of each row; 5 by default
  --node VERSIONS   runs what is measured on these Nodes, one after the other: ${majors.join(", ")}
  --quick           fewer and shorter processes; writes no files
  --against REV     compares the working tree with a commit (or with another checkout's folder), in interleaved pairs
  --growth          only how time and memory grow from a thousand to a million tasks
  --fairness        only how long the rest of the host waits for our loop
  --json FILE       writes the figure of every process into a file
  -h, --help        shows this help

NAMES and VERSIONS are separated by commas.`;

const options = {
  only: { type: "string" },
  systems: { type: "string" },
  processes: { type: "string" },
  node: { type: "string" },
  quick: { type: "boolean", default: false },
  against: { type: "string" },
  growth: { type: "boolean", default: false },
  fairness: { type: "boolean", default: false },
  json: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** The arguments, checked. */
export interface Wishes {
  readonly only: readonly string[] | undefined;
  readonly systems: readonly string[];
  readonly isEverySystem: boolean;
  readonly processes: number;
  /** Major versions; `undefined` for the current Node. */
  readonly nodes: readonly string[] | undefined;
  readonly quick: boolean;
  readonly against: string | undefined;
  readonly growth: boolean;
  readonly fairness: boolean;
  readonly json: string | undefined;
  readonly help: boolean;
}

/** An argument that is unknown or invalid; its message is for the user. */
export class UsageError extends Error {}

/** @throws {UsageError} if the arguments do not follow `usage`. The names of workloads are not checked here. */
export function readArguments(args: readonly string[]): Wishes {
  const values = parse(args);
  const systems = namesOf(values.systems) ?? contestantNames;
  const unknown = systems.filter((name) => !contestantNames.includes(name));
  if (unknown.length > 0) {
    throw new UsageError(`No system is called ${unknown.join(", ")}. There are: ${contestantNames.join(", ")}.`);
  }
  const processes = Number(values.processes ?? (values.quick ? 1 : 5));
  if (!Number.isInteger(processes) || processes < 1) {
    throw new UsageError(`--processes takes a whole number from 1, not "${values.processes}".`);
  }
  const { quick, against, growth, fairness, json, help } = values;
  const isEverySystem = contestantNames.every((name) => systems.includes(name));
  const only = namesOf(values.only);
  const nodes = nodesOf(values.node);
  return { only, systems, isEverySystem, processes, nodes, quick, against, growth, fairness, json, help };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${usage}`);
  }
}

function nodesOf(list: string | undefined): string[] | undefined {
  const names = namesOf(list);
  if (names?.length === 0 || names?.some((name) => !majors.includes(name)) === true) {
    throw new UsageError(`--node takes ${majors.join(", ")}, or several of them with commas, not "${list}".`);
  }
  return names && [...new Set(names)];
}

function namesOf(list: string | undefined): string[] | undefined {
  const names = list?.split(",").map((name) => name.trim());
  return names?.filter((name) => name !== "");
}
