import { repr } from "../text/repr.ts";

/** Warns, in debug mode, that a callback or a step took long, since the loop could not run anything else meanwhile. */
export function warnOfSlow(item: object, seconds: number): void {
  try {
    console.warn(`Executing ${repr(item)} took ${seconds.toFixed(3)} seconds`);
  } catch {
    // The program may have replaced or removed the console.
  }
}
