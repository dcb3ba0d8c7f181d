/** What is ready, as a linked list. Arrays cost as much here, or more. */

/** An entry is in the queue at most once. */
export interface Runnable {
  link: Runnable | undefined;
  run(): void;
}

let first: Runnable | undefined;
let last: Runnable | undefined;

/** Puts an entry at the end of the queue. */
export function enqueue(entry: Runnable): void {
  if (last === undefined) first = entry;
  else last.link = entry;
  last = entry;
}

export function isReady(): boolean {
  return first !== undefined;
}

/** Runs what is ready now, and not what becomes ready meanwhile. To take the whole list at once costs least. */
export function runIteration(): void {
  let entry = first;
  first = last = undefined;
  while (entry !== undefined) {
    const next: Runnable | undefined = entry.link;
    entry.link = undefined;
    entry.run();
    entry = next;
  }
}

/** Drops what is ready. */
export function clearReady(): void {
  first = last = undefined;
}
