import { expect, test } from "vitest";
import { growsTooFast, growthReport, type Growth } from "../src/growth.ts";
import { growthRows } from "../src/growth-rows.ts";
import { loadLibrary } from "../src/systems.ts";

const sizes = [1_000, 10_000, 100_000, 1_000_000];

function growth(time: (size: number) => number): Growth {
  return { name: "tasks", figures: sizes.map((size) => ({ size, time: time(size), bytes: 500 * size })) };
}

test("n log n is not too fast", () => {
  expect(growsTooFast(growth((size) => size * Math.log2(size)))).toBe(false);
});

test("what grows with the square only among the many is too fast", () => {
  expect(growsTooFast(growth((size) => 1e4 * size + size * size))).toBe(true);
});

test("a size that failed is too fast, and the table says why", () => {
  const failed = { ...growth((size) => size), failure: "not done after 60 seconds" };
  expect(growsTooFast(failed)).toBe(true);
  expect(growthReport([failed], sizes)).toContain("tasks (failed: not done after 60 seconds)");
});

const nothing = () => {};
const library = await loadLibrary("ours");

test.each(Object.entries(growthRows))("%s: all do their work", async (_name, row) => {
  let weighed = 0;
  const meter = { start: nothing, stop: nothing, weigh: () => (weighed += 1) };
  expect(await row(library, 100)(meter)).toBe(100);
  expect(weighed).toBe(1);
});
