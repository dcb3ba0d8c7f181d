import { describe, it } from "vitest";
import { runProgram } from "./program.ts";

const cleanUp = new URL("./programs/clean-up.ts", import.meta.url);
const cleanUpSlowly = new URL("./programs/clean-up-slowly.ts", import.meta.url);
const interruptedRuns = new URL("./programs/interrupted-runs.ts", import.meta.url);
const exitStatus = new URL("./programs/exit-status.ts", import.meta.url);
const sideBySide = new URL("./programs/side-by-side.ts", import.meta.url);
const deadlock = new URL("./programs/deadlock.ts", import.meta.url);
const deadlockOnTerminal = new URL("./programs/deadlock-on-terminal.ts", import.meta.url);
const deadlockLater = new URL("./programs/deadlock-later.ts", import.meta.url);
const unrefed = new URL("./programs/unrefed.ts", import.meta.url);
const exitInside = new URL("./programs/exit-inside.ts", import.meta.url);
const lostAtExit = new URL("./programs/lost-at-exit.ts", import.meta.url);
const lostInBackground = new URL("./programs/lost-in-background.ts", import.meta.url);
const uncaught = new URL("./programs/uncaught.ts", import.meta.url);
const uncaughtHandled = new URL("./programs/uncaught-handled.ts", import.meta.url);
const serveUntilSigterm = new URL("./programs/serve-until-sigterm.ts", import.meta.url);
const ownInterrupt = new URL("./programs/own-interrupt.ts", import.meta.url);
const bareJsdom = new URL("./programs/bare-jsdom.ts", import.meta.url);
const jsdomWithChannel = new URL("./programs/jsdom-with-channel.ts", import.meta.url);
const inNodeTest = new URL("./programs/in-node-test.ts", import.meta.url);
const helperLeft = new URL("./programs/helper-left.ts", import.meta.url);
const openServer = new URL("./programs/open-server.ts", import.meta.url);
const replacedHandlers = new URL("./programs/replaced-handlers.ts", import.meta.url);
const inThread = new URL("./programs/in-thread.ts", import.meta.url);

