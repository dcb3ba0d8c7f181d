/**
 * Promises that wait for something on a loop must settle even if nobody runs it on. So a loop says here when a run of it has
 * ended, and when it is closed.
 *
 * @module
 */

const idleWatchers = new WeakMap<object, () => void>();
const closeWatchers = new WeakMap<object, Set<() => void>>();

/** Has `watcher`, one a loop, called whenever a run of the loop has ended. */
export function watchIdle(loop: object, watcher: () => void): void {
  idleWatchers.set(loop, watcher);
}

/** Has `watcher` called when the loop is closed; returns what takes it back. */
export function watchClose(loop: object, watcher: () => void): () => void {
  const watchers = closeWatchers.get(loop) ?? new Set();
  closeWatchers.set(loop, watchers);
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}

/** A run has ended. */
export function announceIdle(loop: object): void {
  idleWatchers.get(loop)?.();
}

/** The loop is closed. */
export function announceClose(loop: object): void {
  const watchers = closeWatchers.get(loop);
  closeWatchers.delete(loop);
  for (const watcher of watchers ?? []) watcher();
}
