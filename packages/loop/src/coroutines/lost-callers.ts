/**
 * The stack of an error that is thrown in a frame which its task has resumed directly has no lines of the frames above,
 * which it would have if they were resumed natively. Their names are kept beside the error, and go into the stack where
 * it is reported or leaves the loop. V8 makes the text of a stack at its first reading, so most errors never pay for
 * it.
 *
 * @module
 */

import { beginOfFrames, replaceStack, shortenStack, type StackFrame } from "../debug/stack-frames.ts";
import { hasLongStacks } from "../debug/stack-limit.ts";
import { functionName, functionOf } from "../text/names.ts";
import { isError } from "../values/is-error.ts";

/** What is needed here of a frame. */
interface Caller {
  /** @internal */
  readonly _caller: Caller | undefined;
  /** The coroutine that the frame runs, if it runs one. */
  readonly _generator: object | undefined;
}

/** How many callers are kept at most in an engine that has no limit of its own for stacks. */
const defaultLimit = 100;

/** How many errors are searched: enough for any chain of causes, and for large groups. */
const errorLimit = 10_000;

/** By error, the functions of its callers, where these are known. */
const callers = new WeakMap<object, readonly (object | undefined)[]>();
let hasCallers = false;
/** The errors whose stack has their callers. A program may throw an error again and again. */
const restored = new WeakSet();

/** Keeps the callers of `frame`, in which `error` was thrown; `root` is at the top of their chain. */
export function keepCallers(error: unknown, frame: Caller, root: object): void {
  if (typeof error !== "object" || error === null || callers.has(error)) return;
  const limit = Error.stackTraceLimit ?? defaultLimit;
  const functions: (object | undefined)[] = [];
  for (let caller = frame._caller; caller !== undefined && functions.length < limit; caller = caller._caller) {
    functions.push(functionOf(caller._generator ?? caller));
  }
  if (functions.length < limit) functions.push(functionOf(root));
  callers.set(error, functions);
  hasCallers = true;
}

/** The callers that were kept, the outermost first. Their places are not known. */
export function callersOf(error: object): StackFrame[] {
  const names = (callers.get(error) ?? []).flatMap((each) => (each === undefined ? [] : [functionName(each)]));
  return names.reverse().map((name) => ({ name, location: "" }));
}

/**
 * Writes the callers that were kept into the stacks of `error` and of the errors inside it, as V8 does for async
 * functions. In debug mode the stacks have their callers, and lose the lines of the library.
 */
export function restoreCallers(error: unknown): void {
  if (!hasCallers && !hasLongStacks) return;
  const found = new Set<unknown>([error]);
  for (const each of found) {
    try {
      if (!isError(each)) continue;
      rewriteStack(each);
      for (const inner of errorsIn(each)) if (found.size < errorLimit) found.add(inner);
    } catch {
      // It has a getter that throws, or is a Proxy: it stays as it is.
    }
  }
}

/** The cause and the members of a group. */
function errorsIn({ cause, errors }: Error & { readonly errors?: unknown }): unknown[] {
  return [cause, errors].flat();
}

function rewriteStack(error: Error): void {
  const functions = callers.get(error);
  if (restored.has(error) || (functions === undefined && !hasLongStacks)) return;
  restored.add(error);
  const { stack } = error;
  if (typeof stack !== "string") return;
  const begin = beginOfFrames(error, stack);
  replaceStack(error, functions ? addCallers(stack, begin, functions) : shortenStack(stack, begin));
}

function addCallers(stack: string, begin: number, functions: readonly (object | undefined)[]): string {
  const lines = functions.map((each) => each && `\n    at async ${functionName(each)}`);
  // A program may have a `Task` of its own, so only this name, which no program has, ends its frames here.
  const frames = stack.slice(begin).replace(/\n.*\b_resumeFrame\b[^]*/, "");
  return stack.slice(0, begin) + frames + lines.join("");
}
