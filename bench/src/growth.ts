/** How time and memory grow from a thousand to a million: nothing may grow faster than n log n. */

import { quantity, table } from "./format.ts";
import type { GrowthFigures, GrowthJob } from "./growth-worker.ts";
import { lastLineOf } from "./process.ts";
import { exponent } from "./statistics.ts";

export const sizes: readonly number[] = [1_000, 10_000, 100_000, 1_000_000];

/** n log n has the exponent 1.08 over these decades; what is beyond is noise, the caches and the garbage collector. */
const allowed = 1.15;

// V8 never copies what a thousand tasks need, but copies twice whatever does not fit into its nursery. Each size gets one
// that holds a run or two, so that all are collected alike, and what grows is ours. In megabytes.
const nurseryFor = (size: number): number => Math.max(16, (2 * size) / 1000);

/** What came of a row: for each size that was measured its figures, or why it failed. */
export interface Growth {
  readonly name: string;
  /** There is nothing of ours in it, and nobody judges it. */
  readonly isComparison?: boolean;
  readonly figures: readonly (GrowthFigures & { readonly size: number })[];
  readonly failure?: string;
}

/** How fast something grows. */
interface Exponents {
  /** Fitted over all sizes. */
  readonly all: number;
  /** Over the last two decades, where what is constant no longer counts. */
  readonly last: number;
}

/** Measures a row at each size, in processes of their own; the best of several counts. */
export async function measureGrowth(
  name: string,
  worker: string,
  library: string,
  effort: {
    readonly processes: (size: number) => number;
    readonly sizes: readonly number[];
    readonly onSize: (size: number) => void;
  },
): Promise<Growth> {
  const figures: (GrowthFigures & { size: number })[] = [];
  for (const size of effort.sizes) {
    effort.onSize(size);
    const nursery = nurseryFor(size);
    const job: GrowthJob = { name, size, warmup: 250, time: 300, nursery };
    const flags = ["--expose-gc", "--max-old-space-size=8192"];
    const semiSpaces = [`--min-semi-space-size=${nursery}`, `--max-semi-space-size=${nursery}`];
    const args = [...flags, ...semiSpaces, worker, JSON.stringify(job)];
    try {
      const each: GrowthFigures[] = [];
      for (let process_ = 0; process_ < effort.processes(size); process_ += 1) {
        each.push((await lastLineOf(process.execPath, args, { YIELDSTAR_BUILD: library })) as GrowthFigures);
      }
      const [time, bytes] = [Math.min(...each.map((one) => one.time)), Math.min(...each.map((one) => one.bytes))];
      figures.push({ size, time, bytes });
    } catch (error) {
      return { name, figures, failure: (error as Error).message };
    }
  }
  return { name, figures };
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
  return compared.length === 0 ? ours : `${ours}\n\nWithout anything of ours:\n\n${table(columns, compared)}`;
}

function rowOf(growth: Growth, of: "time" | "bytes", measured: readonly number[]): string[] {
  const cells = measured.map((size) => {
    const figure = growth.figures.find((each) => each.size === size);
    return figure === undefined ? "–" : quantity(figure[of] / size, of);
  });
  const exponents = exponentsOf(growth, of);
  const isJudged = exponents !== undefined && growth.isComparison !== true;
  const mark = isJudged ? (exponents.last > allowed ? " ✗" : " ✓") : "";
  return [
    of === "time" ? growth.name + (growth.failure === undefined ? "" : ` (failed: ${growth.failure})`) : "",
    ...cells,
    exponents?.all.toFixed(2) ?? "",
    (exponents?.last.toFixed(2) ?? "") + mark,
  ];
}
