/**
 * Promises that wait for something on a loop must settle even if nobody runs it on. So a loop says here when a run of it has
 * ended, and when it is closed.
 *
 * @module
 */

import type { BaseEventLoop } from "../loops/base-event-loop.ts";

const idleWatchers = new WeakMap<BaseEventLoop, () => void>();
const closeWatchers = new WeakMap<BaseEventLoop, Set<() => void>>();

/** Has `watcher`, one a loop, called whenever a run of the loop has ended. */
export function watchIdle(loop: BaseEventLoop, watcher: () => void): void {
  idleWatchers.set(loop, watcher);
}

/** Has `watcher` called when the loop is closed; returns what takes it back. */
export function watchClose(loop: BaseEventLoop, watcher: () => void): () => void {
  const watchers = closeWatchers.get(loop) ?? new Set();
  closeWatchers.set(loop, watchers);
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}

/** A run has ended. */
export function announceIdle(loop: BaseEventLoop): void {
  idleWatchers.get(loop)?.();
}

/** The loop is closed. */
export function announceClose(loop: BaseEventLoop): void {
  const watchers = closeWatchers.get(loop);
  closeWatchers.delete(loop);
  for (const watcher of watchers ?? []) watcher();
}
