import type { Runnable } from "./ready-queue.ts";

/** What stands in the heap: it is queued when its time has come. */
export interface Timer extends Runnable {
  /** @internal Orders timers of equal deadlines: they run as they were set. */
  readonly _sequence: number;
  /** @internal It stands in a heap. */
  _scheduled: boolean;
  /** Tells whether it is not wanted any more. */
  cancelled(): boolean;
}

/** Below this many timers the cancelled ones are only dropped when they reach the top. */
const minimumForRebuild = 100;
const initialCapacity = 64;
/** So many below each: with two the way down is twice as long, and each step of it a miss of the processor's cache. */
const arityBits = 2;
const arity = 1 << arityBits;
/** Above this share of cancelled timers the heap is rebuilt without them. */
const cancelledShareForRebuild = 0.5;

/**
 * The timers of a loop, the earliest on top, equal deadlines in the order they were set. A cancelled timer stays until
 * it reaches the top or, when there are many, until the heap is rebuilt.
 */
export class TimerHeap {
  #timers: Timer[] = [];
  /** Their deadlines, so that finding a timer's place touches no timer but those of equal deadlines. */
  #whens = new Float64Array(initialCapacity);
  #cancelled = 0;
  #sequence = 0;

  /** The number the next timer is to carry. */
  nextSequence(): number {
    return this.#sequence++;
  }

  get size(): number {
    return this.#timers.length;
  }

  /** @param when - its deadline, in seconds of the loop's clock; one of `Infinity` never comes */
  push(timer: Timer, when: number): void {
    timer._scheduled = when !== Infinity;
    if (!timer._scheduled) return;
    const index = this.#timers.length;
    if (index === this.#whens.length) this.#grow();
    this.#timers.push(timer);
    this.#up(index, timer, when);
  }

  /** The deadline of the earliest timer that is not cancelled, or `Infinity`; cancelled ones above it are dropped. */
  nextDeadline(): number {
    this.#rebuildIfMostAreCancelled();
    for (;;) {
      const top = this.#timers[0];
      if (top === undefined) return Infinity;
      if (!top.cancelled()) return this.#whens[0] as number;
      this.#cancelled -= 1;
      this.pop();
    }
  }

  /** Takes the timer on top. The heap must not be empty. */
  pop(): Timer {
    const top = this.#timers[0] as Timer;
    const last = this.#timers.pop() as Timer;
    const { length } = this.#timers;
    if (length > 0) this.#down(0, last, this.#whens[length] as number);
    top._scheduled = false;
    return top;
  }

  noteCancelled(): void {
    this.#cancelled += 1;
  }

  clear(): void {
    this.#timers = [];
    this.#cancelled = 0;
  }

  #rebuildIfMostAreCancelled(): void {
    const size = this.#timers.length;
    if (size <= minimumForRebuild || this.#cancelled / size <= cancelledShareForRebuild) return;
    const timers = this.#timers;
    const whens = this.#whens;
    let kept = 0;
    for (let index = 0; index < size; index += 1) {
      const timer = timers[index] as Timer;
      if (timer.cancelled()) {
        timer._scheduled = false;
      } else {
        timers[kept] = timer;
        whens[kept] = whens[index] as number;
        kept += 1;
      }
    }
    timers.length = kept;
    this.#cancelled = 0;
    for (let index = (kept - 2) >> arityBits; index >= 0; index -= 1) {
      this.#down(index, timers[index] as Timer, whens[index] as number);
    }
  }

  #grow(): void {
    const whens = new Float64Array(this.#whens.length * 2);
    whens.set(this.#whens);
    this.#whens = whens;
  }

  /** Finds the place of a timer from `index` upwards. */
  #up(start: number, timer: Timer, when: number): void {
    const timers = this.#timers;
    const whens = this.#whens;
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> arityBits;
      const parentWhen = whens[parent] as number;
      if (when > parentWhen) break;
      if (when === parentWhen && timer._sequence > (timers[parent] as Timer)._sequence) break;
      timers[index] = timers[parent] as Timer;
      whens[index] = parentWhen;
      index = parent;
    }
    timers[index] = timer;
    whens[index] = when;
  }

  /** Finds the place of a timer from `index` downwards. */
  #down(start: number, timer: Timer, when: number): void {
    const timers = this.#timers;
    const whens = this.#whens;
    const { length } = timers;
    let index = start;
    for (;;) {
      let child = arity * index + 1;
      if (child >= length) break;
      const end = Math.min(child + arity, length);
      for (let other = child + 1; other < end; other += 1) if (this.#isBefore(other, child)) child = other;
      const childWhen = whens[child] as number;
      if (when < childWhen) break;
      if (when === childWhen && timer._sequence < (timers[child] as Timer)._sequence) break;
      timers[index] = timers[child] as Timer;
      whens[index] = childWhen;
      index = child;
    }
    timers[index] = timer;
    whens[index] = when;
  }

  #isBefore(a: number, b: number): boolean {
    const whenA = this.#whens[a] as number;
    const whenB = this.#whens[b] as number;
    if (whenA !== whenB) return whenA < whenB;
    return (this.#timers[a] as Timer)._sequence < (this.#timers[b] as Timer)._sequence;
  }
}
