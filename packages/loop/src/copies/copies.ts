/**
 * The registry of the copies of this package. A process may load it more than once: in two versions, or from two
 * places. Each copy has its own running loop and its own classes, and refuses the objects of another copy. The registry
 * lets the error name both copies. Copies of other versions read it too, so members may be added, but not changed or
 * removed.
 *
 * @module
 */

import { RuntimeError } from "../errors/exceptions.ts";
import { withHint } from "../text/repr.ts";
import { version } from "./version.ts";

interface Copy {
  readonly version: string;
  readonly url: string;
  /** Tells whether a loop of this copy runs the caller. */
  isStepping(): boolean;
}

/**
 * The copies, in the order in which they were loaded. The references are weak, so that the collector can free a copy.
 */
const registryKey: unique symbol = Symbol.for("yieldstar.copies");
/** The property that leads from an object, such as a future, to the copy that made it. */
const copyKey: unique symbol = Symbol.for("yieldstar.copy");

type Registry = { [registryKey]?: WeakRef<Copy>[] };

let thisCopy: Copy | undefined;

/** Adds this copy to the registry. */
export function registerCopy(isStepping: () => boolean): void {
  thisCopy = { version, url: import.meta.url, isStepping };
  const registry = globalThis as Registry;
  const others = registry[registryKey] ?? [];
  registry[registryKey] = [...others.filter((each) => each.deref() !== undefined), new WeakRef(thisCopy)];
}

/** Marks the objects of a class as made by this copy. */
export function markAsOurs({ prototype }: { readonly prototype: object }): void {
  Object.defineProperty(prototype, copyKey, { get: () => thisCopy });
}

/** Returns a text that names the other copy whose loop runs the caller; `undefined` if there is none. */
export function explainOtherLoop(): string | undefined {
  const copies = (globalThis as Registry)[registryKey] ?? [];
  const other = copies.map((each) => each.deref()).find((each) => each !== thisCopy && each?.isStepping());
  return other && `the loop that is running belongs to ${explainOther(other)}`;
}

/** @throws RuntimeError with `text` and a hint when a loop of another copy runs the caller */
export function refuseInOtherLoop(text: string): void {
  const other = explainOtherLoop();
  if (other !== undefined) throw new RuntimeError(withHint(text, other));
}

/** Returns a text that names the other copy which made `value`; `undefined` if none did. */
export function explainOtherCopy(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const other = (value as { readonly [copyKey]?: Copy })[copyKey];
  return other && other !== thisCopy ? `it belongs to ${explainOther(other)}` : undefined;
}

/** Returns `text`, which refuses `value`, with a hint if another copy made `value`. */
export function withOtherCopy(text: string, value: unknown): string {
  const other = explainOtherCopy(value);
  return other === undefined ? text : withHint(text, other);
}

/** Returns a text that names the other copy whose loop `value` is, which its futures tell in every version. */
export function explainForeignLoop(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { createFuture } = value as { readonly createFuture?: unknown };
  return typeof createFuture === "function" ? explainOtherCopy(createFuture.call(value)) : undefined;
}

function explainOther(other: Copy): string {
  return `another copy of @yieldstar/loop, ${place(other)}, and this is ${place(thisCopy as Copy)}`;
}

function place(copy: Copy): string {
  return `version ${copy.version} at ${copy.url}`;
}
