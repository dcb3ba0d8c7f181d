/**
 * A process may load this package more than once: in two versions, or from two places. Each copy has a running loop of its
 * own and classes of its own, and what is made by one is nothing to another. So every copy signs on here, for the error
 * that says so to name both. Copies of any version read this: what is here may only grow.
 *
 * @module
 */

import { RuntimeError } from "../errors/exceptions.ts";
import { withHint } from "../text/repr.ts";
import { version } from "./version.ts";

interface Copy {
  readonly version: string;
  readonly url: string;
  /** Tells whether a loop of this copy is running the caller. */
  isStepping(): boolean;
}

/** The copies, in the order they were loaded. A module that was loaded anew may be collected: it is not held. */
const registryKey: unique symbol = Symbol.for("yieldstar.copies");
/** Under it what a copy has made, its futures first of all, leads to the copy. */
const copyKey: unique symbol = Symbol.for("yieldstar.copy");

type Registry = { [registryKey]?: WeakRef<Copy>[] };

let thisCopy: Copy | undefined;

/** Signs this copy on. */
export function registerCopy(isStepping: () => boolean): void {
  thisCopy = { version, url: import.meta.url, isStepping };
  const registry = globalThis as Registry;
  const others = registry[registryKey] ?? [];
  registry[registryKey] = [...others.filter((each) => each.deref() !== undefined), new WeakRef(thisCopy)];
}

/** Signs the objects of a class. */
export function markAsOurs({ prototype }: { readonly prototype: object }): void {
  Object.defineProperty(prototype, copyKey, { get: () => thisCopy });
}

/** What another copy's loop is that runs the caller, in words; or `undefined` when there is none. */
export function explainOtherLoop(): string | undefined {
  const copies = (globalThis as Registry)[registryKey] ?? [];
  const other = copies.map((each) => each.deref()).find((each) => each !== thisCopy && each?.isStepping());
  return other && `the loop that is running belongs to ${explainOther(other)}`;
}

/** @throws RuntimeError when another copy's loop runs the caller; `text` is what a copy says of its own loops */
export function refuseInOtherLoop(text: string): void {
  const other = explainOtherLoop();
  if (other !== undefined) throw new RuntimeError(withHint(text, other));
}

/** Whose `value` is, in words, if another copy made it. */
export function explainOtherCopy(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const other = (value as { readonly [copyKey]?: Copy })[copyKey];
  return other && other !== thisCopy ? `it belongs to ${explainOther(other)}` : undefined;
}

/** `text`, which refuses `value`, with the reason where there is another copy of this package that made it. */
export function withOtherCopy(text: string, value: unknown): string {
  const other = explainOtherCopy(value);
  return other === undefined ? text : withHint(text, other);
}

/** Whose loop `value` is, in words, if another copy made it: its futures tell, in copies of any version. */
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
