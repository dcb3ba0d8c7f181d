import { firstFunctions, type Timer } from "./host-functions.ts";
import { isProcessHeld, isWatchable, wakers } from "./node-wakers.ts";
import { SharedListener } from "./shared-listener.ts";

/** The seconds between two looks at whether a wake-up can still come: at first, and at most. */
const firstLook = 0.1;
const longestUntilLook = 60;
/** The most seconds between two looks while we watch. */
const longestUntilWatch = 5;

const beforeExit = new SharedListener("beforeExit");
/** The loops that run, and have waited in this run. */
const holds = new Set<ProcessHold>();
/** The timer of the next look, which holds the process until then. Meanwhile loops may wake and wait many times. */
let lookTimer: Timer | undefined;
let untilLook = firstLook;
/** Whether we look from time to time, and not only when Node says that nothing is left. */
let isWatching = false;
/** Whether the last look found that nothing was left. */
let wasIdle = false;
let stopListening = (): void => {};

/**
 * Keeps the process alive for a loop that only something outside can wake.
 *
 * Node exits when nothing holds the process any more. An `unref`ed resource and a listener for a signal do not hold it,
 * but they may wake a loop, and a program that waits for them in Python would go on. So while there is one, and code
 * awaits the loop, a timer holds the process. A pending promise or future alone is no reason to hold it: when nothing
 * is left that could settle it, the wait is a deadlock.
 *
 * Node says with "beforeExit" that nothing is left. Another listener to this event may take it for the end: `node:test`
 * cancels all tests. Beside such a listener we watch: the timer holds the process from the first wait on, and we look
 * before the event comes.
 */
export class ProcessHold {
  #stuck: (() => void) | undefined;
  #isAwaited: (() => boolean) | undefined;

  /**
   * The loop begins to wait.
   *
   * @param stuck - called when nothing is left that could wake the loop
   * @param isAwaited - tells whether code awaits the loop; without it the answer is yes
   */
  wait(stuck: () => void, isAwaited: (() => boolean) | undefined): void {
    this.#stuck = stuck;
    this.#isAwaited = isAwaited;
    if (!holds.has(this)) begin(this);
    if (lookTimer !== undefined) holdOrRelease();
  }

  /** The loop has something to do. It may soon wait again, so the listener and the timer stay. */
  wake(): void {
    this.#stuck = undefined;
  }

  /** The loop has ended its run. */
  end(): void {
    this.#stuck = undefined;
    if (!holds.delete(this)) return;
    holdOrRelease();
    if (holds.size > 0) return;
    stopListening();
    if (isWatching) stopWatching();
  }

  /** Whether the loop waits. */
  get isWaiting(): boolean {
    return this.#stuck !== undefined;
  }

  /** Whether the loop waits, and code awaits the loop. */
  get isHolding(): boolean {
    return this.isWaiting && this.#isAwaited?.() !== false;
  }

  /** Tells the loop that nothing is left that could wake it. */
  reportStuck(): void {
    this.#stuck?.();
  }
}

function begin(hold: ProcessHold): void {
  if (holds.size === 0) stopListening = beforeExit.add(onBeforeExit);
  holds.add(hold);
  if (!isWatching && beforeExit.hasCompany && isWatchable()) {
    isWatching = true;
    watchFor(firstLook);
  }
}

/** Node has nothing left to do, and would exit. */
function onBeforeExit(): void {
  const { secondsUntilTimer, count } = wakers();
  if (count === 0) reportAllStuck();
  else if (isAnyHolding()) {
    lookAfter(Math.min(Math.max(untilLook, secondsUntilTimer), longestUntilLook), () => {});
    untilLook *= 2;
  }
}

function watchFor(seconds: number): void {
  untilLook = seconds;
  lookAfter(seconds, watch);
  holdOrRelease();
}

function watch(): void {
  if (!isAnyHolding()) watchFor(untilLook);
  else if (isProcessHeld()) goOnWatching(false);
  // While Node serves its timers, no timer is in its report.
  else firstFunctions.setImmediate?.(() => goOnWatching(wakers().count === 0));
}

function goOnWatching(isIdle: boolean): void {
  if (!isWatching) return;
  // V8's work in the background is not in the report, so nothing counts as left only after two such looks.
  if (isIdle && wasIdle) reportAllStuck();
  wasIdle = isIdle;
  watchFor(isIdle ? firstLook : Math.min(untilLook * 2, longestUntilWatch));
}

function stopWatching(): void {
  const { clearTimeout } = firstFunctions;
  clearTimeout(lookTimer);
  lookTimer = undefined;
  isWatching = wasIdle = false;
  untilLook = firstLook;
}

/** Sets the timer, which calls `look` after `seconds`. */
function lookAfter(seconds: number, look: () => void): void {
  const { setTimeout, clearTimeout } = firstFunctions;
  clearTimeout(lookTimer);
  lookTimer = setTimeout(() => {
    lookTimer?.unref();
    lookTimer = undefined;
    look();
  }, seconds * 1000);
}

/** Lets the timer hold the process only while code awaits a loop that waits. */
function holdOrRelease(): void {
  if (isAnyHolding()) lookTimer?.ref();
  else lookTimer?.unref();
}

function isAnyHolding(): boolean {
  for (const hold of holds) if (hold.isHolding) return true;
  return false;
}

function reportAllStuck(): void {
  for (const hold of holds) if (hold.isWaiting) hold.reportStuck();
}
