/** Writes the results of a whole run into `results/`. */

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import type { Growth } from "../growth/measure.ts";
import { findCPython } from "../ratios/cpython.ts";
import type { Measured } from "../ratios/rounds.ts";
import type { NodeBinary } from "../shared/node-binary.ts";

const folder = new URL("../../results/", import.meta.url);

/** Writes a file into `results/`. */
export function writeResult(name: string, text: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(name, folder), text);
}

/** The rows of a table of ratios, and the Node that ran them. */
export interface RatiosOnNode {
  readonly node: NodeBinary;
  readonly rows: readonly Measured[];
}

/** Returns all figures and the machine they are from, as JSON. The ratios are sorted by the version of the Node. */
export function resultsAsJson(ratios: readonly RatiosOnNode[], growth: readonly Growth[] = []): string {
  const nodes = ratios.map(({ node, rows }) => [node.version, Object.fromEntries(rows.map(figuresOf))] as const);
  const results = { ...surroundings(), ratios: Object.fromEntries(nodes), growth };
  return `${JSON.stringify(results, undefined, 2)}\n`;
}

function figuresOf({ row, outcomes }: Measured) {
  const { title, measures } = row.workload;
  return [row.name, { title, measures, systems: Object.fromEntries(outcomes) }] as const;
}

/** One sentence that names the place and the time. */
export function provenance({ version: node }: NodeBinary): string {
  const { date, machine, versions } = surroundings();
  const used = Object.entries({ Node: node, ...versions }).map(([name, version]) => `${name} ${version}`);
  return `${date}, on ${machine.cores} × ${machine.cpu}, with ${used.join(", ")}.`;
}

function surroundings() {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
    machine: {
      cpu: cpu?.model.trim() ?? "unknown",
      cores: cpus().length,
      memory: totalmem(),
      platform: `${process.platform} ${process.arch}`,
    },
    versions: {
      ...Object.fromEntries(["effect", "effection", "redux-saga", "co"].map((name) => [name, versionOf(name)])),
      CPython: findCPython()?.version ?? "none",
    },
  };
}

function commit(): string {
  try {
    const cwd = fileURLToPath(new URL("../..", import.meta.url));
    return execFileSync("git", ["describe", "--always", "--dirty", "--abbrev=12"], { cwd, encoding: "utf8" }).trim();
  } catch {
    return "unknown";
  }
}

/** Read as a file, since not every package exports its manifest. */
function versionOf(name: string): string {
  const manifest = readFileSync(new URL(`../../node_modules/${name}/package.json`, import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
