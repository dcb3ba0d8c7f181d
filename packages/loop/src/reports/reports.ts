import { isFollowing, storesOf } from "../context/async-stores.ts";
import type { AbstractEventLoop, Loop } from "../scheduling/loop.ts";
import { sourceTraceback } from "../debug/creations.ts";
import { restoreCallers } from "../coroutines/lost-callers.ts";
import { leavesLoop, toException } from "../errors/thrown.ts";
import type { Future } from "../tasks/future.ts";
import type { Handle } from "../scheduling/handle.ts";
import { unprintable } from "../text/names.ts";
import { repr, toText } from "../text/repr.ts";
import { getRunningLoopOrUndefined } from "../context/ambient.ts";
import type { Task } from "../tasks/task.ts";
import { andMore, textLimits } from "../text/text-limits.ts";

/** What an exception handler is told. */
export interface ExceptionContext {
  /** What happened. */
  readonly message: string;
  /** The error, if there is one. */
  readonly exception?: Error;
  /** The task it concerns. */
  readonly task?: Task<unknown>;
  /** The future it concerns. */
  readonly future?: Future<unknown>;
  /** The callback it concerns. */
  readonly handle?: Handle;
  /** Whatever else is known. */
  readonly [key: string]: unknown;
}

/** Is told of errors that nobody can catch. */
export type ExceptionHandler = (loop: AbstractEventLoop, context: ExceptionContext) => void;

/** Where things were created: texts of their own, and not values to be shown as such. */
const tracebacks = new Set(["handleTraceback", "sourceTraceback"]);

/** Writes one error to the console: the message, what else is known in lines of `key: value`, and the exception. */
export function defaultExceptionHandler(loop: AbstractEventLoop, context: ExceptionContext): void {
  // By own keys alone: a program may have added some to every object.
  const exception = Object.hasOwn(context, "exception") ? context.exception : undefined;
  const message = Object.hasOwn(context, "message") ? context.message : "";
  const text = [toText(message) || "Unhandled exception in event loop", ...describeContext(loop, context)].join("\n");
  if (exception === undefined) console.error(text);
  else write(text, exception);
}

/** Writes `text` and `value` to the console, or `text` alone if the console cannot show `value`. */
function write(text: string, value: unknown): void {
  try {
    console.error(text, value);
  } catch (thrown) {
    if (leavesLoop(thrown)) throw thrown;
    console.error(text, unprintable(value));
  }
}

/** What is known beside the message and the exception, in lines of `key: value` by their keys. */
function describeContext(loop: AbstractEventLoop, context: ExceptionContext): string[] {
  const more: ExceptionContext = { message: "", ...handleTraceback(loop, context) };
  const keys = [...new Set([...Object.keys(more), ...Object.keys(context)])].sort();
  const lines = keys
    .filter((key) => key !== "message" && key !== "exception")
    .map((key) => `${key}: ${describeValue(Object.hasOwn(context, key) ? context : more, key)}`);
  return lines.length <= textLimits.members
    ? lines
    : [...lines.slice(0, textLimits.members), andMore(lines.length - textLimits.members)];
}

function describeValue(context: ExceptionContext, key: string): string {
  try {
    const value = context[key];
    return tracebacks.has(key) && typeof value === "string" ? value : repr(value);
  } catch {
    return unprintable(undefined);
  }
}

/** In debug mode: where the callback was scheduled in which it happened, if nothing better is known. */
function handleTraceback(loop: AbstractEventLoop, context: ExceptionContext): { readonly handleTraceback?: string } {
  if (loop._scheduler.timed === undefined || Object.hasOwn(context, "sourceTraceback")) return {};
  const { sourceTraceback: text } = sourceTraceback(loop._scheduler.timed);
  return text === undefined ? {} : { handleTraceback: text.replace(/^Object/, "Handle") };
}

/** Calls the loop's exception handler, in the context of what it is told about, and with its stores. */
export function callExceptionHandler(loop: AbstractEventLoop, context: ExceptionContext): void {
  restoreCallers(Object.hasOwn(context, "exception") ? context.exception : undefined);
  const handler = loop.getExceptionHandler();
  if (handler === undefined) {
    reportSafely(loop, context, "Exception in default exception handler");
    return;
  }
  try {
    const subject = runnableOf(context);
    if (subject === undefined) handler(loop, context);
    else if (isFollowing)
      subject.getContext().run(() => storesOf(subject).runInAsyncScope(handler, undefined, loop, context));
    else subject.getContext().run(() => handler(loop, context));
  } catch (thrown) {
    if (leavesLoop(thrown)) throw thrown;
    const nested = { message: "Unhandled error in exception handler", exception: toException(thrown), context };
    const text =
      "Exception in default exception handler while handling an unexpected error in custom exception handler";
    reportSafely(loop, nested, text);
  }
}

/**
 * Calls the loop's exception handler from where nobody can catch what it throws: in the collector's callback, or a
 * promise's, or an emitter's. A `SystemExit` ends the loop's run, as it does if a callback of the loop calls the handler.
 */
export function reportFromOutside(loop: Loop, context: ExceptionContext): void {
  try {
    loop.callExceptionHandler(context);
  } catch (thrown) {
    // The step that called this leaves the loop.
    if (getRunningLoopOrUndefined() === loop) throw thrown;
    const error = toException(thrown);
    if (!loop._abort(error)) writeSafely(() => write("Exception ignored in the exception handler", error));
  }
}

function reportSafely(loop: AbstractEventLoop, context: ExceptionContext, textOnError: string): void {
  try {
    loop.defaultExceptionHandler(context);
  } catch (thrown) {
    if (leavesLoop(thrown)) throw thrown;
    writeSafely(() => write(textOnError, thrown));
  }
}

/** Writes to the console, which may be the program's own, or no longer there. */
function writeSafely(act: () => void): void {
  try {
    act();
  } catch {
    // Nothing is left to tell it to.
  }
}

/** Writes what was lost when the process ends, and no loop is there to tell it to. */
export function reportAtExit(text: string, reason: unknown): void {
  writeSafely(() => write(text, reason));
}

/** What runs in a context of its own: a plain future has none. */
function runnableOf(context: ExceptionContext): Task<unknown> | Handle | undefined {
  const { task, future, handle } = Object.assign(Object.create(null) as Partial<ExceptionContext>, context);
  const subject = (task ?? future ?? handle) as Partial<Task<unknown>> | undefined;
  return subject?.getContext === undefined ? undefined : (subject as Task<unknown>);
}
