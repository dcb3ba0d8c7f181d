import {
  beginNested,
  endNested,
  getRunningLoopOrUndefined,
  type RunningLoop,
  setRunningLoop,
} from "../context/ambient.ts";
import { warnOfSlow } from "../debug/slow-steps.ts";
import { ReadyQueue, type Runnable } from "./ready-queue.ts";
import { TimerHeap } from "./timer-heap.ts";

/** What a scheduler needs of the loop that has it. */
export interface ScheduledLoop extends RunningLoop {
  time(): number;
  readonly slowCallbackDuration: number;
  /** @internal How far apart two times may be and still mean the same instant, in seconds. */
  _resolution(): number;
  /** @internal Something is about to be queued from outside. @throws RuntimeError when the loop is closed */
  _wakeFromOutside(): void;
}

/**
 * The ready queue, the timers, and the iteration that runs them in CPython's order.
 *
 * Source: asyncio.BaseEventLoop._run_once, CPython 3.14 Lib/asyncio/base_events.py.
 */
export class Scheduler {
  readonly timers: TimerHeap = new TimerHeap();
  /** Whether debug mode is on: each item is timed as it runs. */
  debug = false;
  /** The item that runs now, in debug mode. */
  timed: Runnable | undefined;
  readonly #loop: ScheduledLoop;
  readonly #ready = new ReadyQueue();

  constructor(loop: ScheduledLoop) {
    this.#loop = loop;
  }

  /** Has `item` run in the next iteration, after all that was queued before it. */
  enqueue(item: Runnable): void {
    if (getRunningLoopOrUndefined() !== this.#loop) this.#loop._wakeFromOutside();
    this.#ready.push(item);
  }

  enqueueAll(items: readonly Runnable[]): void {
    for (const item of items) this.enqueue(item);
  }

  /** What `enqueue` does, where the loop runs the caller or was woken already. */
  enqueueNext(item: Runnable): void {
    this.#ready.push(item);
  }

  /** Whether something runs in the next iteration. */
  get isReady(): boolean {
    return this.#ready.length > 0;
  }

  /** What runs in the next iteration, in that order. */
  ready(): Iterable<Runnable> {
    return this.#ready;
  }

  /** Drops all that is scheduled. */
  clear(): void {
    this.#ready.clear();
    this.timers.clear();
  }

  /**
   * Runs iterations until `goesOn` says no.
   *
   * @param goesOn - asked after each iteration; its argument is how many items that has run
   */
  run(goesOn: (ran: number) => boolean): void {
    const outerLoop = getRunningLoopOrUndefined();
    const outer = beginNested();
    setRunningLoop(this.#loop);
    try {
      while (goesOn(this.#runReady()));
    } finally {
      setRunningLoop(outerLoop);
      endNested(outer);
    }
  }

  /**
   * One iteration: queues the timers that are due, then runs exactly what is queued by then. What that schedules belongs
   * to the next iteration. `KeyboardInterrupt` and `SystemExit` leave it; the rest stays queued.
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
    const now = this.#loop.time();
    const resolution = this.#loop._resolution();
    // The first test is for times so large that the resolution does not change them (CPython from 3.15 on).
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
    try {
      item._run();
    } finally {
      this.timed = outer;
    }
    const seconds = this.#loop.time() - begin;
    if (seconds >= this.#loop.slowCallbackDuration) warnOfSlow(item, seconds);
  }
}
