// Measures the packages as they would be published, bundled for a browser, minified and gzipped. A size above its
// budget fails the check; raise the budget when an addition is worth its size. (The tool size-limit cannot bundle the
// exports of several packages together, and shows no minified size.)

import { build } from "esbuild";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { unpackAll } from "./pack.mjs";

const names = ["loop", "taskgroup", "timeout", "sync", "asyncgen", "testing"].map((name) => `@yieldstar/${name}`);
const allOf = (...packages) => packages.map((name) => `export * from "${name}";`).join("");
const only = (exports) => `export { ${exports} } from "yieldstar";`;

/** The sizes that README.md states, in kilobytes. */
const figures = readFigures();

/** Each package with its budget in kilobytes. A package is measured without the other packages that it imports. */
const subjects = [
  { title: "yieldstar", budget: 43.2, code: allOf("yieldstar"), stated: figures.all },
  { title: "yieldstar, with Node's host", budget: 44.8, code: allOf("yieldstar"), platform: "node" },
  { title: "loop, taskgroup and timeout", budget: 34.2, code: allOf(...names.slice(0, 3)) },
  // The parts of these packages that a bundler can leave out.
  { title: "{ sleep, run, TaskGroup, timeout }", budget: 26.3, code: only("sleep, run, TaskGroup, timeout") },
  { title: "{ sleep, run }", budget: 22.6, code: only("sleep, run"), stated: figures.least },
  { title: "@yieldstar/loop", budget: 29.7, code: allOf("@yieldstar/loop") },
  { title: "@yieldstar/taskgroup", budget: 4.3, code: allOf("@yieldstar/taskgroup"), isAlone: true },
  { title: "@yieldstar/timeout", budget: 1.6, code: allOf("@yieldstar/timeout"), isAlone: true },
  { title: "@yieldstar/sync", budget: 4.2, code: allOf("@yieldstar/sync"), isAlone: true },
  { title: "@yieldstar/asyncgen", budget: 7.4, code: allOf("@yieldstar/asyncgen"), isAlone: true },
  { title: "@yieldstar/testing", budget: 1.4, code: allOf("@yieldstar/testing"), isAlone: true },
];

const folder = mkdtempSync(join(tmpdir(), "yieldstar-size-"));
try {
  unpackAll(folder);
  console.log(row("", ["minified", "gzipped", "budget"]));
  for (const subject of subjects) await judge(subject);
} finally {
  rmSync(folder, { recursive: true });
}

function readFigures() {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8").replaceAll(/\s+/g, " ");
  const groups = /all of it is (?<all>\d+) kB, and a\sbundle of `\{ sleep, run \}` has (?<least>\d+) kB/.exec(
    readme,
  )?.groups;
  return { all: Number(groups?.all), least: Number(groups?.least) };
}

async function judge({ title, budget, stated, ...how }) {
  const code = await bundle(how);
  const kilobytes = gzipSync(code, { level: 9 }).length / 1000;
  const columns = [code.length / 1000, kilobytes, budget].map((each) => `${each.toFixed(1)} kB`);
  console.log(row(title, columns) + (kilobytes > budget ? "  ABOVE ITS BUDGET" : ""));
  if (kilobytes > budget) process.exitCode = 1;
  if (stated === undefined || Math.abs(kilobytes - stated) <= 1) return;
  console.error(`README.md says ${stated} kB of ${title}, which has ${kilobytes.toFixed(1)} kB`);
  process.exitCode = 1;
}

function row(title, columns) {
  return title.padEnd(34) + columns.map((each) => each.padStart(10)).join("");
}

async function bundle({ code, platform = "browser", isAlone = false }) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: folder },
    bundle: true,
    external: isAlone ? names.filter((name) => !code.includes(name)) : [],
    format: "esm",
    minify: true,
    platform,
    target: "es2022",
    write: false,
  });
  return outputFiles[0].contents;
}
