import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { bundle } from "./program.ts";

const isDist = process.env["MODE"] === "dist";
const entry = fileURLToPath(new URL(isDist ? "../dist/index.js" : "../src/index.ts", import.meta.url));

it("a classic script, which has no URL of its own, runs programs and shows their tasks", async () => {
  const contents = `
    import { createTask, getRunningLoop, run, sleep } from ${JSON.stringify(entry)};
    function* worker() {
      yield* sleep(0.001);
    }
    function* main() {
      const task = createTask(worker(), { name: "one" });
      yield* sleep(0);
      console.log(String(task).replaceAll(/<lambda>|\\S+:\\d+/g, ""));
      yield* task;
    }
    run(main(), { debug: true });`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true,
    format: "iife",
    logLevel: "error",
    logOverride: { "empty-import-meta": "silent" },
    platform: "neutral",
    mainFields: ["main"],
    target: "es2022",
    write: false,
  });
  const input = outputFiles[0]?.text ?? "";
  const printed = execFileSync(process.execPath, ["--input-type=commonjs"], { encoding: "utf8", input });
  expect(printed).toMatch(/^<Task pending name='one' coro=</);
});

it("a bundle for browsers contains nothing of Node's host", async ({ skip }) => {
  skip(isDist, "here the manifest speaks of src; check:size bundles dist as it would be published");
  const program = new URL("./programs/smoke.ts", import.meta.url);
  const usesNode = async (platform: "browser" | "neutral"): Promise<boolean> =>
    readFileSync(await bundle(program, platform), "utf8").includes("uncaughtExceptionMonitor");
  expect([await usesNode("neutral"), await usesNode("browser")]).toEqual([true, false]);
});
