import { isError } from "../values/is-error.ts";
import { isPlain } from "../values/is-plain.ts";

/** This many values are looked at: enough for any chain of causes, and for large groups. */
const valueLimit = 10_000;

const isDeno = "Deno" in globalThis;

/**
 * Has V8 let go of what the frames of `exception` hold, and the frames of the errors that it holds, also in arrays, plain
 * objects, Maps and Sets.
 *
 * Until the stack of an error is read for the first time, V8 keeps the frames with their receivers; the task in whose step
 * the error was made is among these, so that the collector could never take it.
 */
export function releaseFrames(exception: object): void {
  const found = new Set<object>([exception]);
  let left = valueLimit;
  for (const holder of found) {
    try {
      if (holder === exception || isError(holder)) readStack(holder);
      if (left === 0) continue;
      for (const value of valuesOf(holder)) {
        if (isError(value) || isContainer(value)) found.add(value);
        left -= 1;
        if (left === 0) break;
      }
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

function isContainer(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  return Array.isArray(value) || value instanceof Map || value instanceof Set || isPlain(value);
}

/** What `holder` holds in members and properties. A getter is not called. */
function* valuesOf(holder: object): Generator {
  if (holder instanceof Map) for (const entry of Map.prototype.entries.call(holder)) yield* entry;
  if (holder instanceof Set) yield* Set.prototype.values.call(holder);
  if (Array.isArray(holder)) {
    // By index: the keys of a long array would all be texts first.
    for (let index = 0; index < holder.length; index += 1) yield valueAt(holder, index);
  } else {
    for (const key of Reflect.ownKeys(holder)) yield valueAt(holder, key);
  }
}

function valueAt(holder: object, key: PropertyKey): unknown {
  return Object.getOwnPropertyDescriptor(holder, key)?.value;
}
