/** The files of `workloads/`, and their rows. */

import { readdirSync } from "node:fs";
import { basename, extname } from "node:path";
import type { Workload, Workloads } from "./workload.ts";

/** A line of the table: the name of a file, and of a variant if it has one. */
export interface Row {
  /** `spawn/trivial`; `switch` for the variant `""`. */
  readonly name: string;
  readonly file: string;
  readonly variant: string;
  readonly workload: Workload;
}

const folder = new URL("workloads/", import.meta.url);
// `.ts` here, `.js` in a build.
const extension = extname(import.meta.url);

/** The order of the files in the table. Others follow. */
const first = [
  "switch",
  "direct-await",
  "spawn",
  "task-group",
  "gather",
  "ping-pong",
  "queue",
  "lock",
  "semaphore",
  "cancel",
  "timeout",
  "sleepers",
  "promise",
  "memory",
  "chain",
];

/** Returns the names of all workload files. */
function workloadFiles(): string[] {
  const rank = (file: string) => first.indexOf(file);
  const files = readdirSync(folder).filter((name) => extname(name) === extension);
  const names = files.map((name) => basename(name, extension)).sort();
  const [known, others] = [true, false].map((isKnown) => names.filter((name) => first.includes(name) === isKnown));
  return [...(known ?? []).sort((a, b) => rank(a) - rank(b)), ...(others ?? [])];
}

/** Loads the rows of a file. */
export async function loadRows(file: string): Promise<Row[]> {
  const { workloads } = (await import(new URL(`${file}${extension}`, folder).href)) as { workloads: Workloads };
  return Object.entries(workloads).map(([variant, workload]) => {
    return { name: variant === "" ? file : `${file}/${variant}`, file, variant, workload };
  });
}

/**
 * Loads the requested rows: the name of a row, or of a file for all its rows; `switch/` is the row `switch` alone. No
 * name at all means every row.
 *
 * @throws {RangeError} if a name is neither a row's nor a file's; it lists the names.
 */
export async function selectRows(asked: readonly string[] | undefined): Promise<Row[]> {
  const files = workloadFiles();
  if (asked === undefined) return (await Promise.all(files.map(loadRows))).flat();
  const wanted = new Set(asked.map((name) => name.split("/")[0]));
  const rows = (await Promise.all(files.filter((file) => wanted.has(file)).map(loadRows))).flat();
  const names = ({ name, file, variant }: Row) => [name, file, `${file}/${variant}`];
  const unknown = asked.filter((name) => !rows.some((row) => names(row).includes(name)));
  if (unknown.length > 0) {
    const all = (await Promise.all(files.map(loadRows))).flat().map(({ name }) => name);
    throw new RangeError(`No workload is called ${unknown.join(", ")}. There are: ${all.join(", ")}.`);
  }
  return rows.filter((row) => asked.some((name) => names(row).includes(name)));
}
