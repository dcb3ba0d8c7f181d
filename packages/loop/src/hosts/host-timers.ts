import { currentFunctions, type HostFunctions, type Immediate, type Timer } from "./host-functions.ts";

/** In seconds. If the milliseconds of a timer need more than 31 bits, it fires at once. CPython has the same limit. */
const longestTimeout = 24 * 3600;

/**
 * The clock of a host, and at most two requests for a turn: one for a turn as soon as possible, and one for a turn at a
 * time.
 *
 * Each request goes to the functions of the moment. When a test has replaced or restored them, the requests to the
 * former functions are forgotten, and the clock goes on from its last time.
 */
export class HostTimers {
  readonly #takeTurn: () => void;
  readonly #longestEarly: number;
  #functions = currentFunctions();
  /** How far this clock is ahead of the functions' clock, in seconds. */
  #offset = 0;
  #immediate: Immediate | Timer | undefined;
  #timer: Timer | undefined;
  /** When the timer fires. A timer that fires too early is kept: setting another one costs more. */
  #timerAt = Infinity;

  /**
   * @param takeTurn - called when a request is answered
   * @param longestEarly - how many seconds early, by the clock, a timer of this host may fire at most
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
   * Asks for a turn at the time `when`, in seconds.
   *
   * @returns whether `when` is in the future; if not, it asks for nothing
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
    // A timer of the host may fire a moment early: the loop asks again. A timer that fires earlier than that belongs to
    // a test, which advances the timers and not the clock: this clock follows the timers.
    if (early > (hasReplacedClock ? 0 : this.#longestEarly)) this.#offset += early;
    this.#takeTurn();
  }

  #follow(): HostFunctions {
    const functions = currentFunctions();
    if (functions !== this.#functions) this.#move(functions);
    return functions;
  }

  /** Forgets the requests to the former functions: clearing them there could clear newer requests of other code. */
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

/** A test may advance its timers by whole milliseconds: a sum of fractions must not need one millisecond more. */
function toMilliseconds(seconds: number, { isReplaced }: HostFunctions): number {
  const milliseconds = seconds * 1000;
  return isReplaced ? Math.round(milliseconds) : Math.ceil(milliseconds - 1e-6);
}
