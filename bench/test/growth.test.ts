import { expect, test } from "vitest";
import { comparisons } from "../src/growth/comparisons.ts";
import type { Growth } from "../src/growth/measure.ts";
import { growsTooFast, growthReport, growthVerdict } from "../src/growth/report.ts";
import { growthRows } from "../src/growth/rows.ts";
import { loadLibrary } from "../src/shared/systems.ts";

const sizes = [1_000, 10_000, 100_000, 1_000_000];

function growth(time: (size: number) => number): Growth {
  return { name: "tasks", figures: sizes.map((size) => ({ size, time: time(size), bytes: 500 * size })) };
}

test("n log n is not too fast", () => {
  expect(growsTooFast(growth((size) => size * Math.log2(size)))).toBe(false);
});

test("a workload that grows with the square, even for large sizes only, is too fast", () => {
  const tooFast = growth((size) => 1e4 * size + size * size);
  expect(growsTooFast(tooFast)).toBe(true);
  expect(growthVerdict([tooFast])).toBe("Failed, or with an exponent above 1.15:\n\n- tasks: time 1.85, memory 1.00");
});

test("a size that failed is too fast, and the table says why", () => {
  const failed = { ...growth((size) => size), failure: "not done after 60 seconds" };
  expect(growsTooFast(failed)).toBe(true);
  expect(growthReport([failed], sizes)).toContain("tasks (failed: not done after 60 seconds)");
  expect(growthVerdict([failed])).toContain("- tasks: not done after 60 seconds");
});

test("a peer may grow as it likes, and has a table of its own", () => {
  const square = { ...growth((size) => size * size), isComparison: true };
  expect(growsTooFast(square)).toBe(false);
  expect(growsTooFast({ ...square, failure: "not done after 60 seconds" })).toBe(true);
  const report = growthReport([square, growth((size) => size)], sizes);
  expect(report.indexOf("Without Yieldstar")).toBeLessThan(report.indexOf("2.00"));
  expect(growthVerdict([square, growth((size) => size)])).toBe("");
});

const nothing = () => {};
const library = await loadLibrary("ours");

test.each(Object.entries(growthRows))("%s: all do their work", async (_name, row) => {
  let weighed = 0;
  const meter = { start: nothing, stop: nothing, weigh: () => (weighed += 1) };
  expect(await row(library, 100)(meter)).toBe(100);
  expect(weighed).toBe(1);
});

test.each(Object.entries(comparisons))("%s: all do their work", async (_name, row) => {
  let weighed = 0;
  const meter = { start: nothing, stop: nothing, weigh: () => (weighed += 1) };
  expect(await row(100)(meter)).toBe(100);
  expect(weighed).toBe(1);
});
