import { repr } from "../text/repr.ts";

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
