/**
 * Where objects were created, and the callbacks of cancelled handles, which debug mode remembers.
 *
 * @module
 */

import { captureStack, parseStack, withoutColumn } from "./stack-frames.ts";

const creations = new WeakMap<object, string>();
const loops = new WeakMap<object, { getDebug(): boolean }>();
const cancelledCallbacks = new WeakMap<object, string>();

/** Remembers the caller's stack as the place where `object` was created. */
export function noteCreation(object: object): void {
  creations.set(object, captureStack());
}

/** Remembers the loop of a new handle and, if that loop is in debug mode, the place of its creation. */
export function noteHandle(handle: object, loop: { getDebug(): boolean }): void {
  loops.set(handle, loop);
  if (loop.getDebug()) noteCreation(handle);
}

/** Remembers the text of a cancelled handle's callback, if its loop is in debug mode. The handle drops the callback. */
export function noteCallback(handle: object, text: string): void {
  if (loops.get(handle)?.getDebug() === true) cancelledCallbacks.set(handle, text);
}

/** The text of a cancelled handle's callback, if debug mode remembers it. */
export function callbackOf(handle: object): string | undefined {
  return cancelledCallbacks.get(handle);
}

/** A report's entry on where `object` was created, the outermost call last. Empty without debug mode. */
export function sourceTraceback(object: object): { readonly sourceTraceback?: string } {
  const stack = creations.get(object);
  if (stack === undefined) return {};
  const lines = parseStack(stack).map(
    ({ name, location }) => `  at ${name === "" ? location : `${name} (${location})`}`,
  );
  return { sourceTraceback: `Object created at\n${lines.join("\n")}` };
}

/** `created at FILE:LINE` as the only element. Empty without debug mode. */
export function describeCreation(object: object): string[] {
  const [frame] = parseStack(creations.get(object) ?? "");
  return frame === undefined ? [] : [`created at ${withoutColumn(frame.location)}`];
}
