/** The floor's loop: iterations, timers, and turns. It looks at the clock only while timers are set. */

import { clearReady, enqueue, isReady, runIteration } from "./ready-queue.ts";
import { TimerHeap } from "./timer-heap.ts";

/** The timers that are set, by their deadlines in milliseconds. */
export const timers: TimerHeap = new TimerHeap();

// While iterations run on and on, every eighth one looks for timers that are due.
const iterationsWithoutClock = 7;

let isRunning = false;
let isStopping = false;
let givesWay = false;
let alarm: ReturnType<typeof setTimeout> | undefined;
let immediate: ReturnType<typeof setImmediate> | undefined;

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
  for (;;) {
    if (isStopping) break;
    if (timers.size > 0 && (!isReady() || (++iterations & iterationsWithoutClock) === 0)) wakeTimers();
    if (!isReady()) break;
    runIteration();
    if (givesWay && isReady()) break;
  }
  isRunning = false;
  if (isStopping) clear();
  else if (!isReady()) idle();
  else immediate = setImmediate(turn);
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
  clearReady();
  timers.clear();
  clearTimeout(alarm);
  clearImmediate(immediate);
}
