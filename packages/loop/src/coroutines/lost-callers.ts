/**
 * The stack of an error that is thrown in a frame which its task has resumed directly has no lines of the frames above,
 * which it would have if they were resumed natively. Their names are kept beside the error, and go into the stack where
 * it is reported or leaves the loop. V8 makes the text of a stack at its first reading, so most errors never pay for it.
 *
 * @module
 */

import { functionName, functionOf } from "../text/names.ts";
import { isError } from "../values/is-error.ts";

/** What is needed here of a frame. */
interface Caller {
  /** @internal */
  readonly _caller: Caller | undefined;
  /** @internal The coroutine that the frame runs, if that is a generator. */
  readonly _generator: object | undefined;
}

/** How many callers are kept at most, the innermost ones, so that a deep recursion does not fill a report. */
const limit = 100;

const callers = new WeakMap<object, readonly object[]>();

/** Keeps the callers of `frame`, in which `error` was thrown; `root` is at the top of their chain. */
export function keepCallers(error: unknown, frame: Caller, root: object): void {
  if (typeof error !== "object" || error === null || callers.has(error)) return;
  const generators: object[] = [];
  for (let caller = frame._caller; caller !== undefined && generators.length < limit; caller = caller._caller) {
    if (caller._generator !== undefined) generators.push(functionOf(caller._generator) ?? caller._generator);
  }
  generators.push(functionOf(root) ?? root);
  callers.set(error, generators);
}

/** Writes the callers that were kept into the stack of `error`, as V8 does for async functions. */
export function restoreCallers(error: unknown): void {
  if (typeof error !== "object" || error === null) return;
  const functions = callers.get(error);
  if (functions === undefined) return;
  callers.delete(error);
  const names = functions.map((each) => (typeof each === "function" ? functionName(each) : "<lambda>"));
  append(error, names.map((name) => `\n    at async ${name}`).join(""));
}

/**
 * Leaves out the lines of the loop, which has resumed the frame. A method with a name that no program has finds them, in
 * a minified bundle too.
 */
function withoutLoop(stack: string): string {
  const lines = stack.split("\n");
  const end = lines.findIndex((line) => /\b_resumeFrame\b/.test(line));
  return end < 0 ? stack : lines.slice(0, end).join("\n");
}

function append(error: object, lines: string): void {
  try {
    if (!isError(error)) return;
    const { stack } = error;
    if (typeof stack !== "string") return;
    const value = withoutLoop(stack) + lines;
    if (!Reflect.set(error, "stack", value)) Reflect.defineProperty(error, "stack", { value });
  } catch {
    // It has a getter that throws, or is a Proxy: it stays as it is.
  }
}
