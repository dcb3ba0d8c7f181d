import { readFileSync, writeFileSync } from "node:fs";
import type { Tally } from "./campaign.ts";
import { features } from "./features.ts";

const readme = new URL("../../README.md", import.meta.url);

const [begin, end] = [
  "<!-- figures: written by `npm run fuzz -- --report`, do not edit -->",
  "<!-- end of figures -->",
];

/** Writes the figures of a run into the README, between the markers. */
export function writeReport(figures: string): void {
  const text = readFileSync(readme, "utf8");
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`the README has no markers: ${begin} … ${end}`);
  writeFileSync(readme, `${before}${begin}\n\n${figures}\n${end}${after}`);
}

/** The figures of a run, as Markdown, set as the formatter sets it. */
export function figuresOf(tally: Tally, versions: Readonly<Record<string, string>>, seed: number): string {
  const { programs, divergent, lines, spared, time } = tally;
  const perSecond = (milliseconds: number): string => String(Math.round((programs * 1000) / milliseconds));
  const on = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const rows = Object.entries(features).map(([feature, floor]) => [
    feature,
    String(tally.features.get(feature) ?? 0),
    String(floor),
  ]);
  return [
    `**${programs} programs of seed ${seed}, ${divergent.length} divergences**, ${lines} events compared; ${spared}`,
    "programs were left out, since they recurse without end.",
    "",
    `- On ${on.join(", ")}.`,
    `- Programs a second: ${perSecond(time.python)} on CPython, ${perSecond(time.port)} on our packages, ${perSecond(time.generate)} made.`,
    "",
    ...table(["feature", "programs that reached it", "floor in 2,000"], rows),
    "",
  ].join("\n");
}

/** A table of a column of text and columns of numbers. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(" | ")} |`;
  const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [line(head), line(rule), ...rows.map(line)];
}
