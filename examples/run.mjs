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

const names = readdirSync(new URL(".", import.meta.url)).filter((name) => existsSync(mainOf(name)));
const { values, positionals } = readArguments();
const [asked = "cancellation-and-taskgroup", ...more] = positionals;

if (values.help) console.log(help);
else if (values.list) console.log(list());
else if (more.length > 0) misuse(`One example at a time, not ${positionals.join(" and ")}.`);
else if (!names.includes(asked)) misuse(`No example is called "${asked}". There are:\n${list()}`);
else run(asked);

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

function mainOf(name) {
  return new URL(`${name}/main.ts`, import.meta.url);
}

/** A line for each example: its name and the first sentence of its comment head. */
function list() {
  const width = Math.max(...names.map((name) => name.length));
  const lines = names.map((name) => {
    const [head] = readFileSync(mainOf(name), "utf8").match(/^(\/\/.*\n)*/);
    const text = head.replaceAll(/^\/\/ ?/gm, "").replaceAll("\n", " ");
    const [sentence] = text.match(/^.+?[.!?](?= [A-Z`]|$)/) ?? [text];
    return `${name.padEnd(width)}  ${sentence}`.trimEnd();
  });
  return lines.join("\n");
}

/**
 * Runs the example and ends as it ends. It has a process group of its own, and an interrupt is passed on to it once: at
 * Ctrl-C we get a SIGINT from the terminal and another from npm, but to the example a second one means that the user
 * does not want to wait for its cleanup. (The script in package.json begins with `exec`, since a shell between npm and
 * us would die of the first.)
 */
function run(name) {
  const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), fileURLToPath(mainOf(name))], {
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
