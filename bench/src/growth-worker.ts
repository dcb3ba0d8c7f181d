/** A process that measures one growth row at one size, and prints time and memory as a line of JSON. */

import { growthRows } from "./growth-rows.ts";
import { collectGarbage, sampleBytes, sampleTime } from "./measure.ts";
import { spread } from "./statistics.ts";
import { loadLibrary } from "./systems.ts";

/** What a growth worker is told, as JSON, in its one argument. */
export interface GrowthJob {
  readonly name: string;
  readonly size: number;
  /** How long runs of a thousand warm up and the runs of this size are counted, in milliseconds. */
  readonly warmup: number;
  readonly time: number;
}

/** What it answers, for the whole size: nanoseconds and bytes. */
export interface GrowthFigures {
  readonly time: number;
  readonly bytes: number;
}

const { name, size, warmup, time } = JSON.parse(process.argv[2] ?? "") as GrowthJob;
const row = growthRows[name];
if (row === undefined) throw new RangeError(`no growth row is called ${name}`);
const library = await loadLibrary("ours");
const nothing = () => {};
// A run of seconds is interrupted by whatever else the machine does; there is no undisturbed one to choose.
const processorTime = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
// Whatever the size, the code has run as hot before: else the small sizes would look dear.
const small = row(library, 1000);
await sampleTime(
  (stopwatch) => small({ start: () => stopwatch.start(), stop: () => stopwatch.stop(), weigh: nothing }),
  { operations: 1, expected: 1000 },
  { warmup, time: 0, samples: 1 },
  processorTime,
);
const run = row(library, size);
const work = { operations: 1, expected: size };
// What has warmed up leaves the nursery full of garbage: a run of a million would be copied in the midst of it.
collectGarbage();
const times = await sampleTime(
  (stopwatch) => run({ start: () => stopwatch.start(), stop: () => stopwatch.stop(), weigh: nothing }),
  work,
  { warmup: 0, time, samples: 1 },
  processorTime,
);
const weights = await sampleBytes((weigh) => run({ start: nothing, stop: nothing, weigh }), work, { samples: 1 });
const figures: GrowthFigures = { time: spread(times).min, bytes: spread(weights).median };
process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit());
