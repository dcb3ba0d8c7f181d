import { requireSeconds } from "../arguments/require-seconds.ts";
import { forgetPassedFrames } from "../coroutines/frame.ts";
import { CoroutineObject } from "../coroutines/coroutine-object.ts";
import type { Coroutine, Suspension } from "../coroutines/coroutine.ts";
import { noteSuspension } from "../debug/suspensions.ts";
import { isDebugging } from "../debug/debug-mode.ts";
import type { Future } from "../tasks/future.ts";
import { getRunningLoop } from "../scheduling/running-loop.ts";
import type { Timer } from "../scheduling/timer-heap.ts";

/**
 * Waits for `delay` seconds.
 *
 * @param delay - in seconds. Zero or less gives up control for one iteration of the loop; `Infinity` waits until the
 * task is cancelled
 * @param result - what the coroutine returns; `undefined` by default
 * @returns a coroutine of `result`
 * @throws TypeError, when awaited, if `delay` is no number
 * @throws ValueError, when awaited, if `delay` is NaN
 * @throws RuntimeError, when awaited, if no loop is running and `delay` is above zero
 *
 * Cancellation removes the timer.
 *
 * Source: asyncio.sleep, CPython 3.14 Lib/asyncio/tasks.py.
 */
export function sleep(delay: number): Coroutine;
export function sleep<T>(delay: number, result: T): Coroutine<T>;
export function sleep(delay: number, result?: unknown): Coroutine<unknown> {
  return typeof delay === "number" && delay <= 0
    ? new BareYield(result).asCoroutine()
    : new Sleep(delay, result).asCoroutine();
}

/** Every `sleep(0)` returns these steps: making new ones would double its cost. */
const suspended = Object.freeze({ done: false, value: undefined } as const);
const ended = Object.freeze({ done: true, value: undefined } as const);

/** The coroutine of `sleep(0)`: it gives up control for one iteration. A generator would cost twice as much. */
class BareYield extends CoroutineObject<unknown> {
  declare private readonly _result: unknown;
  declare private _state: "created" | "yielded" | "closed";

  constructor(result: unknown) {
    super();
    this._result = result;
    this._state = "created";
  }

  next(): IteratorResult<Suspension, unknown> {
    if (this._state === "created") {
      this._state = "yielded";
      if (isDebugging) noteSuspension();
      forgetPassedFrames();
      return suspended;
    }
    const value = this._state === "yielded" ? this._result : undefined;
    this._state = "closed";
    return value === undefined ? ended : { done: true, value };
  }

  protected override _close(): void {
    this._state = "closed";
  }

  protected override _name(): string {
    return "sleep";
  }
}

/** The coroutine of any other delay. It is its own timer, which saves an object. */
class Sleep extends CoroutineObject<unknown> implements Timer {
  declare private readonly _delay: number;
  declare private readonly _result: unknown;
  declare private _state: "created" | "waiting" | "closed";
  declare private _future: Future<unknown> | undefined;
  declare _sequence: number;
  declare _scheduled: boolean;

  constructor(delay: number, result: unknown) {
    super();
    this._delay = delay;
    this._result = result;
    this._state = "created";
    this._future = undefined;
    this._sequence = 0;
    this._scheduled = false;
  }

  next(): IteratorResult<Suspension, unknown> {
    switch (this._state) {
      case "created":
        return this._start();
      case "waiting":
        return this._resume();
      case "closed":
        return { done: true, value: undefined };
    }
  }

  private _start(): IteratorResult<Suspension, unknown> {
    const delay = this._delay;
    this._state = "closed";
    requireSeconds(delay, "delay");
    const loop = getRunningLoop();
    const future = loop.createFuture<unknown>();
    this._future = future;
    this._state = "waiting";
    this._sequence = loop._scheduler.timers.nextSequence();
    loop._scheduler.timers.push(this, loop.time() + delay);
    return future.next() as IteratorResult<never, unknown>;
  }

  private _resume(): IteratorResult<Suspension, unknown> {
    const future = this._future as Future<unknown>;
    if (future._isDone()) this._close();
    return future.next() as IteratorResult<never, unknown>;
  }

  protected override _close(): void {
    if (this._state === "waiting" && this._scheduled)
      (this._future as Future<unknown>)._loop._scheduler.timers.noteCancelled();
    this._state = "closed";
  }

  _isDropped(): boolean {
    return this._state === "closed";
  }

  /** The loop calls it at the deadline. */
  _run(): void {
    const future = this._future as Future<unknown>;
    if (this._state === "waiting" && !future._isDone()) future._succeed(this._result);
  }

  protected override _name(): string {
    return "sleep";
  }
}
