/** Measures the cost of a thousand to a million tasks. */

import type { NodeBinary } from "../shared/node-binary.ts";
import { lastLineOf } from "../shared/process.ts";
import type { GrowthFigures, GrowthJob } from "./worker.ts";

export const sizes: readonly number[] = [1_000, 10_000, 100_000, 1_000_000];

// V8 never copies the objects of a thousand tasks, but copies objects twice that do not fit into its nursery. Each size
// gets a nursery that holds a run or two, so that the collector treats all sizes alike, and the growth is ours. In
// megabytes.
const nurseryFor = (size: number): number => Math.max(16, (2 * size) / 1000);

/** The result of a row: the figures of each size that was measured, or why it failed. */
export interface Growth {
  readonly name: string;
  /** It does not use our packages, and is not judged. */
  readonly isComparison?: boolean;
  readonly figures: readonly (GrowthFigures & { readonly size: number })[];
  readonly failure?: string;
}

/** Measures a row at each size, each in its own processes; the best of several counts. */
export async function measureGrowth(
  name: string,
  { node, worker, library }: { readonly node: NodeBinary; readonly worker: string; readonly library: string },
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
        each.push((await lastLineOf(node.command, args, { YIELDSTAR_BUILD: library })) as GrowthFigures);
      }
      const [time, bytes] = [Math.min(...each.map((one) => one.time)), Math.min(...each.map((one) => one.bytes))];
      figures.push({ size, time, bytes });
    } catch (error) {
      return { name, figures, failure: (error as Error).message };
    }
  }
  return { name, figures };
}