// A process takes a while to start: the tests start them together.
describe.concurrent("a program in a process of its own", () => {
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

  it("exits with the status of a SystemExit, and silently", async ({ expect }) => {
    expect(await runProgram(exitStatus)).toEqual({ code: 3, signal: null, stdout: "", stderr: "" });
  });

  it("cancels all its runs at Ctrl-C", async ({ expect }) => {
    const { code, stdout } = await runProgram(sideBySide, ["ready"]);
    expect(stdout).toBe("ready\none cleans up\ntwo cleans up\nrejected\nrejected\n");
    expect(code).toBe(0);
  });

  it("ends with a DeadlockError, not silently, when nothing can wake it", async ({ expect }) => {
    const { code, stderr } = await runProgram(deadlock);
    expect(stderr).toContain(
      "DeadlockError: nothing is ready and no timer is set, but these tasks are pending:\n" +
        "  <Task pending name='Task-1' coro=<coroutine object> wait_for=<Task pending name='waiter' ",
    );
    expect(stderr).toContain("\n  <Task pending name='waiter' coro=<coroutine object> wait_for=<Future pending ");
    expect(code).toBe(1);
  });

  it("ends with a DeadlockError although a parent could send it messages", async ({ expect }) => {
    const { code, stderr } = await runProgram(deadlock, [], { isConnected: true });
    expect(stderr).toContain("DeadlockError");
    expect(code).toBe(1);
  });

  it("ends with a DeadlockError on a terminal, where Node itself listens for a signal", async ({ expect }) => {
    const { code, stderr } = await runProgram(deadlockOnTerminal);
    expect(stderr).toContain("DeadlockError");
    expect(code).toBe(1);
  });

  it("stays alive for unrefed handles while they may wake it", async ({ expect }) => {
    const { code, stdout, stderr } = await runProgram(unrefed);
    expect(stderr).toBe("");
    expect(stdout.trimEnd().split("\n")).toEqual([
      "an unrefed timer",
      "an unrefed socket",
      "an unrefed process",
      "a promise",
      "an AbortSignal",
      "0 listeners are left",
    ]);
    expect(code).toBe(0);
  });

  it("ends with a DeadlockError when the last handle that might have woken it is gone", async ({ expect }) => {
    const { code, stdout } = await runProgram(deadlockLater);
    // The two loops may notice in either order.
    const [first, ...rest] = stdout.trimEnd().split("\n");
    expect(first).toBe("the unrefed timer wakes no task");
    expect(rest.sort()).toEqual(["0 listeners are left", "waitForFuture: true", "waitForPromise: true"]);
    expect(code).toBe(0);
  });

  it("ends where it calls process.exit, with that status", async ({ expect }) => {
    expect(await runProgram(exitInside)).toEqual({ code: 7, signal: null, stdout: "exit listener: 7\n", stderr: "" });
  });

  it("reports at process.exit() the lost errors of each loop, once, to its handler", async ({ expect }) => {
    const { code, stdout, stderr } = await runProgram(lostAtExit);
    expect(stdout.split("\n")).toEqual([
      "true",
      "handler: Task exception was never retrieved: earlier",
      "handler: Task exception was never retrieved: in the same iteration",
      "exit listener",
      "",
    ]);
    const told = [
      ...stderr.matchAll(/^(\w+ .*|Unhandled error in exception handler)$|Error: (on a .*|in the .*|the h.*)$/gm),
    ];
    expect(told.map(([line]) => line)).toEqual([
      "Future exception was never retrieved",
      "Error: on a loop that was closed",
      "Future exception was never retrieved",
      "Error: on a loop that never ran",
      "Task exception was never retrieved",
      "Error: in the background",
      "Unhandled error in exception handler",
      "Error: the handler fails",
    ]);
    expect(code).toBe(5);
  });

  it("reports at its end the lost errors of the loop behind toPromise", async ({ expect }) => {
    const { code, stdout, stderr } = await runProgram(lostInBackground);
    expect(stdout).toBe("response\n");
    expect(stderr).toMatch(
      /^Task exception was never retrieved\n.*name='background'.*\n?.*Error: the database is gone\n/,
    );
    expect(stderr.match(/never retrieved/g)).toHaveLength(1);
    expect(code).toBe(0);
  });

  it("ends at an uncaught error of other code", async ({ expect }) => {
    const { code, stdout, stderr } = await runProgram(uncaught);
    expect(stdout).toBe("");
    expect(stderr).toContain("Error: thrown elsewhere");
    expect(code).toBe(1);
  });

  it("goes on after a handled error of other code", async ({ expect }) => {
    const { code, stdout } = await runProgram(uncaughtHandled);
    expect(stdout).toBe("handled: thrown elsewhere\nwent on\n");
    expect(code).toBe(0);
  });

  it("is ended by SIGTERM, like any Node program", async ({ expect }) => {
    const { code, signal, stdout } = await runProgram(cleanUp, ["ready"], { signal: "SIGTERM" });
    expect(stdout).toBe("ready\n");
    expect([code, signal]).toEqual([null, "SIGTERM"]);
  });

  it("waits for a SIGTERM that it handles, even with nothing else left, and cleans up", async ({ expect }) => {
    expect(await runProgram(serveUntilSigterm, ["serving"], { signal: "SIGTERM" })).toEqual({
      code: 0,
      signal: null,
      stdout: "serving\nended by SIGTERM\ncleaned up\n0 listeners are left\n",
      stderr: "",
    });
  });

  it("is cancelled by Ctrl-C only while it does not handle Ctrl-C itself", async ({ expect }) => {
    const { code, stdout, stderr } = await runProgram(ownInterrupt, ["first", "second"]);
    expect(stdout).toBe("first\nheard, and not cancelled\nsecond\n");
    expect(stderr).toContain("KeyboardInterrupt");
    expect(code).toBe(130);
  });

  it("gets a signal only in the handler that replaced others, and is then not cancelled", async ({ expect }) => {
    const { code, stdout, stderr } = await runProgram(replacedHandlers);
    const asInPython = "second replacing replaced ignoring true false restoring ignoring true".split(/ (?!false)/);
    const together = ["a hears by 2", "c hears by 3", "b is cancelled"];
    const outcome = ["fulfilled rejected fulfilled", "set before", "true", "KeyboardInterrupt", "0 0"];
    const lines = stdout.trimEnd().split("\n");
    const isTogether = (line: string): boolean => together.some((each) => each.startsWith(line.slice(0, 3)));
    expect(lines.filter((line) => !isTogether(line))).toEqual([...asInPython, ...asInPython, ...outcome]);
    // The host decides which of the loops has its turn first.
    expect(lines.filter(isTogether).sort()).toEqual([...together].sort());
    expect(stderr).toBe("");
    expect(code).toBe(0);
  });

  it("runs on timers where there is neither setImmediate nor MessageChannel, as in jsdom", async ({ expect }) => {
    expect(await runProgram(bareJsdom)).toEqual({
      code: 0,
      signal: null,
      stdout: "run: works\ntoPromise: works\ntoPromise again: works\nthe process ends\n",
      stderr: "",
    });
  });

  it("is not kept alive by the messages that drive it, where there is no setImmediate", async ({ expect }) => {
    expect(await runProgram(jsdomWithChannel)).toEqual({
      code: 0,
      signal: null,
      stdout: "at once\nlater\nthe process ends\n",
      stderr: "",
    });
  });

  it("fails its own test alone with a DeadlockError under node:test", async ({ expect }) => {
    const { code, stdout } = await runProgram(inNodeTest, [], {
      command: [process.execPath, "--test", "--test-reporter=tap"],
    });
    expect(stdout).toMatch(/^# pass 7$/m);
    expect(code).toBe(0);
  });

  it("is not kept alive by an unawaited helper in the loop of toPromise", async ({ expect }) => {
    const begin = performance.now();
    expect(await runProgram(helperLeft)).toEqual({ code: 0, signal: null, stdout: "done\nwoken\n", stderr: "" });
    expect(performance.now() - begin).toBeLessThan(20_000);
  });

  it("is kept alive by an open server, after its run has ended", async ({ expect }) => {
    const { code, stdout } = await runProgram(openServer);
    expect(stdout).toBe("run has ended\nthe server still holds the process\nthe process ends\n");
    expect(code).toBe(0);
  });

  it("ends with a DeadlockError in a worker thread too, where there are no signals", async ({ expect }) => {
    const { code, stdout } = await runProgram(inThread);
    expect(stdout).toBe("RuntimeError: a worker has no signals: they come to the main thread only\ntrue\nexit 0\n");
    expect(code).toBe(0);
  });
});
