// Runs an example on the real clock: `npm run demo -- [NAME]`.

import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const help = `Usage: npm run demo -- [NAME]

Runs the example NAME, by default cancellation-and-taskgroup.

  --list      list the examples
  -h, --help  show this help`;

const examples = new URL(".", import.meta.url);
const { values, positionals } = readArguments();
const [asked = "cancellation-and-taskgroup", ...more] = positionals;
const main = mainOf(asked);

if (values.help) console.log(help);
else if (values.list) console.log(list());
else if (more.length > 0) misuse(`One example at a time, not ${positionals.join(" and ")}.`);
else if (main === undefined) misuse(`No example is called "${asked}". The list:\n\n${list()}`);
else run(main);

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { list: { type: "boolean" }, help: { type: "boolean", short: "h" } },
    });
  } catch (error) {
    return misuse(`${error.message}\n\n${help}`);
  }
}

function misuse(message) {
  console.error(message);
  process.exit(2);
}

/** Returns the program of an example, by its name or by `GROUP/NAME`; `undefined` if there is none. */
function mainOf(example) {
  const paths = [example, ...readdirSync(examples).map((group) => `${group}/${example}`)];
  const path = paths.find((each) => /^[\w-]+\/[\w-]+$/.test(each) && existsSync(new URL(`${each}/main.ts`, examples)));
  return path && fileURLToPath(new URL(`${path}/main.ts`, examples));
}

/** Returns the list of README.md: each group's title, and a line for each of its examples. */
function list() {
  const [, ...groups] = readFileSync(new URL("README.md", examples), "utf8").split(/^## /m);
  const entries = /^- \[(.+?)\]\(.+?\): ([^]+?)\n(?=-|\n|$)/gm;
  const width = Math.max(...groups.flatMap((group) => Array.from(group.matchAll(entries), ([, name]) => name.length)));
  const lines = groups.map((group) => {
    const [title] = group.split("\n", 1);
    const rows = Array.from(group.matchAll(entries), ([, name, text]) => {
      return `  ${name.padEnd(width)}  ${text.replaceAll(/\s+/g, " ")}`;
    });
    return [title, ...rows].join("\n");
  });
  return lines.join("\n\n");
}

/**
 * Runs the example and ends as it ends. The example has a process group of its own, and gets each interrupt only once:
 * at Ctrl-C we get a SIGINT from the terminal and another one from npm, and the example would take the second one as a
 * sign that the user does not want to wait for its cleanup. (The script in package.json begins with `exec`, since the
 * first SIGINT would kill a shell between npm and us.)
 */
function run(program) {
  const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), program], {
    detached: process.platform !== "win32",
    stdio: "inherit",
  });
  const sameInterrupt = 250; // milliseconds
  let passedOn = -Infinity;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      if (performance.now() - passedOn < sameInterrupt) return;
      passedOn = performance.now();
      child.kill(signal);
    });
  }
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}
