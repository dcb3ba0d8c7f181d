import { describe, it } from "vitest";
import { divergenceOf } from "../../src/fuzz/compare.ts";
import { ours } from "../../src/fuzz/ours.ts";
import { loadPythonSide } from "../../src/fuzz/python-side.ts";
import { expectSame } from "./expect-same.ts";
import { regressions } from "./regressions.ts";

describe("a divergence that was found once stays fixed:", () => {
  it.each(regressions)("$name", async ({ program }) => {
    expectSame(divergenceOf(program, await loadPythonSide(), ours));
  });
});
