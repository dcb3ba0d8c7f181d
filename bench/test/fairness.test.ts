import { describe, expect, it } from "vitest";
import { quantile } from "../src/fairness/measure.ts";
import { type Fairness, fairnessReport } from "../src/fairness/report.ts";

function line(system: Fairness["system"], timer: number, trip: number, count = 100): Fairness {
  const same = (value: number) => ({ median: value, min: value, max: value });
  const quantiles = (value: number) => ({ p50: same(0), p99: same(value), max: same(value) });
  return {
    host: "Node",
    system,
    tasks: 100,
    timers: quantiles(timer),
    trips: quantiles(trip),
    yields: same(1000),
    samples: same(count),
  };
}

describe("quantile", () => {
  it("is the smallest value that this share of the values does not exceed", () => {
    const values = Array.from({ length: 200 }, (_, index) => 200 - index);
    expect([0, 0.5, 0.99, 1].map((fraction) => quantile(values, fraction))).toEqual([1, 100, 198, 200]);
    expect(quantile([7], 0.99)).toBe(7);
  });

  it("of an empty list is NaN", () => {
    expect(quantile([], 0.5)).toBeNaN();
  });
});

describe("the report on fairness", () => {
  it("accepts our result when it meets the targets and no peer does better", () => {
    const { verdict, isMet } = fairnessReport([line("ours", 1.2, 0.9), line("native", 1.3, 1.1)], []);
    expect(isMet).toBe(true);
    expect(verdict).toContain("- Node, a timer of 1 ms beside 100 tasks of ours: 1.20 ms at p99, at most 1.5 ✓");
    expect(verdict).toContain("- Node, a round trip beside 100 tasks of ours: no peer does better ✓");
  });

  it("does not compare with a peer that has starved the host", () => {
    const { isMet } = fairnessReport([line("ours", 1.2, 0.9), line("native", 800, 0.1, 1)], []);
    expect(isMet).toBe(true);
  });

  it("names the missed target, and the peer that does better", () => {
    const lines = [line("ours", 1.6, 0.9), line("effect", 1.7, 0.8)];
    const { text, verdict, isMet } = fairnessReport(lines, ["something failed"]);
    expect(isMet).toBe(false);
    expect(verdict).toContain("1.60 ms at p99, at most 1.5 ✗");
    expect(verdict).toContain("a round trip beside 100 tasks of ours: better: effect (0.80 ms, at 1,000 yields/s) ✗");
    expect(text).toContain("- something failed");
  });
});
