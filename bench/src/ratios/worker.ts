/** A process that measures one row of one system, and prints the samples as a line of JSON. */

import type { Effort } from "../shared/sampling.ts";
import type { SystemName } from "../shared/systems.ts";
import { loadRows } from "./catalogue.ts";
import { measure } from "./measure.ts";

/** A worker gets this as JSON, in its one argument. */
export interface Job {
  readonly file: string;
  readonly variant: string;
  readonly system: SystemName;
  readonly effort: Effort;
}

const { file, variant, system, effort } = JSON.parse(process.argv[2] ?? "") as Job;
const row = (await loadRows(file)).find((each) => each.variant === variant);
if (row === undefined) throw new RangeError(`${file} has no variant "${variant}"`);
const samples = await measure(row.workload, system, effort);
// Work that a system has left on the host's loop must not keep the process alive.
process.stdout.write(`${JSON.stringify({ samples })}\n`, () => process.exit());
