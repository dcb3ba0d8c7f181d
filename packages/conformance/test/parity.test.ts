import { expect, it } from "vitest";
import { asyncioNames, contradictions, parityTable } from "../src/parity.ts";

it("every name of asyncio.__all__ is exported, or has a reason why it is not", async () => {
  expect(contradictions(await asyncioNames())).toEqual([]);
});

it("the table of names is up to date (npm run tables)", async () => {
  await expect(parityTable(await asyncioNames())).toMatchFileSnapshot("../../yieldstar/PARITY.md");
});
