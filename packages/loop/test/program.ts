import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** How a program ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The options of a program's process. */
export interface Running {
  /** The command and its arguments; this Node by default. */
  readonly command?: readonly string[];
  /** The signal to send. */
  readonly signal?: NodeJS.Signals;
  /** Whether it can send messages to us, and we to it. */
  readonly isConnected?: boolean;
}

const root = fileURLToPath(new URL("../../..", import.meta.url));

const bundles = new Map<string, Promise<string>>();

/**
 * Bundles a program into one file, once in this process.
 *
 * @param platform - "browser" leaves out the parts that only Node needs
 * @returns its path
 */
export function bundle(program: URL, platform: "browser" | "neutral" = "neutral"): Promise<string> {
  const key = `${platform} ${program.href}`;
  const made = bundles.get(key) ?? makeBundle(program, platform);
  bundles.set(key, made);
  return made;
}

async function makeBundle(program: URL, platform: "browser" | "neutral"): Promise<string> {
  const mode = process.env["MODE"] === "dist" ? "dist" : "src";
  const name = `${basename(program.pathname, ".ts")}.mjs`;
  const outfile = join(root, "node_modules/.cache/programs", `${mode}-${platform}`, name);
  const entry = (module: string): string =>
    join(root, "packages/loop", mode, `${module}.${mode === "dist" ? "js" : "ts"}`);
  const { outputFiles } = await build({
    alias: { "@yieldstar/loop": entry("index"), "@yieldstar/loop/internal": entry("internal") },
    bundle: true,
    entryPoints: [fileURLToPath(program)],
    format: "esm",
    keepNames: true,
    write: false,
    platform,
    mainFields: [platform, "module", "main"],
    external: ["node:*"],
    target: "es2022",
    logLevel: "warning",
  });
  // Another process may be running the same program: it must never see a half-written file.
  const draft = `${outfile}.${randomUUID()}`;
  await mkdir(dirname(outfile), { recursive: true });
  await writeFile(draft, outputFiles[0]?.contents ?? "");
  await rename(draft, outfile);
  return outfile;
}

/** For the runtimes that tests run programs on. */
const runtimes = new URL("../../../.ci/runtimes/package.json", import.meta.url);

/** Returns the path of a package that tests need, or `undefined` if it is not for this machine. */
export function findPackage(name: string): string | undefined {
  try {
    return dirname(createRequire(runtimes).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

/**
 * Runs a program in a new process.
 *
 * @param signalAt - lines of its output: at each it gets a signal, by default SIGINT
 */
export async function runProgram(
  program: URL,
  signalAt: readonly string[] = [],
  { command = [process.execPath], signal: sent = "SIGINT", isConnected = false }: Running = {},
): Promise<Ending> {
  const [file = process.execPath, ...args] = command;
  const child = spawn(file, [...args, await bundle(program)], {
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe", isConnected ? "ipc" : "ignore"],
  });
  const printed = { stdout: "", stderr: "" };
  const waitedFor = [...signalAt];
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    printed.stdout += text;
    const [line] = waitedFor;
    if (line === undefined || !printed.stdout.includes(`${line}\n`)) return;
    waitedFor.shift();
    child.kill(sent);
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (printed.stderr += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, ...printed }));
  });
}
