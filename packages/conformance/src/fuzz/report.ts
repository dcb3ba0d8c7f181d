import { writeFileSync } from "node:fs";
import type { Tally } from "./campaign.ts";
import { features } from "./features.ts";

const page = new URL("../../FUZZ.md", import.meta.url);

const introduction = `# The last run of the fuzzer

The [README](README.md) explains the fuzzer. Written by \`npm run fuzz -- --report\`: do not edit.`;

/** Writes the page with the figures of a run. */
export function writeReport(figures: string): void {
  writeFileSync(page, `${introduction}\n\n${figures}`);
}

/** Returns the figures of a run, as Markdown in the formatter's layout. */
export function figuresOf(tally: Tally, versions: Readonly<Record<string, string>>, seed: number): string {
  const { programs, divergent, lines, spared, time } = tally;
  const perSecond = (milliseconds: number): string => String(Math.round((programs * 1000) / milliseconds));
  const on = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const rows = Object.entries(features).map(([feature, floor]) => [
    feature,
    String(tally.features.get(feature) ?? 0),
    String(floor),
  ]);
  const perMarking = Array.from(
    tally.divergences,
    ([marking, count]) => `${marking} of the functions are marked: ${count}`,
  );
  return [
    `**${programs} programs of seed ${seed}, ${divergent.length} divergences**, ${lines} events compared; ${spared}`,
    "programs were left out because they recurse without end.",
    "",
    `- Divergences where ${perMarking.join(", where ")}.`,
    `- On ${on.join(", ")}.`,
    `- Programs a second: ${perSecond(time.python)} on CPython, ${perSecond(time.port)} on our packages, ${perSecond(time.generate)} made.`,
    "",
    ...table(["feature", "programs that reached it", "floor in 2,000"], rows),
    "",
  ].join("\n");
}

/** Returns a table with a column of text and columns of numbers. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(" | ")} |`;
  const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [line(head), line(rule), ...rows.map(line)];
}
