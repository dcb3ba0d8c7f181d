import { isError } from "./is-error.ts";

/** This many errors are looked at: enough for any chain of causes, and for what a group tells of. */
const errorLimit = 1000;

const isDeno = "Deno" in globalThis;

/**
 * Has V8 let go of what the frames of `exception` hold, and the frames of the errors that it holds itself.
 *
 * Until the stack of an error is read for the first time, V8 keeps the frames with their receivers; the task in whose step
 * the error was made is among these, so that the collector could never take it.
 */
export function releaseFrames(exception: object): void {
  const found = new Set<object>([exception]);
  for (const each of found) {
    try {
      readStack(each);
      if (found.size < errorLimit) addErrors(each, found);
    } catch {
      // A getter or a Proxy has thrown: that is no error of the program's.
    }
  }
}

function readStack(error: Partial<Error>): void {
  try {
    const { stack } = error;
    if (isDeno && isError(error)) replaceFrames(error, stack);
  } catch {
    readWithoutText(error);
  }
}

/** Deno keeps the frames that it has made the stack of. Those of a stack made anew, which has none, take their place. */
function replaceFrames(error: Error, stack: unknown): void {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    Error.captureStackTrace(error);
    void error.stack;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    Reflect.set(error, "stack", stack);
  }
}

/** The error's own text cannot be made, or a hook of the program's throws: V8 would try it again at each reading. */
function readWithoutText(error: Partial<Error>): void {
  const prepareStackTrace: unknown = Reflect.get(Error, "prepareStackTrace");
  if (!Reflect.set(Error, "prepareStackTrace", () => "<unprintable stack>")) return;
  try {
    void error.stack;
  } finally {
    Reflect.set(Error, "prepareStackTrace", prepareStackTrace);
  }
}

/** Adds the errors that an error holds in its properties, as `cause` or in an array. */
function addErrors(holder: object, found: Set<object>): void {
  for (const key of Reflect.ownKeys(holder)) {
    // A getter is not called.
    const value: unknown = Object.getOwnPropertyDescriptor(holder, key)?.value;
    if (isError(value)) found.add(value);
    else if (Array.isArray(value))
      for (const member of value.slice(0, errorLimit)) if (isError(member)) found.add(member);
  }
}
