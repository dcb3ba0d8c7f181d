import { readOptions } from "../arguments/options.ts";
import { withOtherCopy } from "../copies/copies.ts";
import { showValue, withHint } from "../text/repr.ts";
import { Context, snapshotContext } from "./contextvars.ts";

/** Options of the methods that schedule a callback or run a task. */
export interface ContextOptions {
  /** The context in which it runs; a copy of the current one by default. */
  readonly context?: Context | undefined;
}

const contextDefaults: ContextOptions = { context: undefined };

/** @internal The context for a callback that `method` schedules. @throws TypeError when `options` are wrong */
export function contextFrom(options: ContextOptions | undefined, method: string): Context {
  return options === undefined ? snapshotContext() : (readContext(options, method) ?? snapshotContext());
}

/** @internal The context that the caller of `method` passed, if any. @throws TypeError when `options` are wrong */
export function readContext(options: ContextOptions | undefined, method: string): Context | undefined {
  const { context } = readOptions(options, contextDefaults, method);
  if (context !== undefined) requireContext(context);
  return context;
}

/** @internal @throws TypeError when `context` is not a `Context` of this copy of the package */
export function requireContext(context: unknown): void {
  if (!(context instanceof Context)) refuseContext(context);
}

function refuseContext(context: unknown): never {
  const text = `context must be a Context, got ${showValue(context)}`;
  if (context === null) throw new TypeError(withHint(text, "leave it out for a copy of the current one"));
  throw new TypeError(withOtherCopy(text, context));
}
