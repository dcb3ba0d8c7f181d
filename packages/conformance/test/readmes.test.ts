import { readFileSync } from "node:fs";
import * as asyncgen from "@yieldstar/asyncgen";
import * as loop from "@yieldstar/loop";
import * as sync from "@yieldstar/sync";
import * as taskgroup from "@yieldstar/taskgroup";
import * as testing from "@yieldstar/testing";
import * as timeout from "@yieldstar/timeout";
import { afterAll, describe, expect, it } from "vitest";
import { runPort } from "../src/port.ts";
import { compileExamples, programOf, readmeExamples, writeExamples } from "../src/readmes.ts";

const packages: Readonly<Record<string, object>> = { asyncgen, loop, sync, taskgroup, testing, timeout };

describe("the examples in the READMEs", () => {
  const examples = readmeExamples();
  const programs = examples.filter(({ output }) => output !== undefined);
  afterAll(writeExamples(examples));

  it("have a program that runs for each published package", () => {
    const names = programs.map(({ name }) => name.split("-")[0]);
    expect(new Set(names)).toEqual(new Set([...Object.keys(packages), "yieldstar"]));
  });

  it("compile", () => {
    expect(compileExamples()).toBe("");
  });

  it.each(programs)("print what the README says: $name", async (program) => {
    const run = await runPort(programOf(program));
    expect(run).toEqual({ stdout: program.output, stderr: "" });
  });
});

it.each(Object.entries(packages))("the README of %s has every name that the package exports", (name, exports) => {
  const readme = readFileSync(new URL(`../../${name}/README.md`, import.meta.url), "utf8");
  expect(Object.keys(exports).filter((each) => !readme.includes(`\`${each}\``))).toEqual([]);
});
