/** The floor's loop: a queue of what is ready, timers, and turns. It looks at the clock only while timers are set. */

import { TimerHeap } from "./timer-heap.ts";

/** Something in the ready queue, which is a linked list: an entry is in it at most once. */
export interface Runnable {
  link: Runnable | undefined;
  run(): void;
}

/** The timers that are set, by their deadlines in milliseconds. */
export const timers: TimerHeap = new TimerHeap();

// While iterations run on and on, every eighth one looks for timers that are due.
const iterationsWithoutClock = 7;

let first: Runnable | undefined;
let last: Runnable | undefined;
let isRunning = false;
let isStopping = false;
let givesWay = false;
let alarm: ReturnType<typeof setTimeout> | undefined;
let immediate: ReturnType<typeof setImmediate> | undefined;

/** Puts an entry at the end of the ready queue. */
export function enqueue(entry: Runnable): void {
  if (last === undefined) first = entry;
  else last.link = entry;
  last = entry;
}

/** Runs iterations until nothing is ready, if none runs. What comes from outside the loop calls this. */
export function serve(): void {
  if (!isRunning) turn();
}

/**
 * Runs what is ready until `stop` is called.
 *
 * @param isShared - whether the host has its turn after each iteration
 */
export function start(isShared: boolean): void {
  givesWay = isShared;
  isStopping = false;
  serve();
}

/** Ends the run after this iteration, and drops what is left. */
export function stop(): void {
  isStopping = true;
}

function turn(): void {
  isRunning = true;
  let iterations = 0;
  while (!isStopping) {
    if (timers.size > 0 && (first === undefined || (++iterations & iterationsWithoutClock) === 0)) wakeTimers();
    if (first === undefined) break;
    runIteration(last);
    if (givesWay && first !== undefined) break;
  }
  isRunning = false;
  if (isStopping) clear();
  else if (first === undefined) idle();
  else immediate = setImmediate(turn);
}

/** Runs what is ready now, and not what becomes ready meanwhile. */
function runIteration(end: Runnable | undefined): void {
  let entry: Runnable | undefined;
  do {
    entry = first as Runnable;
    first = entry.link;
    if (first === undefined) last = undefined;
    else entry.link = undefined;
    entry.run();
  } while (entry !== end);
}

function wakeTimers(): void {
  const now = performance.now();
  while (timers.nextDeadline() <= now) enqueue(timers.pop());
}

function idle(): void {
  const deadline = timers.nextDeadline();
  // Reading the clock would cost a third of what awaiting a promise does.
  if (deadline === Infinity) return;
  const delay = deadline - performance.now();
  clearTimeout(alarm);
  if (delay < 1) immediate = setImmediate(turn);
  else alarm = setTimeout(turn, delay);
}

function clear(): void {
  first = last = undefined;
  timers.clear();
  clearTimeout(alarm);
  clearImmediate(immediate);
}
