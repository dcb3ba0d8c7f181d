import { currentFunctions, type HostFunctions, type Immediate, type Timer } from "./host-functions.ts";

/** Hosts fire a timer of more milliseconds than 31 bits hold at once. CPython caps its own at the same 24 hours. */
const longestTimeout = 24 * 3600;

/**
 * A host's clock, and the two requests for a turn that a loop may have made of it: one for as soon as possible, and one for a
 * time.
 *
 * All that it asks for, it asks of the functions that are there at that moment. When a test has replaced them, or put them
 * back, it forgets what it asked of the former, and asks the current ones. The clock goes on from where it was.
 */
export class HostTimers {
  readonly #takeTurn: () => void;
  readonly #longestEarly: number;
  #functions = currentFunctions();
  /** What the clock is ahead of the functions' own, in seconds. */
  #offset = 0;
  #immediate: Immediate | Timer | undefined;
  #timer: Timer | undefined;
  /** When the timer fires. One that fires before it is needed is left alone: that is cheaper than to set it anew. */
  #timerAt = Infinity;

  /**
   * @param takeTurn - called for each request
   * @param longestEarly - by how many seconds at the most, as the clock has it, a timer of this host may fire early
   */
  constructor(takeTurn: () => void, longestEarly: number) {
    this.#takeTurn = takeTurn;
    this.#longestEarly = longestEarly;
  }

  /** Returns the time in seconds. */
  time(): number {
    return this.#functions.now() / 1000 + this.#offset;
  }

  /** Asks for a turn at once. */
  requestSoon(): void {
    const functions = this.#follow();
    if (this.#immediate !== undefined && !functions.dropsRequests) return;
    this.#withdrawImmediate();
    const { setImmediate, setTimeout } = functions;
    const callback = (): void => {
      if (this.#immediate !== immediate) return;
      this.#immediate = undefined;
      this.#takeTurn();
    };
    const immediate: Immediate | Timer = setImmediate === undefined ? setTimeout(callback, 0) : setImmediate(callback);
    this.#immediate = immediate;
  }

  /**
   * Asks for a turn at a time.
   *
   * @returns whether that is in the future; else nothing was asked for
   */
  requestAt(when: number): boolean {
    const functions = this.#follow();
    const delay = when - this.time();
    if (delay <= 0) return false;
    if (this.#timerAt <= when && !functions.dropsRequests) return true;
    this.#withdrawTimer();
    const { setTimeout } = functions;
    const timer = setTimeout(
      () => {
        if (this.#timer === timer) this.#fire();
      },
      toMilliseconds(Math.min(delay, longestTimeout), functions),
    );
    this.#timer = timer;
    this.#timerAt = Math.min(when, when - delay + longestTimeout);
    return true;
  }

  /** Withdraws both requests. */
  cancel(): void {
    this.#withdrawImmediate();
    this.#withdrawTimer();
  }

  #fire(): void {
    const { hasReplacedClock } = this.#functions;
    const early = this.#timerAt - this.time();
    this.#timer = undefined;
    this.#timerAt = Infinity;
    // A timer of the host's fires early by a moment, and the loop asks again. One that is further ahead of the clock is a
    // test's, which lets the time of timers pass and not that of the clock: the clock follows.
    if (early > (hasReplacedClock ? 0 : this.#longestEarly)) this.#offset += early;
    this.#takeTurn();
  }

  #follow(): HostFunctions {
    const functions = currentFunctions();
    if (functions !== this.#functions) this.#move(functions);
    return functions;
  }

  /** To clear what was asked of functions that were taken away could clear what others ask of them anew: it is forgotten. */
  #move(functions: HostFunctions): void {
    (this.#timer as Partial<NodeJS.Timeout> | undefined)?.unref?.();
    this.#immediate = this.#timer = undefined;
    this.#timerAt = Infinity;
    this.#offset = this.time() - functions.now() / 1000;
    this.#functions = functions;
  }

  #withdrawImmediate(): void {
    const immediate = this.#immediate;
    if (immediate === undefined) return;
    this.#immediate = undefined;
    const { clearImmediate, clearTimeout, setImmediate } = this.#functions;
    if (setImmediate === undefined) clearTimeout(immediate as Timer);
    else clearImmediate?.(immediate as Immediate);
  }

  #withdrawTimer(): void {
    const timer = this.#timer;
    if (timer === undefined) return;
    this.#timer = undefined;
    this.#timerAt = Infinity;
    const { clearTimeout } = this.#functions;
    clearTimeout(timer);
  }
}

/** Of what a test advances by whole milliseconds, a sum of fractions must not ask for one more. */
function toMilliseconds(seconds: number, { isReplaced }: HostFunctions): number {
  const milliseconds = seconds * 1000;
  return isReplaced ? Math.round(milliseconds) : Math.ceil(milliseconds - 1e-6);
}
