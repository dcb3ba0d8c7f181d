/** The tables of fairness, in Markdown. */

import { table } from "../shared/format.ts";
import type { Spread } from "../shared/statistics.ts";
import type { FairnessJob } from "./worker.ts";

/** A duration in milliseconds: the quantile of each process. */
export interface Quantiles {
  readonly p50: Spread;
  readonly p99: Spread;
  readonly max: Spread;
}

/** One line of the table. */
export interface Fairness {
  readonly host: string;
  readonly system: FairnessJob["system"];
  readonly tasks: number;
  readonly timers: Quantiles;
  readonly trips: Quantiles;
  /** How often per second the tasks gave up control. */
  readonly yields: Spread;
  /** How many timers and round trips each process measured: few, where the host was starved. */
  readonly samples: Spread;
}

/** How much 100 spinning tasks of ours may delay the host, at the 99th percentile, in milliseconds. */
const targets = { timers: 1.5, trips: 2 } as const;

/** Fewer samples have no meaningful 99th percentile. */
const fewestSamples = 50;

type Kind = keyof typeof targets;

const kinds: readonly (readonly [Kind, string])[] = [
  ["timers", "a timer of 1 ms"],
  ["trips", "a round trip"],
];

/** Returns the tables with the failures below them, and apart from these a verdict. */
export function fairnessReport(
  all: readonly Fairness[],
  failures: readonly string[],
): { text: string; verdict: string; isMet: boolean } {
  const hosts = [...new Set(all.map(({ host }) => host))];
  const tables = hosts.map((host) => `## ${host}\n\n${tableOf(all.filter((each) => each.host === host))}`);
  const judged = hosts.flatMap((host) => verdicts(all.filter((each) => each.host === host)));
  const failed = failures.length === 0 ? [] : [listOf(failures)];
  return {
    text: [introduction, ...tables, ...failed].join("\n\n"),
    verdict: listOf(judged.map(({ line }) => line)),
    isMet: judged.every(({ isMet }) => isMet),
  };
}

function listOf(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join("\n");
}

const introduction = `1 or 100 tasks give up control again and again, each in its system's own way. Meanwhile the benchmark
measures how late a timer of the host's own fires, and how long a round trip takes, to a socket (Node) or to a worker
(Chromium), in milliseconds. Each process gives a quantile. The table has the median over the processes, and in brackets
the quantile of the process that was disturbed least. "idle" is the host without such tasks.`;

function tableOf(lines: readonly Fairness[]): string {
  return table(
    [
      ["system", "left"],
      ["tasks", "right"],
      ["timer late p50", "right"],
      ["p99", "right"],
      ["max", "right"],
      ["round trip p50", "right"],
      ["p99", "right"],
      ["max", "right"],
      ["yields/s", "right"],
      ["samples", "right"],
    ],
    lines.map(({ system, tasks, timers, trips, yields, samples }) => [
      system,
      tasks === 0 ? "" : String(tasks),
      ...cells(timers),
      ...cells(trips),
      tasks === 0 ? "" : Math.round(yields.median).toLocaleString("en"),
      String(Math.round(samples.median)),
    ]),
  );
}

function cells({ p50, p99, max }: Quantiles): string[] {
  return [p50, p99, max].map(({ median, min }) => `${median.toFixed(2)} (${min.toFixed(2)})`);
}

interface Verdict {
  readonly line: string;
  readonly isMet: boolean;
}

/** Compares ours, with 100 tasks, with the targets and with the best of the peers. */
function verdicts(lines: readonly Fairness[]): Verdict[] {
  const busy = lines.filter(({ tasks }) => tasks === 100);
  const ours = busy.find(({ system }) => system === "ours");
  if (ours === undefined) return [];
  return kinds.flatMap(([kind, what]) => {
    const figure = ours[kind].p99.min;
    const place = `${ours.host}, ${what} beside 100 tasks of ours`;
    return [againstTarget(place, kind, figure), againstPeers(place, kind, figure, busy)];
  });
}

function againstTarget(place: string, kind: Kind, figure: number): Verdict {
  const isMet = figure <= targets[kind];
  return { line: `${place}: ${figure.toFixed(2)} ms at p99, at most ${targets[kind]} ${isMet ? "✓" : "✗"}`, isMet };
}

function againstPeers(place: string, kind: Kind, figure: number, busy: readonly Fairness[]): Verdict {
  const peers = busy.filter(({ system, samples }) => system !== "ours" && samples.min >= fewestSamples);
  const better = peers.filter(({ [kind]: { p99 } }) => p99.min < figure);
  if (better.length === 0) return { line: `${place}: no peer does better ✓`, isMet: true };
  const names = better.map(({ system, [kind]: { p99 }, yields }) => {
    return `${system} (${p99.min.toFixed(2)} ms, at ${Math.round(yields.median).toLocaleString("en")} yields/s)`;
  });
  return { line: `${place}: better: ${names.join(", ")} ✗`, isMet: false };
}
