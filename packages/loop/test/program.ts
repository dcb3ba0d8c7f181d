import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

/** How a program ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

// The examples are programs too, and run the same way.
const examples = createRequire(new URL("../../../examples/run.mjs", import.meta.url));
const loader = pathToFileURL(examples.resolve("tsx")).href;
const onBuiltPackages = fileURLToPath(new URL("programs/tsconfig.dist.json", import.meta.url));

/**
 * Runs a program in a process of its own.
 *
 * @param interruptAt - lines of its output: at each it gets a SIGINT
 */
export function runProgram(program: URL, interruptAt: readonly string[] = []): Promise<Ending> {
  const { MODE, TSX_TSCONFIG_PATH: _, ...env } = process.env;
  const child = spawn(process.execPath, ["--import", loader, fileURLToPath(program)], {
    env: MODE === "dist" ? { ...env, TSX_TSCONFIG_PATH: onBuiltPackages } : env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed = { stdout: "", stderr: "" };
  const waitedFor = [...interruptAt];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed.stdout += text;
    const [line] = waitedFor;
    if (line === undefined || !printed.stdout.includes(`${line}\n`)) return;
    waitedFor.shift();
    child.kill("SIGINT");
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (printed.stderr += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, ...printed }));
  });
}
