/**
 * What debug mode remembers of objects that are created: where, and which callback a cancelled handle had.
 *
 * @module
 */

import { captureStack, parseStack, withoutColumn } from "./stack-frames.ts";

const creations = new WeakMap<object, string>();
const loops = new WeakMap<object, { getDebug(): boolean }>();
const cancelledCallbacks = new WeakMap<object, string>();

/** Remembers that `object` is created here. */
export function noteCreation(object: object): void {
  creations.set(object, captureStack());
}

/** Remembers the loop that a handle is made for, and where, if that loop is in debug mode. */
export function noteHandle(handle: object, loop: { getDebug(): boolean }): void {
  loops.set(handle, loop);
  if (loop.getDebug()) noteCreation(handle);
}

/** Remembers the callback that a handle forgets when it is cancelled, if its loop is in debug mode. */
export function noteCallback(handle: object, text: string): void {
  if (loops.get(handle)?.getDebug() === true) cancelledCallbacks.set(handle, text);
}

/** The callback of a cancelled handle, if that is known. */
export function callbackOf(handle: object): string | undefined {
  return cancelledCallbacks.get(handle);
}

/** Where `object` was created, outermost call last; nothing if that was not in debug mode. */
export function sourceTraceback(object: object): { readonly sourceTraceback?: string } {
  const stack = creations.get(object);
  if (stack === undefined) return {};
  const lines = parseStack(stack).map(
    ({ name, location }) => `  at ${name === "" ? location : `${name} (${location})`}`,
  );
  return { sourceTraceback: `Object created at\n${lines.join("\n")}` };
}

/** `created at FILE:LINE`, or nothing. */
export function describeCreation(object: object): string[] {
  const [frame] = parseStack(creations.get(object) ?? "");
  return frame === undefined ? [] : [`created at ${withoutColumn(frame.location)}`];
}
