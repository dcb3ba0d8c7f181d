import { describe, it } from "vitest";
import { runProgram } from "./program.ts";

const circle = new URL("./programs/circle.ts", import.meta.url);
const interruptedCircle = new URL("./programs/interrupted-circle.ts", import.meta.url);
const lockedDown = new URL("./programs/locked-down.ts", import.meta.url);

/** Runs before the program, as code that hardens or extends an environment does. */
const before = (code: string): readonly string[] => ["--import", `data:text/javascript,${encodeURIComponent(code)}`];

const freezeErrors = "Object.freeze(Error); Object.freeze(Error.prototype);";

const freezeAll = `
const generators = Object.getPrototypeOf(function* () {});
const globals = Object.getOwnPropertyNames(globalThis).filter((name) => /^[A-Z]/.test(name)).map((name) => globalThis[name]);
for (const root of [...globals, generators, Object.getPrototypeOf(generators.prototype)]) {
  if (root?.prototype !== undefined) Object.freeze(root.prototype);
  if (Object(root) === root) Object.freeze(root);
}`;

const extendObjects = `
for (const key of ["message", "exception", "future", "task", "loop", "done", "cause", "sourceTraceback"]) {
  Object.prototype[key] = "of every object";
}`;

const steps =
  "RuntimeError: cannot reuse already awaited coroutine (hint: call the generator function again for a new coroutine)\n" +
  "true CancelledError: enough\n" +
  "Task exception was never retrieved RangeError: failed\n" +
  "worked,worked,slept\n";

describe.concurrent("a program", { timeout: 30_000 }, () => {
  it("whose tasks await each other in a circle is rejected, and no error is uncaught", async ({ expect }) => {
    const { code, stdout } = await runProgram(circle);
    expect(stdout).toBe("cleaned up\ncleaned up\nrejected with DeadlockError\n".repeat(2));
    expect(code).toBe(0);
  });

  it("that waits for such a circle cleans up at Ctrl-C, and exits as interrupted", async ({ expect }) => {
    const { code, stdout, stderr } = await runProgram(interruptedCircle, ["ready"]);
    expect(stdout).toBe("ready\ntask cleans up\ntask cleans up\nmain cleans up\n");
    expect(stderr).toContain("KeyboardInterrupt");
    expect(code).toBe(130);
  });

  it.for([
    { environment: "Error is frozen", args: before(freezeErrors) },
    { environment: "all intrinsics are frozen", args: before(freezeAll) },
    { environment: "Node has frozen the intrinsics", args: ["--frozen-intrinsics", "--no-warnings"] },
    { environment: "every object has keys that other code added", args: before(extendObjects) },
  ])("works where $environment, in debug mode too", async ({ args }, { expect }) => {
    const { code, stdout, stderr } = await runProgram(lockedDown, [], { command: [process.execPath, ...args] });
    expect(stderr).toBe("");
    expect(stdout).toBe(steps.repeat(2));
    expect(code).toBe(0);
  });
});
