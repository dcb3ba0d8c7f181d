// Installs the packages of the lockfile, unless they are installed. Every command of package.json loads this file
// first.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The package manager, as arguments for npx: nothing needs to be installed globally. */
export const pnpm = ["--yes", "pnpm@12.21.0"];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, "node_modules/.yieldstar-setup");

/**
 * A download of some hundred megabytes, which only tests need. It gets no `node_modules` if none of it is for this
 * machine.
 */
const runtimes = ".ci/runtimes";
const packages = readdirSync(join(root, "packages")).map((name) => join("packages", name));
const members = [".", "examples", "bench", runtimes, ...packages];
const projects = members.filter((folder) => existsSync(join(root, folder, "package.json")));
const isDemo = process.env["npm_lifecycle_event"] === "demo";

if (!isUpToDate()) install();

function isUpToDate() {
  const expected = projects.filter((folder) => folder !== runtimes).map((folder) => join(root, folder, "node_modules"));
  if (![stamp, ...expected].every((path) => existsSync(path))) return false;
  const stamped = readFileSync(stamp, "utf8");
  return stamped === fingerprint() || (isDemo && stamped === `${fingerprint()} demo`);
}

/** Changes when a fresh install would give another result. */
function fingerprint() {
  const manifests = projects.map((folder) => join(folder, "package.json"));
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}`);
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml", ...manifests]) {
    hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest("hex");
}

function install() {
  console.error(`Installing dependencies (npx ${pnpm.join(" ")} install --frozen-lockfile)`);
  rmSync(stamp, { force: true });
  const filter = isDemo ? ["--filter", "!@yieldstar/runtimes"] : [];
  const { status, stdout, stderr, error } = spawnSync("npx", [...pnpm, ...filter, "install", "--frozen-lockfile"], {
    cwd: root,
    encoding: "utf8",
    // Without a terminal, as in CI, pnpm must not stop to ask whether it may replace node_modules.
    env: { ...process.env, CI: "true" },
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    console.error(`${stdout ?? ""}${stderr ?? ""}`);
    console.error(`Setup failed: dependencies are not installed (${error?.message ?? `exit code ${status}`}).`);
    process.exit(1);
  }
  writeFileSync(stamp, isDemo ? `${fingerprint()} demo` : fingerprint());
}
