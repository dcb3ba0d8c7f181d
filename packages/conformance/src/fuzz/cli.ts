/**
 * `npm run fuzz`: runs random programs on CPython and on our packages, until it is stopped.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { version as pyodideVersion } from "pyodide";
import { loadOracle } from "../oracle.ts";
import { campaign, type Tally } from "./campaign.ts";
import { divergenceOf } from "./compare.ts";
import { features } from "./features.ts";
import { programOf, seedOf } from "./generate.ts";
import { type Marking, markings } from "./marks.ts";
import { ours } from "./ours.ts";
import { loadPythonSide, type PythonSide } from "./python-side.ts";
import { figuresOf, writeReport } from "./report.ts";
import { show } from "./show.ts";
import { shrink } from "./shrink.ts";

const usage = `usage: npm run fuzz -- [options]

  --programs N  stop after N programs
  --seconds S   stop after S seconds
  --seed K      the seed of the programs; 1 by default
  --marks M     marks the functions of each program: none, all or half; one after the other by default
  --only N      run only program number N, and show it, shrunk if it diverges
  --shown N     shrink and show at most N divergences; 3 by default
  --report      write the figures to FUZZ.md`;

const options = {
  programs: { type: "string", default: "Infinity" },
  seconds: { type: "string", default: "Infinity" },
  seed: { type: "string", default: "1" },
  marks: { type: "string" },
  only: { type: "string" },
  shown: { type: "string", default: "3" },
  report: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

interface Wishes {
  readonly programs: number;
  readonly seconds: number;
  readonly seed: number;
  readonly marked: readonly Marking[];
  readonly shown: number;
  readonly report: boolean;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options });
  const { help, only, report } = values;
  if (help) {
    console.log(usage);
    return;
  }
  const [programs, seconds, seed, shown] = [values.programs, values.seconds, values.seed, values.shown].map(Number);
  if ([programs, seconds, seed, shown].some((each) => each === undefined || Number.isNaN(each))) {
    throw new Error(usage);
  }
  const marked = markings.filter((marking) => values.marks === undefined || values.marks === marking);
  if (marked.length === 0) throw new Error(usage);
  const wishes = { programs, seconds, seed, marked, shown, report } as Wishes;
  const python = await loadPythonSide();
  if (only === undefined) await fuzz(python, wishes);
  else showOne(python, seedOf(wishes.seed, Number(only)), marked);
}

async function fuzz(python: PythonSide, { programs, seconds, seed, marked, shown, report }: Wishes): Promise<void> {
  let isStopped = false;
  process.once("SIGINT", () => {
    isStopped = true;
  });
  const begin = performance.now();
  let last: Tally | undefined;
  let seen = 0;
  for (const tally of campaign({ seed, programs, python, library: ours, marked })) {
    last = tally;
    for (; seen < tally.divergent.length; seen += 1) {
      const index = tally.divergent[seen] as number;
      process.stderr.write(`\rprogram ${index} of seed ${seed} diverges${" ".repeat(60)}\n`);
      if (seen < shown) showOne(python, seedOf(seed, index), marked);
    }
    process.stderr.write(`\r${progress(tally, (performance.now() - begin) / 1000)}   `);
    // A SIGINT is delivered between turns only.
    await new Promise((resolve) => setImmediate(resolve));
    if (isStopped || performance.now() - begin > seconds * 1000) break;
  }
  process.stderr.write("\n");
  if (last === undefined) return;
  const { version } = await loadOracle();
  const versions = {
    CPython: version.split(" ")[0] ?? version,
    Pyodide: pyodideVersion,
    Node: process.versions.node,
  };
  const figures = figuresOf(last, versions, seed);
  if (report) writeReport(figures);
  else console.log(figures);
  process.exitCode = last.divergent.length === 0 ? 0 : 1;
}

function progress({ programs, divergent, features: reached }: Tally, seconds: number): string {
  const names = Object.keys(features);
  const count = names.filter((name) => reached.has(name)).length;
  const rate = Math.round(programs / seconds);
  return `${programs} programs, ${divergent.length} divergences, ${count} of ${names.length} features, ${rate} a second`;
}

/** Shows a program, shrunk if it diverges. */
function showOne(python: PythonSide, seed: number, marked: readonly Marking[]): void {
  const divergence = shrink(seed, python, ours, marked) ?? divergenceOf(programOf(seed), python, ours, marked, seed);
  console.log(divergence === undefined ? "both sides do the same" : show(divergence));
}

await main();
