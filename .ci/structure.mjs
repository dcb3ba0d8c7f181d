// The structure of the packages: which may import which, and a check of it. `npm run structure` prints it as a table,
// and `npm run structure -- FOLDER` prints that of another checkout.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The published packages: each imports only from those before it. */
export const packages = ["loop", "taskgroup", "timeout", "sync", "asyncgen", "yieldstar", "testing"];

/** The rooms of a package, the folders of its `src`: each imports only from itself and from those before it. */
export const rooms = {
  loop: [
    "values",
    "text",
    "errors",
    "copies",
    "arguments",
    "context",
    "debug",
    "coroutines",
    "scheduling",
    "tasks",
    "reports",
    "combinators",
    "blocks",
    "hosts",
    "loops",
    "running",
    "promises",
  ],
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv[2]);

async function main(folder = fileURLToPath(new URL("..", import.meta.url))) {
  const rows = [];
  const faults = [];
  for (const name of packages) {
    const source = join(folder, "packages", name, "src");
    if (!existsSync(source)) continue;
    const graph = await readGraph(source);
    const back = backArrows(name, graph);
    const circles = circlesOf(graph);
    faults.push(...unknownRooms(name, source));
    faults.push(...back.map(([from, to]) => `${name}: ${from} imports ${to}, which is in a room above it`));
    faults.push(...circles.map((circle) => `${name}: a circle of ${circle.join(", ")}`));
    rows.push({
      package: name,
      files: graph.size,
      rooms: new Set([...graph.keys()].map(roomOf)).size,
      arrows: sum([...graph.values()].map((to) => to.length)),
      "arrows between rooms": countRoomArrows(graph),
      "back arrows": back.length,
      circles: circles.length,
      "files in circles": circles.flat().length,
    });
  }
  console.table(rows);
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
}

/** Maps each file of `source` to the files of it that it imports, types included. */
async function readGraph(source) {
  const { cruise } = await import("dependency-cruiser");
  const { output } = await cruise(["."], {
    baseDir: source,
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: [".ts"] },
  });
  const isOwn = (path) => path.endsWith(".ts") && !path.startsWith("..");
  const files = output.modules.filter((module) => isOwn(module.source));
  return new Map(
    files.map(({ source: from, dependencies }) => [
      from,
      [...new Set(dependencies.map((each) => each.resolved).filter(isOwn))],
    ]),
  );
}

/** The first folder on the way to a file. The files beside the folders, such as the index, are a room too. */
function roomOf(file) {
  return file.includes("/") ? file.split("/")[0] : "index";
}

function countRoomArrows(graph) {
  const arrows = new Set();
  for (const [from, targets] of graph) {
    for (const to of targets) if (roomOf(from) !== roomOf(to)) arrows.add(`${roomOf(from)} ${roomOf(to)}`);
  }
  return arrows.size;
}

function backArrows(name, graph) {
  const order = rooms[name] ?? [];
  const floorOf = (file) => (order.includes(roomOf(file)) ? order.indexOf(roomOf(file)) : order.length);
  return [...graph].flatMap(([from, targets]) =>
    targets.filter((to) => floorOf(from) < floorOf(to)).map((to) => [from, to]),
  );
}

/** Sets of files that import each other in a circle: Tarjan's strongly connected components of two or more files. */
function circlesOf(graph) {
  const numbers = new Map();
  const lows = new Map();
  const path = [];
  const circles = [];
  const visit = (file) => {
    numbers.set(file, numbers.size);
    lows.set(file, numbers.get(file));
    path.push(file);
    for (const to of graph.get(file) ?? []) {
      if (!numbers.has(to)) visit(to);
      if (path.includes(to)) lows.set(file, Math.min(lows.get(file), lows.get(to)));
    }
    if (lows.get(file) !== numbers.get(file)) return;
    const circle = path.splice(path.indexOf(file));
    if (circle.length > 1) circles.push(circle);
  };
  for (const file of graph.keys()) if (!numbers.has(file)) visit(file);
  return circles;
}

function unknownRooms(name, source) {
  const order = rooms[name];
  if (order === undefined) return [];
  const folders = readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders
    .filter((entry) => !order.includes(entry.name))
    .map((entry) => `${name}: the room ${entry.name} has no place in .ci/structure.mjs`);
}

function sum(numbers) {
  return numbers.reduce((total, each) => total + each, 0);
}
