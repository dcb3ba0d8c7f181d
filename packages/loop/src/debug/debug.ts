/**
 * What debug mode knows more: where things were created, and where tasks stand. It is kept beside the objects, so that
 * without debug mode they carry nothing for it.
 *
 * @module
 */

import { currentTaskOrUndefined } from "../context/ambient.ts";
import { repr } from "../text/repr.ts";

/** One `yield*` on the way down to what a task waits for. */
export interface StackFrame {
  /** The generator function's name. */
  readonly name: string;
  /** `FILE:LINE:COLUMN`. */
  readonly location: string;
}

/** Whether any loop is, or was, in debug mode: until then nothing here costs anything. */
export let isDebugging = false;

/** Called when a loop's debug mode is switched on. */
export function beginDebugging(): void {
  isDebugging = true;
}

/** Tells whether `YIELDSTAR_DEBUG` is set in the environment, where there is one. */
export function isDebugRequested(): boolean {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  const value = process?.env?.["YIELDSTAR_DEBUG"];
  return value !== undefined && value !== "" && value !== "0";
}

const creations = new WeakMap<object, string>();
const suspensions = new WeakMap<object, string>();
const loops = new WeakMap<object, { getDebug(): boolean }>();
const cancelledCallbacks = new WeakMap<object, string>();

/** So many frames are kept: enough for a deep chain, where V8's own limit is ten. */
const frameLimit = 100;

/** The stack of the caller. */
export function captureStack(): string {
  const { stackTraceLimit } = Error;
  // It cannot be set where `Error` is frozen.
  Reflect.set(Error, "stackTraceLimit", frameLimit);
  try {
    return stackOf(new Error("stack")) ?? "";
  } finally {
    Reflect.set(Error, "stackTraceLimit", stackTraceLimit);
  }
}

/** The stack of `error`, if it is a text: a hook of the program's may make anything of it, or throw. */
export function stackOf(error: Error): string | undefined {
  try {
    const stack: unknown = error.stack;
    return typeof stack === "string" ? stack : undefined;
  } catch {
    return undefined;
  }
}

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

/** Remembers that the current task gives up control here. */
export function noteSuspension(): void {
  const task = currentTaskOrUndefined();
  if (task !== undefined) suspensions.set(task, captureStack());
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

/** The `yield*`s at which a task last gave up control, the outermost first. */
export function suspendedAt(task: object): StackFrame[] {
  const stack = suspensions.get(task);
  return stack === undefined ? [] : framesOfStep(stack);
}

/** The frames of an error that was thrown in a task's step, the outermost first. */
export function framesOfStep(stack: string): StackFrame[] {
  const lines = stack.split("\n");
  const end = lines.findIndex((line) => /\bTask\._(step|run)\b/.test(line));
  return parseStack(lines.slice(0, end < 0 ? undefined : end).join("\n")).reverse();
}

/** `worker() running at FILE:LINE`, of a task whose place is known. */
export function describePlace(task: object): string | undefined {
  const [outermost] = suspendedAt(task);
  if (outermost === undefined) return undefined;
  return `${outermost.name || "<lambda>"}() running at ${withoutColumn(outermost.location)}`;
}

/** The frames of a stack, the innermost first, without the library's own and those that are not of any file. */
function parseStack(stack: string): StackFrame[] {
  return stack.split("\n").flatMap((line) => {
    const match = /^\s*at (?:async )?(?:(.*) \()?(.*?:\d+:\d+)\)?$/.exec(line);
    const [name = "", location = ""] = match?.slice(1) ?? [];
    return location === "" || isOwn(location) ? [] : [{ name: name.replace(/^Object\./, ""), location }];
  });
}

function withoutColumn(location: string): string {
  return location.replace(/:\d+$/, "");
}

const ownPackages = "loop|taskgroup|timeout|sync|asyncgen|testing|yieldstar";
/** How locations in the folder begin that this package and its siblings stand in. */
let ownFolders: readonly string[] | undefined;

function isOwn(location: string): boolean {
  if (/[\\/]@yieldstar[\\/]/.test(location) || location.startsWith("node:")) return true;
  ownFolders ??= findOwnFolders();
  const prefix = ownFolders.find((each) => location.startsWith(each));
  return prefix !== undefined && new RegExp(`^(${ownPackages})/(src|dist)/`).test(location.slice(prefix.length));
}

/** None where a module has no folder: in a classic script, or one at a `blob:` or `data:` URL. */
function findOwnFolders(): readonly string[] {
  try {
    const { href, pathname } = new URL("../../..", import.meta.url);
    return [href, pathname];
  } catch {
    return [];
  }
}

const waitsSinceCancelled = new WeakMap<object, number>();

/**
 * A task that was cancelled waits. That may be part of its cleanup; but once it has been woken and waits again, it has
 * most likely swallowed the cancellation.
 */
export function noteWaitAfterCancel(task: object): void {
  const waits = (waitsSinceCancelled.get(task) ?? 0) + 1;
  waitsSinceCancelled.set(task, waits);
  if (waits !== 2) return;
  console.warn(`${repr(task)} was cancelled and went on waiting (hint: throw CancelledError on, or call uncancel())`);
}

/** The cancellation was taken back: nothing was swallowed. */
export function forgetCancel(task: object): void {
  waitsSinceCancelled.delete(task);
}
