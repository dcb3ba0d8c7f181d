import { hasLongStacks } from "./stack-limit.ts";

/** One frame of a task's stack: a `yield*` on the way to the future that the task waits for. */
export interface StackFrame {
  /** The name of the generator function; empty if it has none. */
  readonly name: string;
  /**
   * `FILE:LINE:COLUMN`, counted from 1. The file is a path or a URL, as V8 prints it. Empty for a marked function that
   * the error of a failed task came through after a wait, unless debug mode is on.
   */
  readonly location: string;
}

/** How many frames are kept: enough for a deep chain. V8's default limit is ten. */
const frameLimit = 100;

/** The stack of the caller. */
export function captureStack(): string {
  const { stackTraceLimit } = Error;
  // By `Reflect.set`, which does not throw where `Error` is frozen.
  Reflect.set(Error, "stackTraceLimit", frameLimit);
  try {
    return stackOf(new Error("stack")) ?? "";
  } finally {
    Reflect.set(Error, "stackTraceLimit", stackTraceLimit);
  }
}

/** The stack of `error`, if it is a string: the program's `prepareStackTrace` may return any value, or throw. */
export function stackOf(error: Error): string | undefined {
  try {
    const stack: unknown = error.stack;
    return typeof stack === "string" ? stack : undefined;
  } catch {
    return undefined;
  }
}

/** Where the frames begin in the stack of `error`. Its message may quote another stack. */
export function beginOfFrames({ message }: { readonly message: unknown }, stack: string): number {
  if (typeof message !== "string") return 0;
  const begin = stack.indexOf(message);
  return begin < 0 ? 0 : begin + message.length;
}

/**
 * Leaves out the lines of the loop that runs a step, and those outside of it. In a minified bundle only a method with a
 * name that no program has can be found.
 *
 * @param begin - where the frames begin
 */
function withoutLoop(stack: string, begin = 0): string {
  const frames = stack.slice(begin).replace(/\n.*\b(_resumeFrame|Task\._(step|run))\b[^]*/, "");
  return stack.slice(0, begin) + frames;
}

/** Gives `error` another stack, if it can have one. */
export function replaceStack(error: Error, value: string): void {
  if (!Reflect.set(error, "stack", value)) Reflect.defineProperty(error, "stack", { value });
}

/** The frames of a stack from inside a task's step, the outermost first, without those outside of the step. */
export function framesOfStep(stack: string): StackFrame[] {
  return parseStack(withoutLoop(stack)).reverse();
}

/** The frames of a stack, the innermost first, without those of this library and those that have no place in a file. */
export function parseStack(stack: string): StackFrame[] {
  return stack.split("\n").flatMap((line) => {
    const match = /^\s*at (?:async )?(?:(.*) \()?(.*?:\d+:\d+)\)?$/.exec(line);
    const [name = "", location = ""] = match?.slice(1) ?? [];
    return location === "" || isOwn(location) ? [] : [{ name: name.replace(/^Object\./, ""), location }];
  });
}

/**
 * Shortens a stack that debug mode has made longer: below the program's first line only lines of the program stay, up
 * to the end of the step, and those that were added to the stack.
 *
 * @param begin - where the frames begin
 */
export function shortenStack(stack: string, begin: number): string {
  if (!hasLongStacks) return stack;
  const end = withoutLoop(stack, begin).length;
  let isBelow = false;
  const frames = stack.slice(begin).replace(/\n {4}at (?!async ).*/g, (line, offset: number) => {
    const isProgram = parseStack(line).length > 0;
    isBelow ||= isProgram;
    return !isBelow || (isProgram && begin + offset < end) ? line : "";
  });
  return stack.slice(0, begin) + frames;
}

/** `FILE:LINE` of a `FILE:LINE:COLUMN`. */
export function withoutColumn(location: string): string {
  return location.replace(/:\d+$/, "");
}

const ownPackages = "loop|taskgroup|timeout|sync|asyncgen|testing|yieldstar";
/** The beginnings of locations in the folder that contains our packages. */
let ownFolders: readonly string[] | undefined;

function isOwn(location: string): boolean {
  if (/[\\/]@yieldstar[\\/]/.test(location) || location.startsWith("node:")) return true;
  ownFolders ??= findOwnFolders();
  const prefix = ownFolders.find((each) => location.startsWith(each));
  return prefix !== undefined && new RegExp(`^(${ownPackages})/(src|dist)/`).test(location.slice(prefix.length));
}

/** Empty where a module has no folder: in a classic script, or at a `blob:` or `data:` URL. */
function findOwnFolders(): readonly string[] {
  try {
    const { href, pathname } = new URL("../../..", import.meta.url);
    return [href, pathname];
  } catch {
    return [];
  }
}
