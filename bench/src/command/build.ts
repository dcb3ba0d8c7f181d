/** Builds the workers' programs as plain JavaScript, so that no loader and no helper of a transpiler is measured. */

import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const bench = fileURLToPath(new URL("../..", import.meta.url));
const root = resolve(bench, "..");
const compiler = join(root, "node_modules/typescript/bin/tsc");
const tslib = realpathSync(join(root, "packages/loop/node_modules/tslib"));

/** A folder that is deleted when the process ends. It lies here, so that the programs in it find the peers. */
export function temporaryFolder(): string {
  const cache = join(bench, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "run-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The kinds of measurement; each has a worker, in a folder of its name. */
export type Product = "ratios" | "growth" | "fairness";

/** Compiles the workers into a folder, and returns a function from a product to its worker's path. */
export function buildWorkers(folder: string): (product: Product) => string {
  const out = join(folder, "workers");
  runCompiler(["--project", join(bench, "tsconfig.emit.json"), "--outDir", out]);
  writeFileSync(join(out, "package.json"), JSON.stringify({ type: "module" }));
  return (product) => join(out, product, "worker.js");
}

/**
 * Builds the packages of a checkout, in a copy, and installs them into a folder as a user would get them.
 *
 * @param checkout the folder of a checkout, or a commit of this one.
 * @returns the URL of the umbrella package's entry.
 */
export function buildLibrary(checkout: string, folder: string): string {
  const source = join(folder, "source");
  mkdirSync(source, { recursive: true });
  if (existsSync(join(checkout, "packages"))) copySources(checkout, source);
  else takeCommit(checkout, source);
  linkDependencies(source);
  // `npm test` checks the types: a type error must not prevent a measurement.
  runCompiler(["--build", "--noCheck", join(source, "packages/yieldstar")]);
  const modules = join(folder, "node_modules");
  for (const name of readdirSync(join(source, "packages"))) {
    const built = join(source, "packages", name);
    if (existsSync(join(built, "dist"))) install(built, modules);
  }
  cpSync(tslib, join(modules, "tslib"), { recursive: true });
  return pathToFileURL(join(modules, "yieldstar/dist/index.js")).href;
}

/** Copies the files that a build needs: the build must not disturb another one in the same checkout. */
function copySources(checkout: string, source: string): void {
  const isMade = (path: string) => ["node_modules", "dist", "test"].includes(basename(path));
  cpSync(join(checkout, "tsconfig.base.json"), join(source, "tsconfig.base.json"));
  cpSync(join(checkout, "packages"), join(source, "packages"), { recursive: true, filter: (path) => !isMade(path) });
}

function takeCommit(commit: string, source: string): void {
  const archive = git(["archive", "--format=tar", commitOf(commit), "packages", "tsconfig.base.json"]);
  execFileSync("tar", ["-x", "-C", source], { input: archive });
}

/** @throws {RangeError} if there is no such commit. */
function commitOf(revision: string): string {
  try {
    return git(["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`])
      .toString()
      .trim();
  } catch {
    throw new RangeError(`"${revision}" is neither a commit nor the folder of a checkout.`);
  }
}

function linkDependencies(source: string): void {
  const modules = join(source, "node_modules");
  mkdirSync(join(modules, "@yieldstar"), { recursive: true });
  for (const name of readdirSync(join(source, "packages"))) {
    const scoped = name === "yieldstar" ? name : `@yieldstar/${name}`;
    symlinkSync(join(source, "packages", name), join(modules, scoped), "junction");
  }
  symlinkSync(join(root, "node_modules/@types"), join(modules, "@types"), "junction");
  symlinkSync(tslib, join(modules, "tslib"), "junction");
}

/** Copies a built package as it would be published, by its `publishConfig`. */
function install(built: string, modules: string): void {
  const manifest = JSON.parse(readFileSync(join(built, "package.json"), "utf8")) as {
    name: string;
    publishConfig?: object;
  };
  const target = join(modules, manifest.name);
  cpSync(join(built, "dist"), join(target, "dist"), { recursive: true });
  writeFileSync(join(target, "package.json"), JSON.stringify({ ...manifest, ...manifest.publishConfig }));
}

function git(args: readonly string[]): Buffer {
  return execFileSync("git", args, { cwd: root, maxBuffer: 2 ** 30, stdio: ["ignore", "pipe", "pipe"] });
}

/** @throws {RangeError} with the compiler's output. */
function runCompiler(args: readonly string[]): void {
  const { status, stdout } = spawnSync(process.execPath, [compiler, ...args], { encoding: "utf8" });
  if (status !== 0) throw new RangeError(`It does not compile:\n${stdout}`);
}
