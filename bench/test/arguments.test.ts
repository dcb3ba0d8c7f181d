import { expect, test } from "vitest";
import { readArguments, UsageError } from "../src/command/arguments.ts";
import { findNodes } from "../src/command/nodes.ts";
import { selectRows } from "../src/ratios/catalogue.ts";

test("without arguments the bench measures everything, in five processes each", () => {
  const wishes = readArguments([]);
  expect(wishes).toMatchObject({ only: undefined, isEverySystem: true, processes: 5, quick: false });
});

test("names are separated by commas", () => {
  const wishes = readArguments(["--only", "switch, spawn/trivial", "--systems", "ours,native"]);
  expect(wishes).toMatchObject({ only: ["switch", "spawn/trivial"], systems: ["ours", "native"] });
  expect(wishes.isEverySystem).toBe(false);
});

test("Nodes are named by their major versions, and measured once each", () => {
  expect(readArguments(["--node", "24,26, 24"]).nodes).toEqual(["24", "26"]);
  expect(readArguments(["--node", "20", "--against", "HEAD~1"])).toMatchObject({ nodes: ["20"], against: "HEAD~1" });
  expect(readArguments([]).nodes).toBeUndefined();
});

test.each(["21", "24.21.0", "24,21", "", "every"])("it refuses Node %j, and lists those that there are", (nodes) => {
  expect(() => readArguments(["--node", nodes])).toThrow(
    new UsageError(`--node takes 20, 22, 24, 26, or several of them with commas, not "${nodes}".`),
  );
});

test("without a name the current Node runs what is measured", () => {
  expect(findNodes(undefined)).toEqual([{ command: process.execPath, version: process.versions.node }]);
});

test("a Node without a binary for this machine is refused", () => {
  expect(() => findNodes(["0"])).toThrow(UsageError);
  expect(() => findNodes(["0"])).toThrow("Node 0 does not run here.");
});

test("an unknown system is answered with the list of systems", () => {
  expect(() => readArguments(["--systems", "ours,rxjs"])).toThrow(
    new UsageError(
      "No system is called rxjs. There are: ours, floor, native, effect, effection, redux-saga, co, ring, cpython.",
    ),
  );
});

test("an unknown option is answered with the usage", () => {
  expect(() => readArguments(["--sytems", "ours"])).toThrow(/Unknown option '--sytems'[^]*Usage: npm run bench/);
});

test.each(["0", "1.5", "many"])("it refuses %s processes", (processes) => {
  expect(() => readArguments(["--processes", processes])).toThrow(UsageError);
});

test("a file's name selects all its rows, and with a slash at the end the row without a variant", async () => {
  const named = async (...names: string[]) => (await selectRows(names)).map(({ name }) => name);
  expect(await named("switch")).toEqual(["switch", "switch/host"]);
  expect(await named("switch/")).toEqual(["switch"]);
  expect(await named("spawn/trivial")).toEqual(["spawn/trivial"]);
  expect(await named("chain/10")).toEqual(["chain/10"]);
  expect(await named("chain/10/marked")).toEqual(["chain/10/marked"]);
});

test("an unknown workload is answered with the list of workloads", async () => {
  await expect(selectRows(["switch", "swtich"])).rejects.toThrow(/^No workload is called swtich. There are: switch, /);
});
