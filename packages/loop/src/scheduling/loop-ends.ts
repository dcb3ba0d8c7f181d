/**
 * A loop announces here when one of its runs ends, and when it is closed. Promises that wait for something on the loop
 * listen: they must settle even if no code runs the loop again.
 *
 * @module
 */

const idleWatchers = new WeakMap<object, () => void>();
const closeWatchers = new WeakMap<object, Set<() => void>>();

/** Sets the watcher of `loop`, which is called whenever a run of the loop has ended. A loop has one. */
export function watchIdle(loop: object, watcher: () => void): void {
  idleWatchers.set(loop, watcher);
}

/**
 * Adds a watcher, which is called once, when `loop` is closed.
 *
 * @returns a function that removes the watcher
 */
export function watchClose(loop: object, watcher: () => void): () => void {
  const watchers = closeWatchers.get(loop) ?? new Set();
  closeWatchers.set(loop, watchers);
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}

/** Calls the watcher of `watchIdle`: a run of `loop` has ended. */
export function announceIdle(loop: object): void {
  idleWatchers.get(loop)?.();
}

/** Calls the watchers of `watchClose`: `loop` is closed. */
export function announceClose(loop: object): void {
  const watchers = closeWatchers.get(loop);
  closeWatchers.delete(loop);
  for (const watcher of watchers ?? []) watcher();
}
