import { afterAll, describe, expect, it } from "vitest";
import { runPort } from "../src/port.ts";
import { compileExamples, programOf, readmeExamples, writeExamples } from "../src/readmes.ts";

const published = ["asyncgen", "loop", "sync", "taskgroup", "testing", "timeout", "yieldstar"];

describe("the examples in the READMEs", () => {
  const examples = readmeExamples();
  const programs = examples.filter(({ output }) => output !== undefined);
  afterAll(writeExamples(examples));

  it("have a program that runs for each published package", () => {
    const names = programs.map(({ name }) => name.split("-")[0]);
    expect(new Set(names)).toEqual(new Set(published));
  });

  it("compile", () => {
    expect(compileExamples()).toBe("");
  });

  it.each(programs)("print what the README says: $name", async (program) => {
    const run = await runPort(programOf(program));
    expect(run).toEqual({ stdout: program.output, stderr: "" });
  });
});
