/**
 * The stack of an error that is thrown in a frame which its task has resumed directly has no lines of the frames above,
 * which it would have if they were resumed natively. Their names are kept beside the error, and go into the stack where
 * it is reported or leaves the loop. V8 makes the text of a stack at its first reading, so most errors never pay for
 * it.
 *
 * @module
 */

import { replaceStack, shortenStack, withoutLoop } from "../debug/stack-frames.ts";
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

/** How many callers are kept at most, the innermost ones, so that a deep recursion does not fill a report. */
const limit = 100;

/** How many errors are searched: enough for any chain of causes, and for large groups. */
const errorLimit = 10_000;

/** By error, the functions of its callers, where these are known. */
const callers = new WeakMap<object, readonly (object | undefined)[]>();
let hasCallers = false;

/** Keeps the callers of `frame`, in which `error` was thrown; `root` is at the top of their chain. */
export function keepCallers(error: unknown, frame: Caller, root: object): void {
  if (typeof error !== "object" || error === null || callers.has(error)) return;
  const functions: (object | undefined)[] = [];
  for (let caller = frame._caller; caller !== undefined && functions.length < limit; caller = caller._caller) {
    functions.push(functionOf(caller._generator ?? caller));
  }
  functions.push(functionOf(root));
  callers.set(error, functions);
  hasCallers = true;
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
  if (!functions && !hasLongStacks) return;
  callers.delete(error);
  const { stack } = error;
  if (typeof stack === "string") replaceStack(error, functions ? addCallers(stack, functions) : shortenStack(stack));
}

function addCallers(stack: string, functions: readonly (object | undefined)[]): string {
  return withoutLoop(stack) + functions.map((each) => each && `\n    at async ${functionName(each)}`).join("");
}
