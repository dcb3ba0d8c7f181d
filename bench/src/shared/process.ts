/** Runs a process that prints one line of JSON last. */

import { spawn } from "node:child_process";

const patience = 120; // seconds

/**
 * Runs a program.
 *
 * @param environment is added to this process's own.
 * @returns the last line that it printed, parsed.
 * @throws {Error} with its stderr if it ended in any other way, or took too long.
 */
export async function lastLineOf(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const child = spawn(command, args, {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: patience * 1000,
    killSignal: "SIGKILL",
  });
  const kill = () => child.kill("SIGKILL");
  process.on("exit", kill);
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (...ending) => resolve(ending));
  }).finally(() => process.off("exit", kill));
  if (signal === "SIGKILL") throw new Error(`not done after ${patience} seconds`);
  if (code !== 0) throw new Error(`${signal ?? `exit code ${code}`}: ${summaryOf(errors)}`);
  return JSON.parse(output.trimEnd().split("\n").at(-1) ?? "");
}

/** The line that names the error. */
function summaryOf(errors: string): string {
  const line = errors.split("\n").find((each) => /^\w*(Error|Exception)\b/.test(each));
  return line ?? errors.trim().slice(-300);
}
