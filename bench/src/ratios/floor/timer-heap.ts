/** A heap with four children a node. A cancelled timer stays until it reaches the top, or until most are cancelled. */

import type { Runnable } from "./ready-queue.ts";

/** A timer orders itself by its sequence among those of the same deadline. */
export interface Timer extends Runnable {
  /** `notSet` outside the heap, and for a cancelled timer. */
  sequence: number;
}

/** The sequence of a timer that is not in the heap, or no longer wanted. */
export const notSet = -1;

const arity = 4;
const fewTimers = 100;

export class TimerHeap {
  declare private timers: Timer[];
  declare private whens: Float64Array;
  declare private sequence: number;
  declare private cancelled: number;

  constructor() {
    this.timers = [];
    this.whens = new Float64Array(64);
    this.sequence = 0;
    this.cancelled = 0;
  }

  get size(): number {
    return this.timers.length;
  }

  push(timer: Timer, when: number): void {
    const { timers } = this;
    timer.sequence = this.sequence++;
    const index = timers.length;
    if (index === this.whens.length) this.grow();
    timers[index] = timer;
    this.up(index, timer, when);
  }

  /** Leaves a timer in its place, and unmarks it. */
  cancel(timer: Timer): void {
    timer.sequence = notSet;
    this.cancelled += 1;
  }

  /** Returns the earliest deadline, or infinity. Then `pop` returns the timer that has it. */
  nextDeadline(): number {
    if (this.cancelled > fewTimers && this.cancelled > this.timers.length / 2) this.rebuild();
    for (;;) {
      const [top] = this.timers;
      if (top === undefined) return Infinity;
      if (top.sequence !== notSet) return this.whens[0] as number;
      this.cancelled -= 1;
      this.pop();
    }
  }

  pop(): Timer {
    const { timers } = this;
    const top = timers[0] as Timer;
    const last = timers.pop() as Timer;
    if (timers.length > 0) this.down(0, last, this.whens[timers.length] as number);
    top.sequence = notSet;
    return top;
  }

  clear(): void {
    this.timers = [];
    this.cancelled = 0;
  }

  private grow(): void {
    const whens = new Float64Array(this.whens.length * 2);
    whens.set(this.whens);
    this.whens = whens;
  }

  private rebuild(): void {
    const { timers, whens } = this;
    let kept = 0;
    for (let index = 0; index < timers.length; index += 1) {
      const timer = timers[index] as Timer;
      if (timer.sequence === notSet) continue;
      timers[kept] = timer;
      whens[kept] = whens[index] as number;
      kept += 1;
    }
    timers.length = kept;
    this.cancelled = 0;
    for (let index = Math.floor((kept - 2) / arity); index >= 0; index -= 1) {
      this.down(index, timers[index] as Timer, whens[index] as number);
    }
  }

  private up(start: number, timer: Timer, when: number): void {
    const { timers, whens } = this;
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 2;
      // A new timer is the last of its deadline.
      if (when >= (whens[parent] as number)) break;
      timers[index] = timers[parent] as Timer;
      whens[index] = whens[parent] as number;
      index = parent;
    }
    timers[index] = timer;
    whens[index] = when;
  }

  private down(start: number, timer: Timer, when: number): void {
    const { timers, whens } = this;
    const { length } = timers;
    let index = start;
    for (;;) {
      let child = arity * index + 1;
      if (child >= length) break;
      const end = Math.min(child + arity, length);
      for (let other = child + 1; other < end; other += 1) if (this.isBefore(other, child)) child = other;
      const childWhen = whens[child] as number;
      if (when < childWhen) break;
      if (when === childWhen && timer.sequence < (timers[child] as Timer).sequence) break;
      timers[index] = timers[child] as Timer;
      whens[index] = childWhen;
      index = child;
    }
    timers[index] = timer;
    whens[index] = when;
  }

  private isBefore(a: number, b: number): boolean {
    const { timers, whens } = this;
    const whenA = whens[a] as number;
    const whenB = whens[b] as number;
    return whenA < whenB || (whenA === whenB && (timers[a] as Timer).sequence < (timers[b] as Timer).sequence);
  }
}
