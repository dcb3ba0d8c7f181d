import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "vitest";
import { findPackage, type Running, runProgram } from "./program.ts";

const programs = {
  abort: new URL("./programs/abort.ts", import.meta.url),
  smoke: new URL("./programs/smoke.ts", import.meta.url),
  cleanUp: new URL("./programs/clean-up.ts", import.meta.url),
  lostInBackground: new URL("./programs/lost-in-background.ts", import.meta.url),
  lostRejection: new URL("./programs/lost-rejection.ts", import.meta.url),
  lostWhileRunning: new URL("./programs/lost-while-running.ts", import.meta.url),
  deadlock: new URL("./programs/deadlock.ts", import.meta.url),
  exitStatus: new URL("./programs/exit-status.ts", import.meta.url),
  serveUntilSigterm: new URL("./programs/serve-until-sigterm.ts", import.meta.url),
  inNodeTest: new URL("./programs/in-node-test.ts", import.meta.url),
  unrefed: new URL("./programs/unrefed.ts", import.meta.url),
};

const manifest = readFileSync(new URL("../../../.ci/runtimes/package.json", import.meta.url), "utf8");
const { optionalDependencies } = JSON.parse(manifest) as { optionalDependencies: Record<string, string> };
const nodes = Object.keys(optionalDependencies)
  .filter((packageName) => packageName.startsWith("node-"))
  .map((packageName) => ({
    name: packageName.replace("node-", "Node "),
    packageName,
    command: ["bin/node"],
    isNode: true,
  }));

/** Each is an optional dependency, which is installed only on a machine that it is for. */
const runtimes = [
  ...nodes,
  { name: "Deno", packageName: "@deno/linux-x64-glibc", command: ["deno", "run", "--allow-all"], isNode: false },
  { name: "Bun", packageName: "@oven/bun-linux-x64", command: ["bin/bun"], isNode: false },
].map(({ name, packageName, command: [file = "", ...args], isNode }) => {
  const folder = findPackage(packageName);
  const running: Running = { command: [join(folder ?? "", file), ...args] };
  const title = folder === undefined ? `${name} (the package ${packageName} is not for this machine)` : name;
  return { running, title, options: { concurrent: true, skip: folder === undefined, timeout: 60_000 }, isNode };
});

describe.each(runtimes)("a program on $title", ({ running, options, title }) => {
  it("waits, cancels, and shares its host", options, async ({ expect }) => {
    const { code, stdout, stderr } = await runProgram(programs.smoke, [], running);
    expect(stderr).toBe("");
    expect(stdout).toBe("slow quick promised\ntrue\ntrue\ntrue\n");
    expect(code).toBe(0);
  });

  it(
    "gets an abort although another listener stops it, and passes its own on to promise code",
    options,
    async ({ expect }) => {
      const { code, stdout, stderr } = await runProgram(programs.abort, [], running);
      expect(stderr).toBe("");
      expect(stdout).toBe("true true true\nAbortError CancelledError\n");
      expect(code).toBe(0);
    },
  );

  it("ends with the status that a SystemExit names", options, async ({ expect }) => {
    expect(await runProgram(programs.exitStatus, [], running)).toMatchObject({ code: 3, stdout: "" });
  });

  it("cleans up at Ctrl-C, and ends as failed", options, async ({ expect }) => {
    const { code, stdout } = await runProgram(programs.cleanUp, ["ready"], running);
    expect(stdout).toBe("ready\ncleaning up\ncleaned up\n");
    // Deno does not let a program choose its status after an uncaught error.
    expect(code).toBe(title === "Deno" ? 1 : 130);
  });

  it("reports lost errors, at its end at the latest", options, async ({ expect }) => {
    const { code, stdout, stderr } = await runProgram(programs.lostInBackground, [], running);
    expect(stdout).toBe("response\n");
    expect(stderr.match(/Task exception was never retrieved/g)).toHaveLength(1);
    expect(stderr).toContain("the database is gone");
    expect(code).toBe(0);
  });

  it("reports a promise that was rejected and never awaited, and ends as failed", options, async ({ expect }) => {
    const { code, stdout, stderr } = await runProgram(programs.lostRejection, [], running);
    expect(stdout).toBe("caught\n<coroutine object fromPromise>\n");
    // At the end, or when the collector finds it.
    expect(stderr).toMatch(/[Ee]rror: never awaited/);
    expect(code).toBe(1);
  });

  it("waits for a SIGTERM", options, async ({ expect }) => {
    const { code, stdout } = await runProgram(programs.serveUntilSigterm, ["serving"], {
      ...running,
      signal: "SIGTERM",
    });
    expect(stdout).toBe("serving\nended by SIGTERM\ncleaned up\n0 listeners are left\n");
    expect(code).toBe(0);
  });
});

// Bun's collector cannot be forced to run, and treats anything that looks like a reference as one.
describe.each(runtimes.filter(({ title }) => title !== "Bun"))(
  "a program that runs on $title",
  ({ running, options }) => {
    it("reports lost errors soon", options, async ({ expect }) => {
      const [file = "", ...args] = running.command ?? [];
      const isDeno = args.length > 0;
      const command = [file, ...args, isDeno ? "--v8-flags=--expose-gc" : "--expose-gc"];
      const { stdout, stderr } = await runProgram(programs.lostWhileRunning, [], { command });
      expect(stdout).toBe("reported while it runs: 100\nreported: 100\n");
      expect(stderr).toBe("");
    });
  },
);

// In Deno and Bun the listener for Ctrl-C keeps the process alive: a program waits for ever, as in CPython.
describe.each(runtimes.filter(({ isNode }) => isNode))("a program that waits on $title", ({ running, options }) => {
  it("ends with a DeadlockError when nothing can wake it", options, async ({ expect }) => {
    const { code, stderr } = await runProgram(programs.deadlock, [], running);
    expect(stderr).toContain("DeadlockError: nothing is ready and no timer is set, but these tasks are pending:");
    expect(code).toBe(1);
  });

  it("fails its own test alone with a DeadlockError under node:test", options, async ({ expect }) => {
    const command = [...(running.command ?? []), "--test", "--test-reporter=tap"];
    const { code, stdout } = await runProgram(programs.inNodeTest, [], { command });
    expect(stdout).toMatch(/^# pass 7$/m);
    expect(code).toBe(0);
  });

  it("stays alive for unrefed handles", options, async ({ expect }) => {
    const { code, stdout } = await runProgram(programs.unrefed, [], running);
    expect(stdout).toContain("an AbortSignal\n0 listeners are left\n");
    expect(code).toBe(0);
  });
});
