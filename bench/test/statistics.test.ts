import { expect, test } from "vitest";
import { exponent, ratios, spread } from "../src/shared/statistics.ts";

test("a spread is the middle value and the extremes", () => {
  expect(spread([3, 1, 10])).toEqual({ median: 3, min: 1, max: 10 });
});

test("the median of an even number of values lies between the middle two", () => {
  expect(spread([4, 1, 2, 10]).median).toBe(3);
});

test("an empty list has no spread", () => {
  expect(() => spread([])).toThrow(RangeError);
});

test("ratios are taken within a round, and a round that lacks one of the two gives none", () => {
  expect(ratios([1, undefined, 6, 8], [2, 4, 3])).toEqual([0.5, 2]);
});

test.each([
  ["linear", 1, (n: number) => 40 * n],
  ["quadratic", 2, (n: number) => 0.1 * n * n],
  ["constant", 0, () => 7],
])("the exponent of %s growth is %d", (_name, expected, cost) => {
  const points = [1e3, 1e4, 1e5, 1e6].map((n) => [n, cost(n)] as const);
  expect(exponent(points)).toBeCloseTo(expected);
});

test("n log n from a thousand to a million has an exponent of about 1.1", () => {
  const points = [1e3, 1e4, 1e5, 1e6].map((n) => [n, n * Math.log(n)] as const);
  expect(exponent(points)).toBeCloseTo(1.1, 1);
});
