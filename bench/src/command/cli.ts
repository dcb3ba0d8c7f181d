/**
 * `npm run bench`: see `usage` in `arguments.ts`.
 *
 * @module
 */

import { writeFileSync } from "node:fs";
import { comparisons } from "../growth/comparisons.ts";
import { growsTooFast } from "../growth/report.ts";
import { growthRows, selectGrowthRows } from "../growth/rows.ts";
import { type Row, selectRows } from "../ratios/catalogue.ts";
import { picture } from "../ratios/picture.ts";
import type { Measured } from "../ratios/rounds.ts";
import { majorOf, type NodeBinary } from "../shared/node-binary.ts";
import { readArguments, usage, UsageError, type Wishes } from "./arguments.ts";
import { temporaryFolder } from "./build.ts";
import { findNodes } from "./nodes.ts";
import { provenance, type RatiosOnNode, resultsAsJson, writeResult } from "./results.ts";
import { Tables } from "./tables.ts";

const growthNames = [...Object.keys(growthRows), ...Object.keys(comparisons)];

/** Runs the requested measurements, and returns the exit code. */
async function bench(wishes: Wishes): Promise<0 | 1> {
  const nodes = findNodes(wishes.nodes);
  if (wishes.growth) return growth(wishes, lastOf(nodes));
  if (wishes.fairness) return fairness(new Tables(wishes, temporaryFolder()), lastOf(nodes));
  const rows = await selectRows(wishes.only);
  const tables = new Tables(wishes, temporaryFolder());
  const all: RatiosOnNode[] = [];
  for (const node of nodes) all.push({ node, rows: await ratios(tables, wishes, node, rows) });
  const failed = all.some((each) => hasFailed(each.rows));
  const json = resultsAsJson(all);
  if (wishes.json !== undefined) writeFileSync(wishes.json, json);
  if (!isWhole(wishes)) return failed ? 1 : 0;

  const keep = wishes.quick ? () => {} : writeResult;
  keep("latest.json", json);
  const grown = await tables.growth(lastOf(nodes), growthNames);
  console.log();
  print(grown);
  if (!wishes.quick) keepGrowth(grown.report, lastOf(nodes));
  keep("latest.json", resultsAsJson(all, grown.rows));
  const unfair = await fairness(tables, lastOf(nodes));
  return failed || grown.rows.some(growsTooFast) ? 1 : unfair;
}

/** Makes and prints the table of one Node, and keeps it if the run is a whole one. */
async function ratios(
  tables: Tables,
  wishes: Wishes,
  node: NodeBinary,
  selected: readonly Row[],
): Promise<readonly Measured[]> {
  const { against } = wishes;
  const made =
    against === undefined ? await tables.ratios(node, selected) : await tables.against(node, selected, against);
  console.log(`\nNode ${node.version}\n`);
  print(made);
  if (isWhole(wishes) && !wishes.quick) {
    const name = `ratios-node-${majorOf(node)}`;
    writeResult(`${name}.md`, page(`The cost of an operation on Node ${majorOf(node)}`, made.report, node));
    writeResult(`${name}.svg`, picture(made.rows, node));
  }
  return made.rows;
}

/** The Node of growth and fairness, which take long: the last one that was named. */
function lastOf(nodes: readonly NodeBinary[]): NodeBinary {
  return nodes.at(-1) as NodeBinary;
}

async function growth(wishes: Wishes, node: NodeBinary): Promise<0 | 1> {
  const names = selectGrowthRows(wishes.only, growthNames);
  const { rows, report, verdict } = await new Tables(wishes, temporaryFolder()).growth(node, names);
  print({ report, verdict });
  if (wishes.only === undefined && !wishes.quick) keepGrowth(report, node);
  if (wishes.json !== undefined) writeFileSync(wishes.json, resultsAsJson([], rows));
  return rows.some(growsTooFast) ? 1 : 0;
}

async function fairness(tables: Tables, node: NodeBinary): Promise<0 | 1> {
  const { isMet, ...printed } = await tables.fairness(node);
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

function keepGrowth(report: string, node: NodeBinary): void {
  writeResult("growth.md", page("Growth from a thousand to a million", report, node));
}

function page(title: string, report: string, node: NodeBinary): string {
  return `# ${title}\n\n${provenance(node)}\n\n${report}\n`;
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
