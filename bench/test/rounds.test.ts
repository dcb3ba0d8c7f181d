import { expect, test } from "vitest";
import { againstReport, measurePairs } from "../src/ratios/against.ts";
import { selectRows } from "../src/ratios/catalogue.ts";
import type { Contestant } from "../src/ratios/contestants.ts";
import { measureRow } from "../src/ratios/rounds.ts";
import { Absent } from "../src/ratios/workload.ts";

const effort = { warmup: 1, time: 1, samples: 1 };
const [row] = await selectRows(["chain/5/marked"]);

function contestant(name: string, error: Error): Contestant {
  return { name, absent: () => undefined, measure: () => Promise.reject(error) };
}

test("a build that lacks what a row needs has not failed, and is not asked again", async () => {
  if (row === undefined) throw new Error("no such row");
  const lacking = contestant("ours", new Absent("this build has no `coroutine`"));
  const broken = contestant("native", new Error("broken"));
  const asked: string[] = [];
  const onProcess = (system: string) => asked.push(system);
  const { outcomes } = await measureRow(row, [lacking, broken], { processes: 3, effort, onProcess });
  expect(outcomes.get("ours")).toEqual({ figures: [], reason: "this build has no `coroutine`", isLacking: true });
  expect(outcomes.get("native")).toEqual({ figures: [], reason: "broken", failed: true });
  expect(asked).toEqual(["ours", "native"]);
});

test("a comparison shows why a row is left out", async () => {
  if (row === undefined) throw new Error("no such row");
  const measured = await measureRow(row, [contestant("there", new Absent("it has no marks"))], {
    processes: 1,
    effort,
  });
  const here = { figures: [50] };
  const report = againstReport([{ row, outcomes: new Map([["here", here], ...measured.outcomes]) }], "HEAD~1");
  expect(report).toMatch(/chain\/5\/marked \| +50\.0 ns \| +– \|.*\| it has no marks \|/);
});

test("a comparison runs on the Node that is named", async () => {
  if (row === undefined) throw new Error("no such row");
  const built = { node: { command: "/no/such/node", version: "24.0.0" }, worker: "", library: "" };
  const { outcomes } = await measurePairs(row, built, built, { processes: 1, effort });
  expect(outcomes.get("here")).toMatchObject({
    failed: true,
    reason: expect.stringContaining("/no/such/node") as string,
  });
});
