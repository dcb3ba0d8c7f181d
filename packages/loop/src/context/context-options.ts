import { readOptions } from "../arguments/options.ts";
import { withOtherCopy } from "../copies/copies.ts";
import { repr, withHint } from "../text/repr.ts";
import { Context, snapshotContext } from "./contextvars.ts";

/** Where scheduling methods take a context from. */
export interface ContextOptions {
  /** The context the callback runs in; a copy of the current one by default. */
  readonly context?: Context | undefined;
}

const contextDefaults: ContextOptions = { context: undefined };

/** @internal What a callback runs in that was scheduled by `method` with `options`. @throws TypeError when they are none */
export function contextFrom(options: ContextOptions | undefined, method: string): Context {
  return options === undefined ? snapshotContext() : (readContext(options, method) ?? snapshotContext());
}

/** @internal The context that `method` was given, if there is one. @throws TypeError when it is none */
export function readContext(options: ContextOptions | undefined, method: string): Context | undefined {
  const { context } = readOptions(options, contextDefaults, method);
  if (context !== undefined) requireContext(context);
  return context;
}

/** @internal @throws TypeError when `context` is none of this copy of the package */
export function requireContext(context: unknown): void {
  if (!(context instanceof Context)) refuseContext(context);
}

function refuseContext(context: unknown): never {
  const text = `context must be a Context, got ${repr(context)}`;
  if (context === null) throw new TypeError(withHint(text, "leave it out for a copy of the current one"));
  throw new TypeError(withOtherCopy(text, context));
}
