import { expect, test } from "vitest";
import { readArguments, UsageError } from "../src/command/arguments.ts";
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

test("an unknown system is answered with the list of systems", () => {
  expect(() => readArguments(["--systems", "ours,rxjs"])).toThrow(
    new UsageError(
      "No system is called rxjs. There are: ours, native, effect, effection, redux-saga, co, ring, cpython.",
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
});

test("an unknown workload is answered with the list of workloads", async () => {
  await expect(selectRows(["switch", "swtich"])).rejects.toThrow(/^No workload is called swtich. There are: switch, /);
});
