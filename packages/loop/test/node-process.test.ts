import { describe, it } from "vitest";
import { runProgram } from "./program.ts";

const cleanUp = new URL("./programs/clean-up.ts", import.meta.url);
const cleanUpSlowly = new URL("./programs/clean-up-slowly.ts", import.meta.url);
const interruptedRuns = new URL("./programs/interrupted-runs.ts", import.meta.url);
const exitStatus = new URL("./programs/exit-status.ts", import.meta.url);
const sideBySide = new URL("./programs/side-by-side.ts", import.meta.url);
const deadlock = new URL("./programs/deadlock.ts", import.meta.url);

// A process takes its time to start: they start together.
describe.concurrent("a program in a process of its own", { timeout: 30_000 }, () => {
  it("cleans up at Ctrl-C, and exits as interrupted", async ({ expect }) => {
    const { code, stdout, stderr } = await runProgram(cleanUp, ["ready"]);
    expect(stdout).toBe("ready\ncleaning up\ncleaned up\n");
    expect(stderr).toContain("KeyboardInterrupt");
    expect(code).toBe(130);
  });

  it("does not finish a long cleanup at a second Ctrl-C", async ({ expect }) => {
    const { code, stdout, stderr } = await runProgram(cleanUpSlowly, ["ready", "cleaning up"]);
    expect(stdout).toBe("ready\ncleaning up\ninterrupted\n");
    expect(stderr).toContain("KeyboardInterrupt");
    expect(code).toBe(130);
  });

  it("may swallow Ctrl-C, catch the KeyboardInterrupt, or listen by itself, and exits normally", async ({ expect }) => {
    expect(await runProgram(interruptedRuns, ["swallowing", "failing", "hearing"])).toEqual({
      code: 0,
      signal: null,
      stdout: "swallowing\nswallowed\nfailing\ncaught, and 0 listeners are left\nhearing\nheard by its own listener\n",
      stderr: "",
    });
  });

  it("exits with the status that a SystemExit names, and silently", async ({ expect }) => {
    expect(await runProgram(exitStatus)).toEqual({ code: 3, signal: null, stdout: "", stderr: "" });
  });

  it("cancels all its runs at Ctrl-C", async ({ expect }) => {
    const { code, stdout } = await runProgram(sideBySide, ["ready"]);
    expect(stdout).toBe("ready\none cleans up\ntwo cleans up\nrejected\nrejected\n");
    expect(code).toBe(0);
  });

  it("ends with a DeadlockError when nothing can wake it, instead of silently", async ({ expect }) => {
    const { code, stderr } = await runProgram(deadlock);
    expect(stderr).toContain(
      "DeadlockError: nothing is ready and no timer is set, but these tasks are pending:\n" +
        "  <Task pending name='Task-1' coro=<coroutine object> wait_for=<Task pending name='waiter' ",
    );
    expect(stderr).toContain("\n  <Task pending name='waiter' coro=<coroutine object> wait_for=<Future pending ");
    expect(code).toBe(1);
  });
});
