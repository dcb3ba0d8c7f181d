import { firstFunctions, type Timer } from "./host-functions.ts";
import { isProcessHeld, isWatchable, wakers } from "./node-wakers.ts";
import { SharedListener } from "./shared-listener.ts";

/** After how many seconds it is looked again whether a wake-up can still come: at first, and at the most. */
const firstLook = 0.1;
const longestUntilLook = 60;
/** The most while it watches. */
const longestUntilWatch = 5;

const beforeExit = new SharedListener("beforeExit");
/** Of the loops that run, those that have waited. */
const holds = new Set<ProcessHold>();
/** Holds the process until it is looked again; before that there is no need to: loops may wake and wait many times. */
let keeper: Timer | undefined;
let untilLook = firstLook;
/** It is looked from time to time, before Node tells that nothing is left. */
let isWatching = false;
/** Nothing was left when it was last looked. */
let wasIdle = false;
let stopListening = (): void => {};

/**
 * Keeps the process alive for a loop that only something outside can wake.
 *
 * Node exits when it has nothing left that holds it. What was `unref`ed, and a listener for a signal, do not hold it,
 * but may well wake a loop: a program that waits for it in Python would go on. So as long as there is any such thing the
 * process is held by a timer, if somebody awaits the loop. A promise or a future counts for nothing by itself: when
 * nothing is left that could settle it, to wait for it is a deadlock.
 *
 * That nothing is left, Node tells by "beforeExit". Another listener to it may take this for the end: `node:test` cancels
 * all tests. Beside such a listener the timer holds the process from the first wait on, and it is looked earlier.
 */
export class ProcessHold {
  #stuck: (() => void) | undefined;
  #isAwaited: (() => boolean) | undefined;

  /**
   * The loop waits.
   *
   * @param stuck - called when nothing is left that could wake the loop
   * @param isAwaited - tells whether somebody waits for what the loop does; by default somebody does
   */
  wait(stuck: () => void, isAwaited: (() => boolean) | undefined): void {
    this.#stuck = stuck;
    this.#isAwaited = isAwaited;
    if (!holds.has(this)) begin(this);
    if (keeper !== undefined) holdOrLetGo();
  }

  /** The loop has something to do. It may soon wait again: what was prepared for that stays. */
  wake(): void {
    this.#stuck = undefined;
  }

  /** The loop runs no more. */
  end(): void {
    this.#stuck = undefined;
    if (!holds.delete(this)) return;
    holdOrLetGo();
    if (holds.size > 0) return;
    stopListening();
    if (isWatching) stopWatching();
  }

  get isWaiting(): boolean {
    return this.#stuck !== undefined;
  }

  get isHolding(): boolean {
    return this.isWaiting && this.#isAwaited?.() !== false;
  }

  giveUp(): void {
    this.#stuck?.();
  }
}

function begin(hold: ProcessHold): void {
  if (holds.size === 0) stopListening = beforeExit.add(look);
  holds.add(hold);
  if (!isWatching && beforeExit.hasCompany && isWatchable()) {
    isWatching = true;
    watchFor(firstLook);
  }
}

/** Node has nothing left to do, and would exit. */
function look(): void {
  const { secondsUntilTimer, count } = wakers();
  if (count === 0) giveUp();
  else if (isAnyHolding()) {
    keepFor(Math.min(Math.max(untilLook, secondsUntilTimer), longestUntilLook), () => {});
    untilLook *= 2;
  }
}

function watchFor(seconds: number): void {
  untilLook = seconds;
  keepFor(seconds, watch);
  holdOrLetGo();
}

function watch(): void {
  if (!isAnyHolding()) watchFor(untilLook);
  else if (isProcessHeld()) goOnWatching(false);
  // Of timers nothing shows while they are served.
  else firstFunctions.setImmediate?.(() => goOnWatching(wakers().count === 0));
}

function goOnWatching(isIdle: boolean): void {
  if (!isWatching) return;
  // What V8 does in the background does not show. So it is looked twice.
  if (isIdle && wasIdle) giveUp();
  wasIdle = isIdle;
  watchFor(isIdle ? firstLook : Math.min(untilLook * 2, longestUntilWatch));
}

function stopWatching(): void {
  const { clearTimeout } = firstFunctions;
  clearTimeout(keeper);
  keeper = undefined;
  isWatching = wasIdle = false;
  untilLook = firstLook;
}

function keepFor(seconds: number, then: () => void): void {
  const { setTimeout, clearTimeout } = firstFunctions;
  clearTimeout(keeper);
  keeper = setTimeout(() => {
    keeper?.unref();
    keeper = undefined;
    then();
  }, seconds * 1000);
}

function holdOrLetGo(): void {
  if (isAnyHolding()) keeper?.ref();
  else keeper?.unref();
}

function isAnyHolding(): boolean {
  for (const hold of holds) if (hold.isHolding) return true;
  return false;
}

function giveUp(): void {
  for (const hold of holds) if (hold.isWaiting) hold.giveUp();
}
