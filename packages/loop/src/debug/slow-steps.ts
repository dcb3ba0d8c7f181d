import { repr } from "../text/repr.ts";

/** Warns, in debug mode, that a callback or a step took long: the loop could run nothing else meanwhile. */
export function warnOfSlow(item: object, seconds: number): void {
  try {
    console.warn(`Executing ${repr(item)} took ${seconds.toFixed(3)} seconds`);
  } catch {
    // The console may be the program's own, or no longer there.
  }
}
