/** Has `work` done in a microtask. Tests may replace `queueMicrotask`, but no promise. */
export function soon(work: () => void): void {
  void Promise.resolve().then(work);
}
