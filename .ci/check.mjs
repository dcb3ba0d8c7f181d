// Runs the `check:…` scripts of package.json: `npm test` runs all of them, `npm test -- types lint` those named.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** The checks of one phase run side by side; a phase begins when those before it have passed. */
const phases = [["types", "lint", "format", "unused"], ["packages", "size", "dist", "compilers"], ["tests"]];

const root = new URL("..", import.meta.url);
const { scripts } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));

const asked = askedFor(phases.flat());
for (const phase of phases) {
  const passed = await Promise.all(phase.filter((name) => asked.has(name)).map(check));
  if (passed.includes(false)) process.exit(1);
}

function askedFor(known) {
  const { positionals } = parseArgs({ allowPositionals: true });
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    console.error(`No check is called ${unknown.join(", ")}. There are: ${known.join(", ")}.`);
    process.exit(2);
  }
  const names = new Set(positionals.length > 0 ? positionals : known);
  // What these look at is what `types` builds.
  if (phases[1].some((name) => names.has(name))) names.add("types");
  return names;
}

/** Prints the check's name and time; its output too if it failed; the table of sizes, and the count of the tests. */
async function check(name) {
  const start = performance.now();
  const { passed, stderr, stdout } = await run(scripts[`check:${name}`]);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${name.padEnd(9)} ${seconds} s${passed ? "" : "  FAILED"}`);
  if (!passed) console.log((stderr + stdout).trimEnd());
  else if (name === "size") console.log(stdout.trimEnd());
  else if (name === "tests") console.log(stdout.trimEnd().split("\n").at(-1));
  return passed;
}

function run(command) {
  const path = fileURLToPath(new URL("node_modules/.bin", root)) + delimiter + process.env.PATH;
  const child = spawn(command, { cwd: root, env: { ...process.env, PATH: path }, shell: true });
  const printed = { stderr: "", stdout: "" };
  for (const stream of ["stderr", "stdout"]) {
    child[stream].setEncoding("utf8").on("data", (text) => (printed[stream] += text));
  }
  child.stdin.end();
  return new Promise((resolve) => {
    child.on("close", (code) => {
      resolve({ passed: code === 0, ...printed });
    });
  });
}
