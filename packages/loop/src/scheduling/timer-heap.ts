import type { Runnable } from "./ready-queue.ts";

/** An entry of the heap. The scheduler queues it when its deadline comes. */
export interface Timer extends Runnable {
  /** @internal Orders timers with equal deadlines: they run in the order in which they were set. */
  readonly _sequence: number;
  /** @internal Whether the timer is in a heap. */
  _scheduled: boolean;
  /** @internal Tells whether the timer was cancelled. */
  _isDropped(): boolean;
}

/**
 * A heap of at most this many timers is not rebuilt: cancelled timers are dropped when they reach the top. As in
 * CPython.
 */
const minimumForRebuild = 100;
const initialCapacity = 64;
/**
 * Each timer has up to `arity` timers below it. With two, the way down would be twice as long, and each step of it
 * misses the processor's cache.
 */
const arityBits = 2;
const arity = 1 << arityBits;
/** If more than this share of the timers is cancelled, the heap is rebuilt without them. As in CPython. */
const cancelledShareForRebuild = 0.5;

/**
 * The timers of a loop: the earliest on top, timers with equal deadlines in the order in which they were set. A
 * cancelled timer stays until it reaches the top, or until the heap is rebuilt, if most of many timers are cancelled.
 */
export class TimerHeap {
  #timers: Timer[] = [];
  /** The deadlines of the timers, index by index. Finding a timer's place reads only timers with equal deadlines. */
  #whens = new Float64Array(initialCapacity);
  #cancelled = 0;
  #sequence = 0;

  /** Returns the sequence number for the next timer. */
  nextSequence(): number {
    return this.#sequence++;
  }

  get size(): number {
    return this.#timers.length;
  }

  /**
   * Adds a timer.
   *
   * @param when - its deadline, in seconds of the loop's clock; at `Infinity` the timer never runs and is not added
   */
  push(timer: Timer, when: number): void {
    timer._scheduled = when !== Infinity;
    if (!timer._scheduled) return;
    const index = this.#timers.length;
    if (index === this.#whens.length) this.#grow();
    this.#up(index, timer, when);
  }

  /**
   * Returns the deadline of the earliest timer that is not cancelled, or `Infinity`. Drops the cancelled ones above it.
   */
  nextDeadline(): number {
    this.#rebuildIfMostAreCancelled();
    for (;;) {
      const top = this.#timers[0];
      if (top === undefined) return Infinity;
      if (!top._isDropped()) return this.#whens[0] as number;
      this.#cancelled -= 1;
      this.pop();
    }
  }

  /** Removes and returns the timer on top. The heap must not be empty. */
  pop(): Timer {
    const top = this.#timers[0] as Timer;
    const last = this.#timers.pop() as Timer;
    const { length } = this.#timers;
    if (length > 0) this.#down(0, last, this.#whens[length] as number);
    top._scheduled = false;
    return top;
  }

  /** Called when a timer in the heap is cancelled. */
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
      if (timer._isDropped()) {
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

  /** Moves `timer` up from the index `start` to its place. */
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

  /** Moves `timer` down from the index `start` to its place. */
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
