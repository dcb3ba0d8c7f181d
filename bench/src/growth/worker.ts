/** A process that measures one growth row at one size, and prints time and memory as a line of JSON. */

import { sampleBytes, sampleTime } from "../shared/sampling.ts";
import { spread } from "../shared/statistics.ts";
import { loadLibrary } from "../shared/systems.ts";
import { comparisons } from "./comparisons.ts";
import { growthRows, type Meter } from "./rows.ts";

/** A growth worker gets this as JSON, in its one argument. */
export interface GrowthJob {
  readonly name: string;
  readonly size: number;
  /** How long runs of a thousand tasks warm up, and how long runs of this size are counted, in milliseconds. */
  readonly warmup: number;
  readonly time: number;
  /** In megabytes. */
  readonly nursery: number;
}

/** Its answer, for the whole size: nanoseconds and bytes. */
export interface GrowthFigures {
  readonly time: number;
  readonly bytes: number;
}

const { name, size, warmup, time, nursery } = JSON.parse(process.argv[2] ?? "") as GrowthJob;
const nothing = () => {};

/** Returns a function that makes a run of a size. */
async function findRow(): Promise<(count: number) => (meter: Meter) => Promise<number>> {
  const comparison = comparisons[name];
  if (comparison !== undefined) return comparison;
  const row = growthRows[name];
  if (row === undefined) throw new RangeError(`no growth row is called ${name}`);
  const library = await loadLibrary("ours");
  return (count) => row(library, count);
}

const prepare = await findRow();

/** Smaller sizes run so often that neither the machine nor the collector disturbs every run. */
const many = 1_000_000;

/**
 * Empties the nursery. A full collection would give its pages back to the kernel, and the next run would pay for them.
 */
function emptyNursery(): void {
  globalThis.gc?.({ type: "minor", execution: "sync" });
}

/** Makes the kernel provide all pages of the nursery's two halves before the measurement. */
function touchNursery(): void {
  const kilobyte = (): number[] => new Array<number>(1024 / 8).fill(0);
  for (let filled = 0; filled < 2 * nursery; filled += 1) {
    for (let kilobytes = 0; kilobytes < 1024; kilobytes += 1) kilobyte();
  }
}

// Other work of the machine interrupts a run of seconds, and there is no undisturbed run to choose.
const processorTime = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
// The code is warmed up equally for every size, or the small sizes would look slow.
const small = prepare(1000);
await sampleTime(
  (stopwatch) => small({ start: () => stopwatch.start(), stop: () => stopwatch.stop(), weigh: nothing }),
  { operations: 1, expected: 1000 },
  { warmup, time: 0, samples: 1 },
  processorTime,
);
const run = prepare(size);
const work = { operations: 1, expected: size };
touchNursery();
const times = await sampleTime(
  (stopwatch) => {
    // A run that began in a half-full nursery would be copied halfway through.
    if (size >= many) emptyNursery();
    return run({ start: () => stopwatch.start(), stop: () => stopwatch.stop(), weigh: nothing });
  },
  work,
  { warmup: 0, time, samples: size >= many ? 3 : 5 },
  processorTime,
);
const samples = size >= many ? 1 : 3;
const weights = await sampleBytes((weigh) => run({ start: nothing, stop: nothing, weigh }), work, { samples });
const figures: GrowthFigures = { time: spread(times).min, bytes: spread(weights).median };
process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit());
