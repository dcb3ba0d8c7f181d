import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { expectSameRun, examplesIn } from "../src/examples.ts";

const examples = new URL("../../../examples/", import.meta.url);
const groups = foldersIn(examples).filter((name) => name !== "node_modules");

function foldersIn(folder: URL): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

function folderOf(group: string): URL {
  return new URL(`${group}/`, examples);
}

describe.each(groups)("the examples in %s", (group) => {
  it.each(examplesIn(folderOf(group)))("$name", async (example) => {
    await expectSameRun(example);
  });
});

describe("the list of examples", () => {
  const readme = readFileSync(new URL("README.md", examples), "utf8");
  const entries = Array.from(readme.matchAll(/^- \[(.+)\]\((.+?)\): /gm), ([, name = "", path = ""]) => ({
    name,
    path,
  }));

  it("has every example once, under its group", () => {
    const paths = groups.flatMap((group) => foldersIn(folderOf(group)).map((name) => `${group}/${name}`));
    expect(entries.map(({ path }) => path).sort()).toEqual(paths.sort());
  });

  it("has a unique name for each", () => {
    const names = entries.map(({ path }) => path.slice(path.indexOf("/") + 1));
    expect(entries.map(({ name }) => name)).toEqual(names);
    expect(new Set(names).size).toBe(names.length);
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

  it("is reported when only the final exception differs, with both tracebacks", async () => {
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
