/** One `yield*` on the way down to what a task waits for. */
export interface StackFrame {
  /** The generator function's name. */
  readonly name: string;
  /** `FILE:LINE:COLUMN`. */
  readonly location: string;
}

/** So many frames are kept: enough for a deep chain, where V8's own limit is ten. */
const frameLimit = 100;

/** The stack of the caller. */
export function captureStack(): string {
  const { stackTraceLimit } = Error;
  // It cannot be set where `Error` is frozen.
  Reflect.set(Error, "stackTraceLimit", frameLimit);
  try {
    return stackOf(new Error("stack")) ?? "";
  } finally {
    Reflect.set(Error, "stackTraceLimit", stackTraceLimit);
  }
}

/** The stack of `error`, if it is a text: a hook of the program's may make anything of it, or throw. */
export function stackOf(error: Error): string | undefined {
  try {
    const stack: unknown = error.stack;
    return typeof stack === "string" ? stack : undefined;
  } catch {
    return undefined;
  }
}

/** The frames of an error that was thrown in a task's step, the outermost first. */
export function framesOfStep(stack: string): StackFrame[] {
  const lines = stack.split("\n");
  const end = lines.findIndex((line) => /\bTask\._(step|run)\b/.test(line));
  return parseStack(lines.slice(0, end < 0 ? undefined : end).join("\n")).reverse();
}

/** The frames of a stack, the innermost first, without the library's own and those that are not of any file. */
export function parseStack(stack: string): StackFrame[] {
  return stack.split("\n").flatMap((line) => {
    const match = /^\s*at (?:async )?(?:(.*) \()?(.*?:\d+:\d+)\)?$/.exec(line);
    const [name = "", location = ""] = match?.slice(1) ?? [];
    return location === "" || isOwn(location) ? [] : [{ name: name.replace(/^Object\./, ""), location }];
  });
}

export function withoutColumn(location: string): string {
  return location.replace(/:\d+$/, "");
}

const ownPackages = "loop|taskgroup|timeout|sync|asyncgen|testing|yieldstar";
/** How locations in the folder begin that this package and its siblings stand in. */
let ownFolders: readonly string[] | undefined;

function isOwn(location: string): boolean {
  if (/[\\/]@yieldstar[\\/]/.test(location) || location.startsWith("node:")) return true;
  ownFolders ??= findOwnFolders();
  const prefix = ownFolders.find((each) => location.startsWith(each));
  return prefix !== undefined && new RegExp(`^(${ownPackages})/(src|dist)/`).test(location.slice(prefix.length));
}

/** None where a module has no folder: in a classic script, or one at a `blob:` or `data:` URL. */
function findOwnFolders(): readonly string[] {
  try {
    const { href, pathname } = new URL("../../..", import.meta.url);
    return [href, pathname];
  } catch {
    return [];
  }
}
