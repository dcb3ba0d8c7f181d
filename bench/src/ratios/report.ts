/** The table of ratios, in Markdown. */

import { quantity, ratio, table } from "../shared/format.ts";
import type { Spread } from "../shared/statistics.ts";
import { figureOf, missesOf, ratioTo } from "./judge.ts";
import type { Measured } from "./rounds.ts";
import { targetFor } from "./targets.ts";

/**
 * Returns the table, and below it the systems that failed, or that a build of their library cannot express.
 *
 * @param node the major version of the Node that was measured, which selects the targets.
 */
export function ratioReport(all: readonly Measured[], systems: readonly string[], node: string): string {
  const others = systems.filter((system) => system !== "ours");
  const hasOurs = systems.includes("ours");
  const titlesOfOurs = ["ours", "× floor", "× native", "target", "missed"];
  const columns = [
    ["workload", "left"] as const,
    ...(hasOurs ? titlesOfOurs : []).map((title) => [title, "right"] as const),
    ...others.map((other) => [other, "right"] as const),
  ];
  const rows = all.map((measured) => [
    measured.row.name,
    ...(hasOurs ? cellsOfOurs(measured, node) : []),
    ...others.map((other) => cellOf(measured, other)),
  ]);
  const parts = [table(columns, rows), listOf("Failed", all, true), listOf("Not in this build", all, false)];
  return parts.filter((part) => part !== "").join("\n\n");
}

function cellsOfOurs(measured: Measured, node: string): string[] {
  const { ofFloor, ofNative } = targetFor(measured.row.name, node);
  const toNative = ratioTo(measured, "native", "ours");
  const target = `≤ ${ratio(ofFloor)} floor`;
  return [
    figureCell(measured, "ours"),
    ratioCell(ratioTo(measured, "floor", "ours")),
    toNative === undefined ? "" : withSpread(toNative),
    ofNative === undefined ? target : `${target}, ≤ ${ratio(ofNative)} native`,
    missesOf(measured, node)?.join(", ") ?? "",
  ];
}

function ratioCell(relative: Spread | undefined): string {
  return relative === undefined ? "" : ratio(relative.median);
}

function cellOf(measured: Measured, system: string): string {
  const relative = system === "native" ? undefined : ratioTo(measured, "native", system);
  return figureCell(measured, system) + (relative === undefined ? "" : ` (${ratio(relative.median)}×)`);
}

function figureCell(measured: Measured, system: string): string {
  const figure = figureOf(measured, system);
  if (figure !== undefined) return quantity(figure.median, measured.row.workload.measures);
  const outcome = measured.outcomes.get(system);
  if (outcome?.failed === true) return "failed";
  return outcome?.reason === "no python3" ? "no python3" : "–";
}

function withSpread({ median, min, max }: Spread): string {
  return min === max ? `**${ratio(median)}**` : `**${ratio(median)}** (${ratio(min)}–${ratio(max)})`;
}

/** Lists the outcomes without figures that the workloads did not foresee: failures, or what a build lacks. */
function listOf(title: string, all: readonly Measured[], hasFailed: boolean): string {
  const lines = all.flatMap(({ row, outcomes }) => {
    const listed = [...outcomes].filter(([, outcome]) => {
      return hasFailed ? outcome.failed === true : outcome.isLacking === true;
    });
    return listed.map(([system, { reason }]) => `- ${row.name}: ${system}${hasFailed ? " failed" : ""}: ${reason}`);
  });
  return lines.length === 0 ? "" : [`${title}:`, "", ...lines].join("\n");
}
