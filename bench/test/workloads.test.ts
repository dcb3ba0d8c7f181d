import { expect, test } from "vitest";
import { selectRows, type Row } from "../src/ratios/catalogue.ts";
import { loadLibrary, systemNames, type SystemName } from "../src/ratios/systems.ts";
import { Absent } from "../src/ratios/workload.ts";

const nothing = () => {};

/** Runs a workload once, and returns what it returns. */
async function runOnce({ workload }: Row, system: SystemName): Promise<unknown> {
  const implementation = workload.systems[system] as ((library: unknown) => (meter: object) => unknown) | undefined;
  const stopwatch = { start: nothing, stop: nothing };
  return implementation?.(await loadLibrary(system))(workload.measures === "time" ? stopwatch : nothing);
}

const rows = await selectRows(undefined);
const pairs = rows.flatMap((row) => systemNames.map((system) => [row.name, system, row] as const));
// The slowest peer would take as long as all others together; `npm run bench` checks its results too.
const present = pairs.filter(([, system, { workload }]) => system !== "effection" && system in workload.systems);

test.for(present)("%s: %s does all of the work", async ([, system, row], { skip }) => {
  const result = await runOnce(row, system).catch((error: unknown) => {
    if (error instanceof Absent) return skip(error.message);
    throw error;
  });
  expect(result).toEqual(row.workload.expected);
});

test.each(rows)("$name: ours, its floor and native take part, and an absent peer has a reason", ({ workload }) => {
  expect(Object.keys(workload.systems)).toEqual(expect.arrayContaining(["ours", "floor", "native"]));
  const silent = systemNames.filter((system) => !(system in workload.systems) && !workload.absent?.[system]);
  expect(silent.filter((system) => system !== "ring")).toEqual([]);
});
