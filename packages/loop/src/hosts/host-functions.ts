/**
 * The timers and the clock of the environment. A test may replace some or all of these functions, and restore them
 * later. A request to a replaced function may then never be answered. So each request looks all the functions up
 * together, and remembers which ones it used.
 *
 * @module
 */

/** Functions that belong together. Call them without `this`: those of a page accept no other `this` than the page. */
export interface HostFunctions {
  readonly setTimeout: (callback: () => void, milliseconds: number) => Timer;
  readonly clearTimeout: (timer: Timer | undefined) => void;
  readonly setImmediate: ((callback: () => void) => Immediate) | undefined;
  readonly clearImmediate: ((immediate: Immediate | undefined) => void) | undefined;
  /** Milliseconds since some moment in the past. */
  readonly now: () => number;
  /** Whether `setTimeout` was replaced after this module was loaded. */
  readonly isReplaced: boolean;
  /** Whether `now` was replaced too. It then moves together with the timers: both certainly belong to a test. */
  readonly hasReplacedClock: boolean;
  /** Whether a test may drop a request without restoring the functions. */
  readonly dropsRequests: boolean;
}

/** A number in a page, an object in Node. */
export type Timer = ReturnType<typeof setTimeout>;

/** Only an immediate of Node has `unref`. */
export type Immediate = ReturnType<typeof setImmediate>;

/** An environment may have no `performance`. Only a loop with a host of its own works there. */
type Clock = { readonly now: () => number } | undefined;

const firstClock = globalThis.performance as Clock;
const firstNow = firstClock?.now as () => number;
const firstDate = globalThis.Date;

/** The functions at the time when this module was loaded: the environment's own, unless a test had replaced them. */
export const firstFunctions: HostFunctions = {
  ...currentTimers(),
  now: () => firstNow.call(firstClock),
  isReplaced: false,
  hasReplacedClock: false,
  dropsRequests: false,
};

let current = firstFunctions;

/** Returns the functions of this moment. */
export function currentFunctions(): HostFunctions {
  if (areCurrent(current)) return current;
  return (current = areCurrent(firstFunctions) ? firstFunctions : lookUp());
}

function areCurrent(functions: HostFunctions): boolean {
  return functions.setTimeout === globalThis.setTimeout && functions.setImmediate === globalThis.setImmediate;
}

function lookUp(): HostFunctions {
  const timers = withCounterparts(currentTimers());
  const isReplaced = timers.setTimeout !== firstFunctions.setTimeout;
  const replacedClock = isReplaced ? findReplacedClock() : undefined;
  return {
    ...timers,
    now: replacedClock ?? firstFunctions.now,
    isReplaced,
    hasReplacedClock: replacedClock !== undefined,
    dropsRequests: replacedClock !== undefined || timers.setImmediate !== firstFunctions.setImmediate,
  };
}

type Timers = Pick<HostFunctions, "setTimeout" | "clearTimeout" | "setImmediate" | "clearImmediate">;

/**
 * Pairs each setter with the function that clears its requests. A test may replace one and not the other. Clearing a
 * request of another setter can break the host: Node 20 then calls no immediate any more. A request that no function
 * can clear is left alone: its callback finds that it is outdated.
 */
function withCounterparts({ setTimeout, clearTimeout, setImmediate, clearImmediate }: Timers): Timers {
  const first = firstFunctions;
  return {
    setTimeout,
    clearTimeout: counterpart(setTimeout === first.setTimeout, clearTimeout, first.clearTimeout),
    setImmediate,
    clearImmediate: counterpart(setImmediate === first.setImmediate, clearImmediate, first.clearImmediate),
  };
}

function counterpart<Clear>(isFirst: boolean, clear: Clear, firstClear: Clear): Clear | (() => void) {
  if (isFirst) return firstClear;
  return clear === firstClear ? () => {} : clear;
}

function currentTimers(): Timers {
  const { setTimeout, clearTimeout, setImmediate, clearImmediate } = globalThis;
  return { setTimeout, clearTimeout, setImmediate, clearImmediate };
}

/** Finds the clock that moves with replaced timers: that of `performance`, or else that of `Date`. */
function findReplacedClock(): (() => number) | undefined {
  const { Date } = globalThis;
  const clock = globalThis.performance as Clock;
  const now = clock?.now as () => number;
  if (clock !== firstClock || now !== firstNow) return () => now.call(clock);
  if (Date === firstDate) return undefined;
  let latest = -Infinity;
  // A test may set an earlier date, and a loop's clock never goes backwards.
  return () => (latest = Math.max(latest, Date.now()));
}
