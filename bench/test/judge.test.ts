import { expect, test } from "vitest";
import { brokenClaims, meetsTarget, ratioTo } from "../src/ratios/judge.ts";
import { ratioReport, ratioVerdict } from "../src/ratios/report.ts";
import type { Measured, Outcome } from "../src/ratios/rounds.ts";

function measured(name: string, figures: Record<string, number[]>, others: Record<string, Outcome> = {}): Measured {
  const outcomes = Object.entries(figures).map(([system, each]) => [system, { figures: each }] as const);
  const workload = { title: name, measures: "time", operations: 1, expected: 1, systems: {} } as const;
  return {
    row: { name, file: name, variant: "", workload },
    outcomes: new Map<string, Outcome>([...outcomes, ...Object.entries(others)]),
  };
}

test("the ratio to native is the median of the rounds' own ratios", () => {
  // The machine was three times slower in the second round.
  const row = measured("switch", { ours: [30, 90, 33], native: [60, 180, 60] });
  expect(ratioTo(row, "native", "ours")).toEqual({ median: 0.5, min: 0.5, max: 0.55 });
});

test("a target is met at its own value, and judged only where both were measured", () => {
  expect(meetsTarget(measured("switch", { ours: [65], native: [100] }))).toBe(true);
  expect(meetsTarget(measured("switch", { ours: [66], native: [100] }))).toBe(false);
  expect(meetsTarget(measured("switch", { ours: [66] }))).toBeUndefined();
  expect(meetsTarget(measured("contextvars", { ours: [66], native: [100] }))).toBeUndefined();
});

test("a peer that comes closer than we claim is named", () => {
  expect(brokenClaims(measured("queue", { ours: [100], effect: [250], cpython: [790], co: [99] }))).toEqual([
    { row: "queue", system: "cpython", claimed: 8, measured: 7.9 },
    { row: "queue", system: "co", claimed: 1, measured: 0.99 },
  ]);
});

test("a row with an exception claims nothing", () => {
  expect(brokenClaims(measured("chain/100", { ours: [100], effect: [10], cpython: [100] }))).toEqual([]);
});

test("the report shows figures, absent rows, failures and missed targets", () => {
  const others: Record<string, Outcome> = {
    co: { figures: [], reason: "co has no cancellation" },
    effect: { figures: [], reason: "Error: the run returned 1 instead of 2", failed: true },
    cpython: { figures: [], reason: "no python3" },
  };
  const row = measured("cancel", { ours: [1000, 1150], native: [10_000, 10_000] }, others);
  expect(ratioReport([row], ["ours", "native", "effect", "co", "cpython"])).toBe(
    [
      "| workload |    ours |             × native | target | limit |  native | effect |  co |    cpython |",
      "| -------- | ------: | -------------------: | -----: | ----: | ------: | -----: | --: | ---------: |",
      "| cancel   | 1.07 µs | **0.11** (0.10–0.12) | ≤ 0.10 |  0.07 | 10.0 µs | failed |   – | no python3 |",
      "",
      "Failed:",
      "",
      "- cancel: effect failed: Error: the run returned 1 instead of 2",
    ].join("\n"),
  );
  expect(ratioVerdict([row])).toBe("0 of 1 targets are met; missed: cancel.");
});

test("the verdict names each peer that comes closer than we claim", () => {
  expect(ratioVerdict([measured("queue", { ours: [100], native: [200], co: [99] })])).toBe(
    [
      "1 of 1 targets are met.",
      "",
      "Peers that come closer than we claim:",
      "",
      "- queue: co needs 0.99 times what ours needs, and should need 1.00",
    ].join("\n"),
  );
});
