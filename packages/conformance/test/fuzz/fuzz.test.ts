import { expect, it } from "vitest";
import { runCampaign } from "../../src/fuzz/campaign.ts";
import { features } from "../../src/fuzz/features.ts";
import { seedOf } from "../../src/fuzz/generate.ts";
import { ours } from "../../src/fuzz/ours.ts";
import { loadPythonSide } from "../../src/fuzz/python-side.ts";
import { shrink } from "../../src/fuzz/shrink.ts";
import { expectSame } from "./expect-same.ts";

const seed = 2026;
const programs = 2000;

it(`${programs} random programs leave the same traces as on CPython, and reach every feature`, async () => {
  const python = await loadPythonSide();
  const tally = runCampaign({ seed, programs, python, library: ours });
  const [first] = tally.divergent;
  if (first !== undefined) expectSame(shrink(seedOf(seed, first), python, ours));
  expect(tally.divergent).toEqual([]);
  const short = Object.entries(features).filter(([feature, floor]) => (tally.features.get(feature) ?? 0) < floor);
  const tooFew = short.map(([feature, floor]) => `${feature}: ${tally.features.get(feature) ?? 0} of ${floor}`);
  expect({ tooFew }).toEqual({ tooFew: [] });
  const unknown = [...tally.features.keys()].filter((feature) => !(feature in features));
  // A new feature needs a floor in features.ts.
  expect({ unknown }).toEqual({ unknown: [] });
});

it("a program on which CPython recurses without end is left out, and the campaign goes on", async () => {
  const python = await loadPythonSide();
  const tally = runCampaign({ seed: 13082026, programs: 2, python, library: ours, from: 44482 });
  expect({ programs: tally.programs, spared: tally.spared, divergent: tally.divergent }).toEqual({
    programs: 2,
    spared: 1,
    divergent: [],
  });
});
