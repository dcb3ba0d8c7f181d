/** The table of ratios, in Markdown, and a verdict on it. */

import { quantity, ratio, table } from "../shared/format.ts";
import type { Spread } from "../shared/statistics.ts";
import { brokenClaims, figureOf, meetsTarget, ratioTo } from "./judge.ts";
import type { Measured } from "./rounds.ts";
import { targets } from "./targets.ts";

/** Returns the table, and below it the systems that failed. */
export function ratioReport(all: readonly Measured[], systems: readonly string[]): string {
  const peers = systems.filter((system) => system !== "ours");
  const hasOurs = systems.includes("ours");
  const columns = [
    ["workload", "left"] as const,
    ...(hasOurs
      ? ([
          ["ours", "right"],
          ["× native", "right"],
          ["target", "right"],
          ["limit", "right"],
        ] as const)
      : []),
    ...peers.map((peer) => [peer, "right"] as const),
  ];
  const rows = all.map((measured) => [
    measured.row.name,
    ...(hasOurs ? oursOf(measured) : []),
    ...peers.map((peer) => peerCell(measured, peer)),
  ]);
  const parts = [table(columns, rows), failures(all)];
  return parts.filter((part) => part !== "").join("\n\n");
}

/** Returns which targets are missed, and which peers come closer to ours than `claims` says. */
export function ratioVerdict(all: readonly Measured[]): string {
  return [missedTargets(all), listOfClaims(all)].filter((part) => part !== "").join("\n\n");
}

function oursOf(measured: Measured): string[] {
  const target = targets[measured.row.name];
  const relative = ratioTo(measured, "native", "ours");
  return [
    figureCell(measured, "ours"),
    relative === undefined ? "" : withSpread(relative),
    target === undefined ? "" : `≤ ${ratio(target.atMost)}`,
    target === undefined ? "" : ratio(target.limit),
  ];
}

function peerCell(measured: Measured, peer: string): string {
  const relative = peer === "native" ? undefined : ratioTo(measured, "native", peer);
  return figureCell(measured, peer) + (relative === undefined ? "" : ` (${ratio(relative.median)}×)`);
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

function missedTargets(all: readonly Measured[]): string {
  const verdicts = all.map((measured) => [measured.row.name, meetsTarget(measured)] as const);
  const judged = verdicts.filter(([, isMet]) => isMet !== undefined);
  const missed = judged.filter(([, isMet]) => isMet === false).map(([name]) => name);
  if (judged.length === 0) return "";
  const met = `${judged.length - missed.length} of ${judged.length} targets are met`;
  return missed.length === 0 ? `${met}.` : `${met}; missed: ${missed.join(", ")}.`;
}

function listOfClaims(all: readonly Measured[]): string {
  const broken = all.flatMap(brokenClaims);
  if (broken.length === 0) return "";
  const lines = broken.map(({ row, system, claimed, measured }) => {
    return `- ${row}: ${system} needs ${ratio(measured)} times what ours needs, and should need ${ratio(claimed)}`;
  });
  return ["Peers that come closer than we claim:", "", ...lines].join("\n");
}

function failures(all: readonly Measured[]): string {
  const lines = all.flatMap(({ row, outcomes }) => {
    const failed = [...outcomes].filter(([, outcome]) => outcome.failed === true);
    return failed.map(([system, { reason }]) => `- ${row.name}: ${system} failed: ${reason}`);
  });
  return lines.length === 0 ? "" : ["Failed:", "", ...lines].join("\n");
}
