/** Measures one row of one system, in this process. */

import { type Effort, type Run, sampleBytes, sampleTime, type Samples } from "../shared/sampling.ts";
import { loadLibrary, type SystemName } from "./systems.ts";
import type { TimedWorkload, Workload } from "./workload.ts";

/** Measures a workload on a system, whose library it loads. */
export async function measure(workload: Workload, system: SystemName, effort: Effort): Promise<Samples> {
  const library = await loadLibrary(system);
  return workload.measures === "time"
    ? sampleTime(implementationOf(workload, system)(library), workload, effort)
    : sampleBytes(implementationOf(workload, system)(library), workload, effort);
}

function implementationOf<W extends Workload>(workload: W, system: SystemName) {
  const implementation = workload.systems[system] as
    | ((library: unknown) => W extends TimedWorkload ? Run : (weigh: () => void) => unknown)
    | undefined;
  if (implementation === undefined) throw new RangeError(`${system} does not do this workload`);
  return implementation;
}
