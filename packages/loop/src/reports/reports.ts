import { isFollowing, storesOf } from "../context/async-stores.ts";
import type { AbstractEventLoop, Loop } from "../scheduling/loop.ts";
import { sourceTraceback } from "../debug/creations.ts";
import { restoreCallers } from "../coroutines/lost-callers.ts";
import { leavesLoop, toException } from "../errors/thrown.ts";
import type { Future } from "../tasks/future.ts";
import type { Handle } from "../scheduling/handle.ts";
import { unprintable } from "../text/names.ts";
import { repr, toText } from "../text/repr.ts";
import { currentLoop } from "../context/ambient.ts";
import type { Task } from "../tasks/task.ts";
import { andMore, textLimits } from "../text/text-limits.ts";

/**
 * A report of an error that no code can catch.
 *
 * Source: asyncio.BaseEventLoop.call_exception_handler, CPython 3.14 Lib/asyncio/base_events.py.
 */
export interface ExceptionContext {
  /** What happened. */
  readonly message: string;
  /** The error, if there is one. */
  readonly exception?: Error;
  /** The task that the report is about. */
  readonly task?: Task<unknown>;
  /** The future that the report is about. */
  readonly future?: Future<unknown>;
  /** The callback that the report is about. */
  readonly handle?: Handle;
  /** Other facts, such as `sourceTraceback` in debug mode: where the task, future or handle was created. */
  readonly [key: string]: unknown;
}

/**
 * Handles the errors that no code can catch. `loop.setExceptionHandler` takes one; the loop calls it with itself and a
 * report.
 *
 * Source: asyncio.BaseEventLoop.set_exception_handler, CPython 3.14 Lib/asyncio/base_events.py.
 */
export type ExceptionHandler = (loop: AbstractEventLoop, context: ExceptionContext) => void;

/** Keys whose values are texts of several lines, which are printed without quotes. */
const tracebacks = new Set(["handleTraceback", "sourceTraceback"]);

/** Writes a report as one error to the console: the message, then lines of `key: value`, then the exception. */
export function defaultExceptionHandler(loop: AbstractEventLoop, context: ExceptionContext): void {
  // Only own keys count: a program may have added others to `Object.prototype`.
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

/** The lines `key: value` for all but the message and the exception, in the order of the keys. */
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

/** In debug mode: where the callback that runs now was scheduled, if the report has no `sourceTraceback` of its own. */
function handleTraceback(loop: AbstractEventLoop, context: ExceptionContext): { readonly handleTraceback?: string } {
  if (loop._scheduler.timed === undefined || Object.hasOwn(context, "sourceTraceback")) return {};
  const { sourceTraceback: text } = sourceTraceback(loop._scheduler.timed);
  return text === undefined ? {} : { handleTraceback: text.replace(/^Object/, "Handle") };
}

/** Calls the loop's exception handler in the context of the report's task or handle, and with its stores. */
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
 * Calls the loop's exception handler from a callback of the collector, a promise or an emitter, where no code can catch
 * what the handler throws. A `SystemExit` ends the loop's run, as it does when a callback of the loop calls the
 * handler.
 */
export function reportFromOutside(loop: Loop, context: ExceptionContext): void {
  try {
    loop.callExceptionHandler(context);
  } catch (thrown) {
    // A step or callback of this loop called this function, and the error may leave the loop through it.
    if (currentLoop === loop) throw thrown;
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

/** Writes to the console, which may be the program's own and throw, or be gone. */
function writeSafely(act: () => void): void {
  try {
    act();
  } catch {
    // There is no other place to write it to.
  }
}

/** Writes an error that was lost to the console, at the end of the process, when no loop can report it. */
export function reportAtExit(text: string, reason: unknown): void {
  writeSafely(() => write(text, reason));
}

/** The task or handle of a report, which has a context. A plain future has none. */
function runnableOf(context: ExceptionContext): Task<unknown> | Handle | undefined {
  const { task, future, handle } = Object.assign(Object.create(null) as Partial<ExceptionContext>, context);
  const subject = (task ?? future ?? handle) as Partial<Task<unknown>> | undefined;
  return subject?.getContext === undefined ? undefined : (subject as Task<unknown>);
}
