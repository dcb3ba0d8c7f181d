/** Measures our packages of two builds, in interleaved pairs. */

import { quantity, ratio, table } from "../shared/format.ts";
import type { Row } from "./catalogue.ts";
import { onNode, type Built } from "./contestants.ts";
import { figureOf, ratioTo } from "./judge.ts";
import { measureRow, type Measured, type Rounds } from "./rounds.ts";

/** Measures a row on both builds: the outcomes are called `here` and `there`. */
export async function measurePairs(row: Row, here: Built, there: Built, rounds: Rounds): Promise<Measured> {
  const both = [
    { ...onNode("ours", here), name: "here" },
    { ...onNode("ours", there), name: "there" },
  ];
  return measureRow(row, both, rounds);
}

/** Returns a table: how many times as much this build needs as the other one. */
export function againstReport(all: readonly Measured[], other: string): string {
  const columns = [
    ["workload", "left"],
    ["this tree", "right"],
    [other, "right"],
    ["ratio", "right"],
    ["spread", "right"],
    ["pair by pair", "left"],
  ] as const;
  return table(columns, all.map(pairOf));
}

function pairOf(measured: Measured): string[] {
  const { row, outcomes } = measured;
  const [here, there] = ["here", "there"].map((name) => {
    const figure = figureOf(measured, name);
    if (figure === undefined) return outcomes.get(name)?.failed === true ? "failed" : "–";
    return quantity(figure.median, row.workload.measures);
  });
  const total = ratioTo(measured, "there", "here");
  const base = outcomes.get("there")?.figures ?? [];
  const pairs = (outcomes.get("here")?.figures ?? []).map((figure, round) => {
    return figure === undefined || base[round] === undefined ? "–" : ratio(figure / base[round]);
  });
  const reason = ["here", "there"].map((name) => outcomes.get(name)?.reason).find((each) => each !== undefined);
  return [
    row.name,
    here ?? "",
    there ?? "",
    total === undefined ? "" : ratio(total.median),
    total === undefined ? "" : `${ratio(total.min)}–${ratio(total.max)}`,
    reason ?? pairs.join(" "),
  ];
}
