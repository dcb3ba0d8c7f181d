// Runs the `check:…` scripts of package.json: `npm test` runs all of them, `npm test -- types lint` only these two.
// With `--node 24` they run on that Node instead of the current one, with `--node every` on each that is installed.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findNode, majors } from "./nodes.mjs";

/** The checks of one phase run at the same time. A phase begins when all checks of the earlier phases have passed. */
const phases = [
  ["types", "lint", "format", "unused", "structure", "links", "range"],
  ["packages", "size", "dist", "compilers", "consumer"],
  ["tests"],
];

const root = new URL("..", import.meta.url);
const { scripts } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));

const { names, nodes } = readArguments();
for (const node of nodes) {
  if (node.folder !== undefined) console.log(`On Node ${node.version}:`);
  if (!(await passAll(node))) process.exitCode = 1;
}

function readArguments() {
  let parsed;
  try {
    parsed = parseArgs({ allowPositionals: true, options: { node: { type: "string" } } });
  } catch (error) {
    refuse(error.message);
  }
  return { names: askedFor(parsed.positionals), nodes: nodesFor(parsed.values.node) };
}

function askedFor(given) {
  const known = phases.flat();
  const unknown = given.filter((name) => !known.includes(name));
  if (unknown.length > 0) refuse(`No check is called ${unknown.join(", ")}. There are: ${known.join(", ")}.`);
  const asked = new Set(given.length > 0 ? given : known);
  // These need the files that `types` builds.
  if (phases[1].some((name) => asked.has(name))) asked.add("types");
  return asked;
}

function nodesFor(given) {
  if (given === undefined) return [{ folder: undefined, version: process.versions.node }];
  if (given !== "every" && !majors.includes(given)) {
    refuse(`--node takes ${majors.join(", ")} or every, got ${given}.`);
  }
  return (given === "every" ? majors : [given]).flatMap((major) => {
    const node = findNode(major);
    if (node !== undefined) return [node];
    const message =
      `Node ${major} comes from an npm package for Linux on x64 with glibc, and does not run on this machine ` +
      `(${process.platform} ${process.arch}). Install Node ${major}, and start \`npm test\` with it.`;
    if (given !== "every") refuse(message);
    console.log(message);
    return [];
  });
}

function refuse(message) {
  console.error(message);
  process.exit(2);
}

async function passAll(node) {
  for (const phase of phases) {
    const passed = await Promise.all(phase.filter((name) => names.has(name)).map((name) => check(name, node)));
    if (passed.includes(false)) return false;
  }
  return true;
}

/** Prints the check's name and time, and its whole output if it failed; otherwise only the lines worth reading. */
async function check(name, node) {
  const start = performance.now();
  const { passed, stderr, stdout } = await run(scripts[`check:${name}`], node.folder);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const text = passed ? interesting(name, stdout.trimEnd(), node.version) : (stderr + stdout).trimEnd();
  console.log(`${name.padEnd(9)} ${seconds} s${passed ? "" : "  FAILED"}${text === "" ? "" : `\n${text}`}`);
  return passed;
}

function interesting(name, stdout, version) {
  if (name === "size" || name === "consumer") return stdout;
  if (name !== "dist" && name !== "tests") return "";
  const lines = stdout.split("\n");
  const count = lines.at(-1) ?? "";
  return [
    ...lines.filter((line) => line.startsWith("skipped: ")),
    // The count of `tests` is the last line of the output, and no other line may look like it.
    name === "tests" ? count : `node ${version}: ${count.replace(" 0 failed,", "")}`,
  ].join("\n");
}

function run(command, folder) {
  const folders = [fileURLToPath(new URL("node_modules/.bin", root)), folder, process.env.PATH];
  const path = folders.filter((each) => each !== undefined).join(delimiter);
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
