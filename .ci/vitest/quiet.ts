// Every test file loads this: a test must not print or warn, except for lines that it takes with `printed()`. (A
// rejection without a handler needs nothing here: vitest itself fails the run.)

import { afterEach, beforeEach, expect } from "vitest";

const methods = ["debug", "error", "info", "log", "warn"] as const;

type Call = [method: (typeof methods)[number] | "process.emitWarning", ...args: unknown[]];

let calls: Call[] = [];

/**
 * Returns every call of a console method since the test began, or since the last `printed()`: `["error", "text", …]`.
 */
export function printed(): Call[] {
  const taken = calls;
  calls = [];
  return taken;
}

process.on("warning", (warning) => calls.push(["process.emitWarning", String(warning)]));

beforeEach(() => {
  calls = [];
  for (const method of methods) console[method] = (...args) => calls.push([method, ...args]);
});

afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve)); // Warnings come one turn late.
  expect(printed(), "printed by the test, and not taken with printed()").toEqual([]);
});
