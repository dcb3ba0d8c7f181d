import { beginNested, currentLoop, endNested, type RunningLoop, setRunningLoop } from "../context/ambient.ts";
import { forgetPassedFrames, hasMarks } from "../coroutines/frame.ts";
import { warnOfSlow } from "../debug/slow-steps.ts";
import { raiseStackLimit, restoreStackLimit } from "../debug/stack-limit.ts";
import { ReadyQueue, type Runnable } from "./ready-queue.ts";
import { TimerHeap } from "./timer-heap.ts";

/** What a scheduler needs from its loop. */
export interface ScheduledLoop extends RunningLoop {
  time(): number;
  readonly slowCallbackDuration: number;
  /** @internal How far apart two times may be and still count as one instant, in seconds. */
  _resolution(): number;
  /** @internal Called before code outside the loop queues something. @throws RuntimeError when the loop is closed */
  _wakeFromOutside(): void;
}

/**
 * The ready queue, the timers, and the iteration that runs them in CPython's order.
 *
 * Source: asyncio.BaseEventLoop._run_once, CPython 3.14 Lib/asyncio/base_events.py.
 */
export class Scheduler {
  readonly timers: TimerHeap = new TimerHeap();
  /** Whether debug mode is on. Then the scheduler times each item. */
  debug = false;
  /** The item that runs now. Set only in debug mode. */
  timed: Runnable | undefined;
  readonly #loop: ScheduledLoop;
  readonly #ready = new ReadyQueue();

  constructor(loop: ScheduledLoop) {
    this.#loop = loop;
  }

  /** Queues `item` for the next iteration, after all items that were queued before it. */
  enqueue(item: Runnable): void {
    if (currentLoop !== this.#loop) this.#loop._wakeFromOutside();
    this.#ready.push(item);
  }

  enqueueAll(items: readonly Runnable[]): void {
    for (const item of items) this.enqueue(item);
  }

  /** Queues `item` like `enqueue`, for a caller that the loop runs, or that has woken the loop already. */
  enqueueWithoutWakeUp(item: Runnable): void {
    this.#ready.push(item);
  }

  /** Whether the next iteration has an item to run. */
  get isReady(): boolean {
    return this.#ready.length > 0;
  }

  /** The items of the next iteration, in the order in which they run. */
  ready(): Iterable<Runnable> {
    return this.#ready;
  }

  /** Drops all queued items and all timers. */
  clear(): void {
    this.#ready.clear();
    this.timers.clear();
  }

  /**
   * Runs iterations until `goesOn` returns `false`.
   *
   * @param goesOn - called after each iteration with the number of items that it ran
   */
  run(goesOn: (ran: number) => boolean): void {
    const outerLoop = currentLoop;
    const outer = beginNested();
    setRunningLoop(this.#loop);
    // Code outside of the loop may have resumed a coroutine by hand.
    forgetPassedFrames();
    try {
      while (goesOn(this.#runReady()));
    } finally {
      setRunningLoop(outerLoop);
      endNested(outer);
    }
  }

  /**
   * Runs one iteration: queues the timers that are due, then runs exactly the items that are queued by then. Items that
   * these schedule belong to the next iteration. `KeyboardInterrupt` and `SystemExit` leave the iteration, and the
   * items that have not run yet stay queued.
   *
   * @returns how many items it ran
   */
  #runReady(): number {
    if (this.timers.size > 0) this.#queueDueTimers();
    const ready = this.#ready;
    const count = ready.length;
    for (let left = count; left > 0; left -= 1) {
      const item = ready.shift();
      if (this.debug) this.#runAndTime(item);
      else item._run();
    }
    return count;
  }

  #queueDueTimers(): void {
    const { timers } = this;
    // To drop cancelled timers costs less than to read the clock.
    if (timers.nextDeadline() === Infinity) return;
    const now = this.#loop.time();
    const resolution = this.#loop._resolution();
    // `when <= now` is for times so large that the resolution does not change them (CPython does it from 3.15 on).
    for (;;) {
      const when = timers.nextDeadline();
      if (!(when <= now || when < now + resolution)) return;
      this.#ready.push(timers.pop());
    }
  }

  #runAndTime(item: Runnable): void {
    const begin = this.#loop.time();
    const outer = this.timed;
    this.timed = item;
    const { stackTraceLimit } = Error;
    if (hasMarks) raiseStackLimit();
    try {
      item._run();
    } finally {
      restoreStackLimit(stackTraceLimit);
      this.timed = outer;
    }
    const seconds = this.#loop.time() - begin;
    if (seconds >= this.#loop.slowCallbackDuration) warnOfSlow(item, seconds);
  }
}
