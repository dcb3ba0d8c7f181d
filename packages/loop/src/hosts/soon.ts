/** Calls `work` in a microtask. A test may replace `queueMicrotask`, but not a promise. */
export function soon(work: () => void): void {
  void Promise.resolve().then(work);
}
