import * as fc from "fast-check";
import type { Arbitrary } from "fast-check";
import type { Statement } from "./program.ts";
import { pick } from "./vocabulary.ts";

const waitForAll: Statement = {
  op: "wait",
  on: ["T0", "T1", "T2", "T3"],
  policy: "ALL_COMPLETED",
  timeout: 5,
};

/** How `main` ends: mostly it gives the other tasks time, since its end cancels them. */
export const ending: Arbitrary<readonly Statement[]> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ op: fc.constant("sleep" as const), seconds: pick(2, 4, 6) }).map((each) => [each]),
  },
  { weight: 2, arbitrary: fc.constant([waitForAll]) },
  { weight: 1, arbitrary: fc.constant([]) },
);
