import { expect, test } from "vitest";
import { hardestLimit, missesOf, ratioTo } from "../src/ratios/judge.ts";
import { picture } from "../src/ratios/picture.ts";
import { ratioReport } from "../src/ratios/report.ts";
import type { Measured, Outcome } from "../src/ratios/rounds.ts";
import { targetFor } from "../src/ratios/targets.ts";

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

test("every row has a target to its floor on every Node, and some rows have one to native", () => {
  expect(targetFor("lock", "26")).toMatchObject({ ofNative: 1.2 });
  expect(targetFor("lock", "24")).not.toHaveProperty("ofNative");
  for (const node of ["20", "24", "26"]) expect(targetFor("a new row", node)).toEqual({ ofFloor: 1.15 });
});

test("a target is met at its own value", () => {
  const { ofFloor, ofNative = NaN } = targetFor("timeout/quiet", "24");
  const figures = (ours: number) => measured("timeout/quiet", { ours: [ours], floor: [100], native: [500] });
  expect(ofNative).toBe(0.2);
  expect(missesOf(figures(100), "24")).toEqual([]);
  expect(missesOf(figures(100 * ofFloor), "24")).not.toContain("floor");
  expect(missesOf(figures(101 * ofFloor), "24")).toEqual(["floor", "native"]);
});

test("a target is judged only where both figures were measured", () => {
  expect(missesOf(measured("timeout/quiet", { ours: [300], native: [500] }), "24")).toEqual(["native"]);
  expect(missesOf(measured("timeout/quiet", { ours: [300], native: [500] }), "20")).toBeUndefined();
  expect(missesOf(measured("timeout/quiet", { floor: [300], native: [500] }), "24")).toBeUndefined();
});

test("the picture shows the harder part of a target, as a ratio to native", () => {
  expect(hardestLimit(measured("timeout/quiet", { floor: [100], native: [200] }), "24")).toBe(0.2);
  expect(hardestLimit(measured("timeout/quiet", { floor: [10], native: [200] }), "20")).toBeCloseTo(0.0575);
  expect(hardestLimit(measured("timeout/quiet", { native: [200] }), "20")).toBeUndefined();
});

test("the report says what was measured, missed, absent, failed, and not in this build", () => {
  const others: Record<string, Outcome> = {
    co: { figures: [], reason: "co has no cancellation" },
    effect: { figures: [], reason: "Error: the run returned 1 instead of 2", failed: true },
    cpython: { figures: [], reason: "no python3" },
  };
  const figures = { ours: [1000, 1150], floor: [500, 500], native: [10_000, 10_000] };
  const marked = measured(
    "chain/5/marked",
    { native: [50] },
    { ours: { figures: [], reason: "none", isLacking: true } },
  );
  const rows = [measured("cancel", figures, others), marked];
  expect(ratioReport(rows, ["ours", "floor", "native", "effect", "co", "cpython"], "20")).toBe(
    [
      "| workload       |    ours | × floor |             × native |       target | missed |          floor |  native | effect |  co |    cpython |",
      "| -------------- | ------: | ------: | -------------------: | -----------: | -----: | -------------: | ------: | -----: | --: | ---------: |",
      "| cancel         | 1.07 µs |    2.15 | **0.11** (0.10–0.12) | ≤ 1.15 floor |  floor | 500 ns (0.05×) | 10.0 µs | failed |   – | no python3 |",
      "| chain/5/marked |       – |         |                      | ≤ 1.15 floor |        |              – | 50.0 ns |      – |   – |          – |",
      "",
      "Failed:",
      "",
      "- cancel: effect failed: Error: the run returned 1 instead of 2",
      "",
      "Not in this build:",
      "",
      "- chain/5/marked: ours: none",
    ].join("\n"),
  );
});

test("the picture names the Node", () => {
  const node = { command: "node", version: "24.21.0" };
  expect(picture([measured("switch", { ours: [1], floor: [1], native: [2] })], node)).toContain("on Node 24.21.0");
});
