/** How time and memory grow from a thousand to a million. No row of ours may grow faster than n log n. */

import { quantity, table } from "../shared/format.ts";
import { exponent } from "../shared/statistics.ts";
import type { Growth } from "./measure.ts";

/** n log n has the exponent 1.08 over these decades. The rest is noise, the caches and the garbage collector. */
const allowed = 1.15;

/** How fast a figure grows. */
interface Exponents {
  /** Fitted over all sizes. */
  readonly all: number;
  /** Over the last two decades, where constant costs no longer count. */
  readonly last: number;
}

/** Returns how fast a row's time or memory grows; `undefined` with less than two sizes. */
function exponentsOf({ figures }: Growth, of: "time" | "bytes"): Exponents | undefined {
  if (figures.length < 2) return undefined;
  const points = figures.map((figure) => [figure.size, figure[of]] as const);
  return { all: exponent(points), last: exponent(points.slice(-3)) };
}

/** Whether a row failed, or is ours and grows faster than n log n. */
export function growsTooFast(growth: Growth): boolean {
  if (growth.isComparison === true) return growth.failure !== undefined;
  const growing = (["time", "bytes"] as const).map((of) => exponentsOf(growth, of)?.last ?? 0);
  return growth.failure !== undefined || growing.some((each) => each > allowed);
}

/** Returns the table, in Markdown. */
export function growthReport(all: readonly Growth[], measured: readonly number[]): string {
  const columns = [
    ["for each of", "left"] as const,
    ...measured.map((size) => [size.toLocaleString("en"), "right"] as const),
    ["exponent", "right"] as const,
    ["last decades", "right"] as const,
  ];
  const rowsOf = (isComparison: boolean) => {
    const some = all.filter((growth) => (growth.isComparison === true) === isComparison);
    return some.flatMap((growth) => (["time", "bytes"] as const).map((of) => rowOf(growth, of, measured)));
  };
  const compared = rowsOf(true);
  const ours = table(columns, rowsOf(false));
  return compared.length === 0 ? ours : `${ours}\n\nWithout Yieldstar:\n\n${table(columns, compared)}`;
}

/** Returns the rows that grow too fast, with their exponents; empty if no row does. */
export function growthVerdict(all: readonly Growth[]): string {
  const lines = all.filter(growsTooFast).map((growth) => {
    const [time, bytes] = (["time", "bytes"] as const).map((of) => exponentsOf(growth, of)?.last.toFixed(2) ?? "–");
    return `- ${growth.name}: ${growth.failure ?? `time ${time}, memory ${bytes}`}`;
  });
  return lines.length === 0 ? "" : [`Failed, or with an exponent above ${allowed}:`, "", ...lines].join("\n");
}

function rowOf(growth: Growth, of: "time" | "bytes", measured: readonly number[]): string[] {
  const cells = measured.map((size) => {
    const figure = growth.figures.find((each) => each.size === size);
    return figure === undefined ? "–" : quantity(figure[of] / size, of);
  });
  const exponents = exponentsOf(growth, of);
  return [
    of === "time" ? growth.name + (growth.failure === undefined ? "" : ` (failed: ${growth.failure})`) : "",
    ...cells,
    exponents?.all.toFixed(2) ?? "",
    exponents?.last.toFixed(2) ?? "",
  ];
}
