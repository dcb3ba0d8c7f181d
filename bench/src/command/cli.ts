/**
 * `npm run bench`: see `usage` in `arguments.ts`.
 *
 * @module
 */

import { writeFileSync } from "node:fs";
import { comparisons } from "../growth/comparisons.ts";
import { growsTooFast } from "../growth/report.ts";
import { growthRows, selectGrowthRows } from "../growth/rows.ts";
import { selectRows } from "../ratios/catalogue.ts";
import { picture } from "../ratios/picture.ts";
import type { Measured } from "../ratios/rounds.ts";
import { readArguments, usage, UsageError, type Wishes } from "./arguments.ts";
import { temporaryFolder } from "./build.ts";
import { provenance, resultsAsJson, writeResult } from "./results.ts";
import { Tables } from "./tables.ts";

const growthNames = [...Object.keys(growthRows), ...Object.keys(comparisons)];

/** Runs the requested measurements, and returns the exit code. */
async function bench(wishes: Wishes): Promise<0 | 1> {
  if (wishes.growth) return growth(wishes);
  if (wishes.fairness) return fairness(new Tables(wishes, temporaryFolder()));
  const rows = await selectRows(wishes.only);
  const tables = new Tables(wishes, temporaryFolder());
  const { against } = wishes;
  const ratios = against === undefined ? await tables.ratios(rows) : await tables.against(rows, against);
  print(ratios);
  const json = resultsAsJson(ratios.rows);
  if (wishes.json !== undefined) writeFileSync(wishes.json, json);
  if (!isWhole(wishes)) return hasFailed(ratios.rows) ? 1 : 0;

  const keep = wishes.quick ? () => {} : writeResult;
  keep("ratios.md", page("The cost of an operation", ratios.report));
  keep("ratios.svg", picture(ratios.rows));
  keep("latest.json", json);
  const grown = await tables.growth(growthNames);
  console.log();
  print(grown);
  if (!wishes.quick) keepGrowth(grown.report);
  keep("latest.json", resultsAsJson(ratios.rows, grown.rows));
  const unfair = await fairness(tables);
  return hasFailed(ratios.rows) || grown.rows.some(growsTooFast) ? 1 : unfair;
}

async function growth(wishes: Wishes): Promise<0 | 1> {
  const names = selectGrowthRows(wishes.only, growthNames);
  const { rows, report, verdict } = await new Tables(wishes, temporaryFolder()).growth(names);
  print({ report, verdict });
  if (wishes.only === undefined && !wishes.quick) keepGrowth(report);
  if (wishes.json !== undefined) writeFileSync(wishes.json, resultsAsJson([], rows));
  return rows.some(growsTooFast) ? 1 : 0;
}

async function fairness(tables: Tables): Promise<0 | 1> {
  const { isMet, ...printed } = await tables.fairness();
  console.log();
  print(printed);
  return isMet ? 0 : 1;
}

/** The verdict is only for the console: the next run may bring another. */
function print({ report, verdict }: Readonly<Record<"report" | "verdict", string>>): void {
  console.log(verdict === "" ? report : `${report}\n\n${verdict}`);
}

/** Whether everything is requested: then all tables are made, and also written to files unless the run is quick. */
function isWhole({ only, against, isEverySystem }: Wishes): boolean {
  return only === undefined && against === undefined && isEverySystem;
}

function hasFailed(all: readonly Measured[]): boolean {
  return all.some(({ outcomes }) => [...outcomes.values()].some(({ failed }) => failed));
}

function keepGrowth(report: string): void {
  writeResult("growth.md", page("Growth from a thousand to a million", report));
}

function page(title: string, report: string): string {
  return `# ${title}\n\n${provenance()}\n\n${report}\n`;
}

// The temporary folder must not outlive an interrupt; the workers, in our process group, get the interrupt too.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(130));

try {
  const wishes = readArguments(process.argv.slice(2));
  if (wishes.help) console.log(usage);
  else process.exitCode = await bench(wishes);
} catch (error) {
  if (!(error instanceof UsageError || error instanceof RangeError)) throw error;
  console.error(`\n${error.message}`.trimStart());
  process.exitCode = 2;
}
