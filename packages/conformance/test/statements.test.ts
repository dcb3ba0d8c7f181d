import { expect, it } from "vitest";
import { statementTable, unaccounted } from "../src/statements.ts";

it("every statement has a test, or a reason why it cannot have one", () => {
  expect(unaccounted()).toEqual([]);
});

it("the table of statements is up to date (npm run tables)", async () => {
  await expect(statementTable()).toMatchFileSnapshot("../STATEMENTS.md");
});
