// The Nodes that the checks can run on besides the current one. Each is a package that .ci/runtimes names by its major
// version; a package manager skips those that are not for this machine.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const runtimes = new URL("runtimes/", import.meta.url);
const { optionalDependencies } = JSON.parse(readFileSync(new URL("package.json", runtimes), "utf8"));

/** Their major versions, the oldest first. */
export const majors = Object.keys(optionalDependencies).flatMap((name) => /^node-(\d+)$/.exec(name)?.slice(1) ?? []);

/** Returns the folder of a Node and its full version, or `undefined` if it does not run here. */
export function findNode(major) {
  const folder = fileURLToPath(new URL(`node_modules/node-${major}/bin`, runtimes));
  const { status, stdout } = spawnSync(join(folder, "node"), ["--version"], { encoding: "utf8" });
  return status === 0 ? { folder, version: stdout.trim().slice(1) } : undefined;
}
