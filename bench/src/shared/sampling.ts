/** Takes samples of a run in this process: of its time, or of the memory that it holds. */

import { isDeepStrictEqual } from "node:util";
import { Bench } from "tinybench";

/** How long to run. */
export interface Effort {
  /** How long runs are discarded, in milliseconds; at least one run. */
  readonly warmup: number;
  /** How long runs are counted, in milliseconds; at least `samples` runs. */
  readonly time: number;
  readonly samples: number;
}

/** The result of a process: every sample, in nanoseconds or bytes per operation. */
export type Samples = readonly number[];

/** Times a part of a run: without it the whole run counts. */
export interface Stopwatch {
  start(): void;
  stop(): void;
}

/** One run, whose result is compared with the expected one. */
export type Run = (stopwatch: Stopwatch) => unknown;

/** How many operations a run does, and what it returns. */
interface Work {
  readonly operations: number;
  readonly expected: unknown;
}

/** Runs again and again, after a warm-up. `clock` returns milliseconds. */
export async function sampleTime(
  run: Run,
  { operations, expected }: Work,
  effort: Effort,
  clock: () => number = () => performance.now(),
): Promise<Samples> {
  const bench = new Bench({
    iterations: effort.samples,
    retainSamples: true,
    throws: true,
    time: effort.time,
    warmupIterations: 1,
    warmupTime: effort.warmup,
  });
  bench.add("run", async () => {
    const watch = new PartialTime(clock);
    const start = clock();
    const result = await run(watch);
    const whole = clock() - start;
    check(result, expected);
    return { overriddenDuration: watch.elapsed ?? whole, overriddenIterationCost: whole };
  });
  const [task] = await bench.run();
  const samples = task?.result.state === "completed" ? task.result.latency.samples : undefined;
  if (samples === undefined) throw new Error("there are no samples");
  return samples.map((milliseconds) => (milliseconds * 1e6) / operations);
}

class PartialTime implements Stopwatch {
  elapsed: number | undefined;
  readonly #clock: () => number;
  #started = 0;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  start(): void {
    this.#started = this.#clock();
  }

  stop(): void {
    this.elapsed = (this.elapsed ?? 0) + this.#clock() - this.#started;
  }
}

/**
 * Weighs the objects of a run, again and again. The first run is discarded: it also makes objects that are made only
 * once.
 */
export async function sampleBytes(
  run: (weigh: () => void) => unknown,
  { operations, expected }: Work,
  effort: Pick<Effort, "samples">,
): Promise<Samples> {
  const samples: number[] = [];
  for (let count = 0; count <= effort.samples; count += 1) {
    const before = await settledBytes();
    let held: number | undefined;
    check(await run(() => (held = bytesInUse() - before)), expected);
    if (held === undefined) throw new Error("the workload did not weigh what it holds");
    if (count > 0) samples.push(held / operations);
  }
  return samples;
}

/** Returns the bytes in use after the host has done the work that follows a run, such as finalizing its objects. */
async function settledBytes(): Promise<number> {
  let before = Infinity;
  let bytes = bytesInUse();
  while (bytes < 0.999 * before) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    before = bytes;
    bytes = bytesInUse();
  }
  return bytes;
}

/** Collects all garbage. Objects that the first collection finalizes are freed by the second. */
function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error("weighing needs node --expose-gc");
  globalThis.gc();
  globalThis.gc();
}

/** Returns the bytes in use after all garbage is collected. */
function bytesInUse(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function check(result: unknown, expected: unknown): void {
  if (isDeepStrictEqual(result, expected)) return;
  throw new Error(`the run returned ${String(result)} instead of ${String(expected)}`);
}
