// Runs a program on the packages as they would be published, on each runtime that is installed: Nodes, Deno and Bun.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import { findNode, majors } from "./nodes.mjs";
import { unpackAll } from "./pack.mjs";

const read = (name) => readFileSync(new URL(`consumer/${name}`, import.meta.url), "utf8");
const expected = read("everywhere.txt");

const inRuntimes = (path) => fileURLToPath(new URL(`runtimes/node_modules/${path}`, import.meta.url));
const deno = inRuntimes("@deno/linux-x64-glibc/deno");
const bun = inRuntimes("@oven/bun-linux-x64/bin/bun");

const nodes = majors.map((major) => [`Node ${major}`, [join(findNode(major)?.folder ?? inRuntimes(""), "node")]]);
/** Each runtime, with the command that runs a program on it. */
const runtimes = new Map([
  [`Node ${process.versions.node}`, [process.execPath]],
  ...nodes,
  ["Deno", [deno, "run", "--allow-all", "--no-remote", "--node-modules-dir=manual"]],
  ["Bun", [bun]],
]);

const folder = mkdtempSync(join(tmpdir(), "yieldstar-consumer-"));
try {
  unpackAll(folder);
  const { code } = await transform(read("everywhere.ts"), { loader: "ts", target: "es2022" });
  const program = join(folder, "everywhere.mjs");
  writeFileSync(program, code);
  for (const [name, command] of runtimes) judge(name, [...command, program]);
} finally {
  rmSync(folder, { recursive: true });
}

function judge(name, [file, ...args]) {
  if (!existsSync(file)) {
    console.log(`${name}: skipped, it is not here for ${process.platform} ${process.arch}`);
    return;
  }
  const { status, signal, stdout, stderr } = spawnSync(file, args, { cwd: folder, encoding: "utf8", timeout: 60_000 });
  if (status === 0 && stdout === expected && stderr === "") {
    console.log(`${name}: passed`);
    return;
  }
  console.error(`${name} ended with ${status ?? signal}, and printed:\n${stdout}${stderr}`);
  process.exitCode = 1;
}
