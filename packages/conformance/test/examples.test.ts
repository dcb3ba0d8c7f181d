import { describe, expect, it } from "vitest";
import { expectSameRun, examplesIn } from "../src/examples.ts";

describe("examples", () => {
  it.each(examplesIn(new URL("../../../examples/", import.meta.url)))("$name", async (example) => {
    await expectSameRun(example);
  });
});

describe("a port with one line changed", () => {
  const fixtures = examplesIn(new URL("fixtures/", import.meta.url));

  async function reportOn(name: string): Promise<string> {
    const fixture = fixtures.find((each) => each.name === name);
    if (fixture === undefined) throw new Error(`there is no fixture ${name}`);
    try {
      await expectSameRun(fixture);
    } catch (error) {
      return (error as Error).message;
    }
    return "no difference";
  }

  it("is reported with both outputs", async () => {
    expect(await reportOn("changed-delay")).toBe(
      `changed-delay: the port does not do what Python does

  Python          | port
  tick            | tick
  tick            | tick
! tick            | timeout reached
! timeout reached |`,
    );
  });

  it("is reported when only the exception that ends it differs, with both tracebacks", async () => {
    const report = await reportOn("changed-ending");
    expect(report).toContain(
      `changed-ending: the port does not do what Python does

  Python                | port
  before                | before
! (ended by ValueError) | (ended by TypeError)

Python: Traceback (most recent call last):`,
    );
    expect(report).toMatch(/Port: TypeError: x\n +at main/);
  });
});
