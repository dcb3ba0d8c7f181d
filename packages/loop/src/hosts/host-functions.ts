/**
 * The functions of the host by which time passes, those that go together in one object. Tests replace them, all or some, and
 * put them back; a request that was made of the replaced ones may then never be answered. So they are looked up together, at
 * each request, and a request remembers of which it was made.
 *
 * @module
 */

/** Functions that belong together. They are called without `this`: a page's refuse any other than the page. */
export interface HostFunctions {
  readonly setTimeout: (callback: () => void, milliseconds: number) => Timer;
  readonly clearTimeout: (timer: Timer | undefined) => void;
  readonly setImmediate: ((callback: () => void) => Immediate) | undefined;
  readonly clearImmediate: ((immediate: Immediate | undefined) => void) | undefined;
  /** Milliseconds since some moment in the past. */
  readonly now: () => number;
  /** `setTimeout` is not the one that was there when this module was loaded. */
  readonly isReplaced: boolean;
  /** So is `now`, which then moves together with the timers: they are a test's for certain. */
  readonly hasReplacedClock: boolean;
  /** A test may have dropped a request without putting the functions back. */
  readonly dropsRequests: boolean;
}

/** A number in a page, an object in Node. */
export type Timer = ReturnType<typeof setTimeout>;

/** Only Node's can be told not to hold the process. */
export type Immediate = ReturnType<typeof setImmediate>;

/** A host may have none: it then serves only loops with a host of their own. */
type Clock = { readonly now: () => number } | undefined;

const firstClock = globalThis.performance as Clock;
const firstNow = firstClock?.now as () => number;
const firstDate = globalThis.Date;

/** Those that were there when this module was loaded: the host's own, unless a test's were there before. */
export const firstFunctions: HostFunctions = {
  ...timersOfNow(),
  now: () => firstNow.call(firstClock),
  isReplaced: false,
  hasReplacedClock: false,
  dropsRequests: false,
};

let current = firstFunctions;

/** Returns the functions that are there now. */
export function currentFunctions(): HostFunctions {
  if (areThere(current)) return current;
  return (current = areThere(firstFunctions) ? firstFunctions : lookUp());
}

function areThere(functions: HostFunctions): boolean {
  return functions.setTimeout === globalThis.setTimeout && functions.setImmediate === globalThis.setImmediate;
}

function lookUp(): HostFunctions {
  const timers = withCounterparts(timersOfNow());
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
 * A test may replace a setter and not what clears, or the other way about. To clear what another's setter gave can break the
 * host: Node 20 then calls no immediate any more. What no function can clear is left: its callback finds that it is too late.
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

function timersOfNow(): Timers {
  const { setTimeout, clearTimeout, setImmediate, clearImmediate } = globalThis;
  return { setTimeout, clearTimeout, setImmediate, clearImmediate };
}

/** Replaced timers go by a replaced clock, if there is one: that of `performance`, or at least that of `Date`. */
function findReplacedClock(): (() => number) | undefined {
  const { Date } = globalThis;
  const clock = globalThis.performance as Clock;
  const now = clock?.now as () => number;
  if (clock !== firstClock || now !== firstNow) return () => now.call(clock);
  if (Date === firstDate) return undefined;
  let latest = -Infinity;
  // A test may set a date that is earlier.
  return () => (latest = Math.max(latest, Date.now()));
}
