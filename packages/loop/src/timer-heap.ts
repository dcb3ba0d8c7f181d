import type { TimerHandle } from "./handle.ts";

/** Below this many timers the cancelled ones are only dropped when they reach the top. */
const minimumForRebuild = 100;
/** Above this share of cancelled timers the heap is rebuilt without them. */
const cancelledShareForRebuild = 0.5;

function before(a: TimerHandle, b: TimerHandle): boolean {
  const whenA = a.when();
  const whenB = b.when();
  return whenA < whenB || (whenA === whenB && a._sequence < b._sequence);
}

/**
 * The timers of a loop, the earliest on top, equal deadlines in the order they were set. A cancelled timer stays until
 * it reaches the top or, when there are many, until the heap is rebuilt.
 */
export class TimerHeap {
  #timers: TimerHandle[] = [];
  #cancelled = 0;
  #sequence = 0;

  /** The number the next timer is to carry. */
  nextSequence(): number {
    return this.#sequence++;
  }

  get size(): number {
    return this.#timers.length;
  }

  push(timer: TimerHandle): void {
    this.#timers.push(timer);
    this.#up(this.#timers.length - 1);
  }

  /** The earliest timer that is not cancelled; cancelled ones above it are dropped. */
  peek(): TimerHandle | undefined {
    this.#rebuildIfMostAreCancelled();
    for (;;) {
      const top = this.#timers[0];
      if (top === undefined || !top.cancelled()) return top;
      this.#cancelled -= 1;
      this.pop();
    }
  }

  /** Takes the timer on top. The heap must not be empty. */
  pop(): TimerHandle {
    const top = this.#timers[0] as TimerHandle;
    const last = this.#timers.pop() as TimerHandle;
    if (this.#timers.length > 0) {
      this.#timers[0] = last;
      this.#down(0);
    }
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
    const kept: TimerHandle[] = [];
    for (const timer of this.#timers) {
      if (timer.cancelled()) timer._scheduled = false;
      else kept.push(timer);
    }
    this.#timers = kept;
    this.#cancelled = 0;
    for (let index = (kept.length >> 1) - 1; index >= 0; index -= 1) this.#down(index);
  }

  #up(start: number): void {
    const timers = this.#timers;
    const timer = timers[start] as TimerHandle;
    let index = start;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = timers[parentIndex] as TimerHandle;
      if (!before(timer, parent)) break;
      timers[index] = parent;
      index = parentIndex;
    }
    timers[index] = timer;
  }

  #down(start: number): void {
    const timers = this.#timers;
    const { length } = timers;
    const timer = timers[start] as TimerHandle;
    let index = start;
    for (;;) {
      let childIndex = 2 * index + 1;
      if (childIndex >= length) break;
      const right = childIndex + 1;
      if (right < length && before(timers[right] as TimerHandle, timers[childIndex] as TimerHandle)) childIndex = right;
      const child = timers[childIndex] as TimerHandle;
      if (!before(child, timer)) break;
      timers[index] = child;
      index = childIndex;
    }
    timers[index] = timer;
  }
}
