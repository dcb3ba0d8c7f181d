import { repr } from "../text/repr.ts";

const waitsSinceCancelled = new WeakMap<object, number>();

/**
 * Counts a wait of a cancelled task, and warns at the second one. The first may belong to the cleanup. A task that is
 * woken and waits again has most likely swallowed the cancellation.
 */
export function noteWaitAfterCancel(task: object): void {
  const waits = (waitsSinceCancelled.get(task) ?? 0) + 1;
  waitsSinceCancelled.set(task, waits);
  if (waits !== 2) return;
  console.warn(`${repr(task)} was cancelled and went on waiting (hint: throw CancelledError on, or call uncancel())`);
}

/** Forgets the waits of a task whose cancel requests `uncancel()` has all withdrawn. */
export function forgetCancel(task: object): void {
  waitsSinceCancelled.delete(task);
}
