/** A process that measures one row of one system, and prints the samples as a line of JSON. */

import type { Effort, Samples } from "../shared/sampling.ts";
import type { SystemName } from "./systems.ts";
import { loadRows } from "./catalogue.ts";
import { measure } from "./measure.ts";
import { Absent } from "./workload.ts";

/** A worker gets this as JSON, in its one argument. */
export interface Job {
  readonly file: string;
  readonly variant: string;
  readonly system: SystemName;
  readonly effort: Effort;
}

/** A worker's answer: its samples, or why the library cannot do the row. */
export type Answer = { readonly samples: Samples } | { readonly absent: string };

const { file, variant, system, effort } = JSON.parse(process.argv[2] ?? "") as Job;
const row = (await loadRows(file)).find((each) => each.variant === variant);
if (row === undefined) throw new RangeError(`${file} has no variant "${variant}"`);
const answer: Answer = await measure(row.workload, system, effort).then(
  (samples) => ({ samples }),
  (error: unknown) => {
    if (!(error instanceof Absent)) throw error;
    return { absent: error.message };
  },
);
// Work that a system has left on the host's loop must not keep the process alive.
process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit());
