/** Measures how much a spinning system leaves to the rest of its host: how late timers fire, how long answers take. */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { NodeBinary } from "../shared/node-binary.ts";
import { lastLineOf } from "../shared/process.ts";
import { spread } from "../shared/statistics.ts";
import { findChromium, measureInPage, pageSystems } from "./page.ts";
import type { Sufferings } from "./probe.ts";
import { type Fairness, fairnessReport, type Quantiles } from "./report.ts";
import { spinners } from "./spinners.ts";
import type { FairnessJob } from "./worker.ts";

const results = fileURLToPath(new URL("../../results", import.meta.url));

export interface FairnessOptions {
  readonly node: NodeBinary;
  /** The path of the compiled worker. */
  readonly worker: string;
  /** The URL of our built umbrella package. */
  readonly library: string;
  /** The requested systems, without those that cannot spin. */
  readonly systems: readonly string[];
  /** The number of fresh processes for each system. */
  readonly processes: number;
  /** Measures for a shorter time, and writes no files. */
  readonly quick?: boolean;
  /** Is called with the name of each measurement before it begins. */
  readonly onProcess?: (what: string) => void;
}

interface Host {
  readonly name: string;
  readonly systems: readonly string[];
  measure(job: FairnessJob): Promise<Sufferings>;
}

/**
 * Measures every system on every host, in interleaved rounds, and unless the run is quick writes `results/fairness.md`
 * and `results/fairness.json`.
 *
 * @returns the report, and whether our targets are met.
 */
export async function fairness(options: FairnessOptions): Promise<{ report: string; verdict: string; isMet: boolean }> {
  const { processes, quick = false, onProcess } = options;
  const duration = quick ? 600 : 2000;
  const all: Fairness[] = [];
  const failures: string[] = [];
  for (const host of hosts(options)) {
    const jobs = host.systems.flatMap((system) => {
      const counts = system === "idle" ? [0] : [1, 100];
      return counts.map((tasks) => ({
        system: system as FairnessJob["system"],
        tasks,
        duration,
        measured: [] as Sufferings[],
      }));
    });
    for (let round = 0; round < processes; round += 1) {
      for (const job of jobs) {
        const { measured, ...told } = job;
        const what = `${host.name}: ${job.system} with ${job.tasks}`;
        onProcess?.(`${what}, round ${round + 1} of ${processes}`);
        try {
          measured.push(await host.measure(told));
        } catch (error) {
          failures.push(`${what} failed: ${(error as Error).message}`);
        }
      }
    }
    const measured = jobs.filter((job) => job.measured.length > 0);
    all.push(...measured.map((job) => summary(host.name, job.system, job.tasks, job.measured)));
  }
  if (findChromium() === undefined) failures.push("Chromium is not here (apt-get install chromium, or set CHROMIUM)");
  const { text, ...judged } = fairnessReport(all, failures);
  if (!quick) write(text, all);
  return { report: text, ...judged };
}

function hosts({ node: binary, worker, library, systems }: FairnessOptions): Host[] {
  const asked = ["idle", ...systems.filter((system) => system in spinners)];
  const node: Host = {
    name: `Node ${binary.version}`,
    systems: asked,
    measure: async (job) => {
      const line = await lastLineOf(binary.command, [worker, JSON.stringify(job)], { YIELDSTAR_BUILD: library });
      return line as Sufferings;
    },
  };
  if (findChromium() === undefined) return [node];
  const page: Host = {
    name: "Chromium",
    systems: asked.filter((system) => system === "idle" || pageSystems.includes(system)),
    measure: (job) => measureInPage(job, library, dirname(worker)),
  };
  return [node, page];
}

function summary(
  host: string,
  system: FairnessJob["system"],
  tasks: number,
  measured: readonly Sufferings[],
): Fairness {
  return {
    host,
    system,
    tasks,
    timers: quantiles(measured.map(({ timers }) => timers)),
    trips: quantiles(measured.map(({ trips }) => trips)),
    yields: spread(measured.map(({ yields }) => yields)),
    samples: spread(measured.map(({ timers }) => timers.length)),
  };
}

function quantiles(samples: readonly (readonly number[])[]): Quantiles {
  const each = (fraction: number) => spread(samples.map((values) => quantile(values, fraction)));
  return { p50: each(0.5), p99: each(0.99), max: each(1) };
}

/** Returns the smallest value that at least this fraction of the values does not exceed; `NaN` for an empty list. */
export function quantile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)] ?? NaN;
}

function write(text: string, all: readonly Fairness[]): void {
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, "fairness.md"), `# Fairness\n\n${text}\n`);
  writeFileSync(join(results, "fairness.json"), `${JSON.stringify(all, undefined, 2)}\n`);
}
