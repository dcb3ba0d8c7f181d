import { isError } from "../values/is-error.ts";
import { isPlain } from "../values/is-plain.ts";

/** How many values are searched: enough for any chain of causes, and for large groups. */
const valueLimit = 10_000;

const isDeno = "Deno" in globalThis;

/**
 * Makes V8 release the stack frames of `exception` and of the errors inside it, also of those in arrays, plain objects,
 * Maps and Sets.
 *
 * V8 keeps the frames of an error, with their receivers, until the error's stack is read for the first time. One
 * receiver is the task whose step made the error: while the error lives, the collector could not free that task.
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
      // A getter or a Proxy has thrown. The program did not ask for the value, so it gets no error.
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

/** Deno keeps the frames even after the stack was read. A new stack without frames replaces them; the text stays. */
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

/**
 * Reads the stack of an error whose text cannot be made, or for which the program's `prepareStackTrace` throws. V8
 * would try again at each reading, so it gets another text.
 */
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

/** The members and properties of `holder`. Getters are not called. */
function* valuesOf(holder: object): Generator {
  if (holder instanceof Map) for (const entry of Map.prototype.entries.call(holder)) yield* entry;
  if (holder instanceof Set) yield* Set.prototype.values.call(holder);
  if (Array.isArray(holder)) {
    // By index, since `ownKeys` would first make a string of every index of a long array.
    for (let index = 0; index < holder.length; index += 1) yield valueAt(holder, index);
  } else {
    for (const key of Reflect.ownKeys(holder)) yield valueAt(holder, key);
  }
}

function valueAt(holder: object, key: PropertyKey): unknown {
  return Object.getOwnPropertyDescriptor(holder, key)?.value;
}
