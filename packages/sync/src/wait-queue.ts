/**
 * The one wait queue of this package. Every primitive keeps its waits in it, first in, first out.
 *
 * A wait is *pending* until it is woken or cancelled. Either only queues the next step of its task: other tasks may run
 * before the wait goes on. The primitives differ in what they do with a wait, as they do in CPython:
 *
 * | waits of            | woken by                  | wakes            | leaves it | when cancelled                 |
 * | ------------------- | ------------------------- | ---------------- | --------- | ------------------------------ |
 * | `Lock.acquire`      | `release`: `wakeHead`     | head, if pending | next step | if the lock is free,           |
 * |                     |                           |                  |           | wakes the head                 |
 * | `Event.wait`        | `set`: `wakeAll`          | all pending      | next step | does nothing                   |
 * | `Condition.wait`    | `notify`: `wake(n)`       | first n pending  | next step | gets the lock,                 |
 * |                     |                           |                  |           | then wakes the next            |
 * | `Semaphore.acquire` | `release`: `wake(1)`      | first pending    | next step | if woken, returns its unit;    |
 * |                     |                           |                  |           | wakes others while units last  |
 * | `Queue.get`         | `putNowait`: `popAndWake` | first pending    | at once   | if woken, and an item is left, |
 * |                     |                           |                  |           | wakes the next                 |
 * | `Queue.put`         | `getNowait`: `popAndWake` | first pending    | at once   | if woken, and there is room,   |
 * |                     |                           |                  |           | wakes the next                 |
 *
 * "Leaves it" says when a woken wait leaves the queue: at once, or in the next step of its task. `Queue.shutdown` calls
 * `popAndWakeAll` for both of its queues. `Barrier` waits on a condition, `Queue.join` on an event.
 *
 * A woken wait in the queue keeps newcomers out of a lock and a semaphore: these have to queue behind it. A woken wait
 * of `Queue` has left, so that a newcomer may take the item or the room first. The woken wait then waits again, at the
 * end.
 *
 * @module
 */

import { type Coroutine, type Future, type Suspension } from "@yieldstar/loop";
import { CoroutineObject } from "@yieldstar/loop/internal";
import { LoopBinding } from "./loop-binding.ts";

/** What `attempt` and `resume` return when the task has to wait. */
export const MUST_WAIT: unique symbol = Symbol("MUST_WAIT");

/** What a primitive's method does before, after and instead of a wait. All primitives of a class share it. */
export interface Steps<Primitive, Given, Result> {
  /** The method's name, which its coroutines print. */
  readonly name: string;

  /** Runs when the coroutine starts. Returns the method's result, or `MUST_WAIT`. */
  readonly attempt: (primitive: Primitive, given: Given) => Result | typeof MUST_WAIT;

  /** Runs when a woken wait goes on; by default `attempt` runs again. Returns the method's result, or `MUST_WAIT`. */
  readonly resume?: (primitive: Primitive, given: Given) => Result | typeof MUST_WAIT;

  /**
   * Runs when a wait ends in another way: an error is thrown into it, or it is closed. It has left the queue by then.
   *
   * @param error - the error; `undefined` for a coroutine that is closed
   * @param wasWoken - whether the wait was woken, so that another one may need the wake-up
   */
  readonly abandon?: (primitive: Primitive, error: unknown, wasWoken: boolean) => void;
}

type AllSteps<Primitive, Given, Result> = Required<Steps<Primitive, Given, Result>>;

/**
 * Returns `steps` in the form that a `WaitQueue` takes: as the prototype of an object. V8 inlines methods that it finds
 * on a prototype, also where it meets several.
 */
export function defineSteps<Primitive, Given, Result>(
  steps: Steps<Primitive, Given, Result>,
): AllSteps<Primitive, Given, Result> {
  return Object.create({ resume: steps.attempt, abandon() {}, ...steps }) as AllSteps<Primitive, Given, Result>;
}

/** The waits of one method of one primitive. */
export class WaitQueue<Primitive extends object, Given, Result> {
  /** For `Wait`. */
  readonly _primitive: Primitive;
  /** For `Wait`. */
  readonly _steps: AllSteps<Primitive, Given, Result>;
  readonly #binding: LoopBinding;
  #first: Wait<Primitive, Given, Result> | undefined;
  #last: Wait<Primitive, Given, Result> | undefined;
  /** All before this one are woken or cancelled. Without it each of a thousand wake-ups would begin at the first. */
  #cursor: Wait<Primitive, Given, Result> | undefined;
  #size = 0;

  /**
   * @param primitive - the steps get it
   * @param steps - what the method does around a wait, from `defineSteps`
   * @param binding - gives the loop to wait on; two queues of a primitive share one
   */
  constructor(
    primitive: Primitive,
    steps: AllSteps<Primitive, Given, Result>,
    binding: LoopBinding = new LoopBinding(primitive),
  ) {
    this._primitive = primitive;
    this._steps = steps;
    this.#binding = binding;
  }

  /** How many waits are in the queue, woken and cancelled ones included. */
  get size(): number {
    return this.#size;
  }

  /** Whether the queue holds a wait that was not cancelled. */
  get hasUncancelled(): boolean {
    for (let wait = this.#first; wait !== undefined; wait = wait._next) {
      if (!wait._isCancelled()) return true;
    }
    return false;
  }

  /**
   * Makes the method's coroutine. It attempts what the method does; if that must wait, it waits at the end of the
   * queue.
   *
   * @param given - the method's argument, which `attempt` and `resume` get
   */
  wait(given: Given): Coroutine<Result> {
    return new Wait(this, given).asCoroutine();
  }

  /** Wakes the head, if it is pending. */
  wakeHead(): void {
    this.#first?._wakeUp();
  }

  /**
   * Wakes the first `count` pending waits.
   *
   * @returns how many there were
   */
  wake(count: number): number {
    let woken = 0;
    let wait = this.#cursor;
    for (; wait !== undefined && woken < count; wait = wait._next) {
      if (wait._wakeUp()) woken += 1;
    }
    this.#cursor = wait;
    return woken;
  }

  /** Wakes all pending waits. */
  wakeAll(): void {
    this.wake(Infinity);
  }

  /** Wakes the first pending wait. Removes it, and the woken and cancelled ones before it. */
  popAndWake(): void {
    for (let wait = this.#first; wait !== undefined; wait = this.#first) {
      this._delete(wait);
      if (wait._wakeUp()) return;
    }
  }

  /** Wakes all pending waits, and empties the queue. */
  popAndWakeAll(): void {
    while (this.#size > 0) this.popAndWake();
  }

  /** For `Wait`: appends a wait, and returns the future that it waits for. */
  _add(wait: Wait<Primitive, Given, Result>): Future<void> {
    const turn = this.#binding.getLoop().createFuture<void>();
    wait._turn = turn;
    const last = this.#last;
    if (last === undefined) this.#first = wait;
    else last._next = wait;
    wait._previous = last;
    wait._isQueued = true;
    this.#last = wait;
    this.#cursor ??= wait;
    this.#size += 1;
    return turn;
  }

  /** For `Wait`: removes a wait, unless `popAndWake` has. */
  _delete(wait: Wait<Primitive, Given, Result>): void {
    if (!wait._isQueued) return;
    const { _previous: previous, _next: next } = wait;
    if (previous === undefined) this.#first = next;
    else previous._next = next;
    if (next === undefined) this.#last = previous;
    else next._previous = previous;
    if (this.#cursor === wait) this.#cursor = next;
    wait._previous = wait._next = undefined;
    wait._isQueued = false;
    this.#size -= 1;
  }
}

type Step<T> = IteratorResult<Suspension, T>;

/**
 * The coroutine that `WaitQueue.wait` returns, and its own place in the queue. It is written by hand, since a generator
 * would cost several times as much, and all primitives share the class, so that V8 knows the shape of what waits.
 */
class Wait<Primitive extends object, Given, Result> extends CoroutineObject<Result> {
  declare private readonly _queue: WaitQueue<Primitive, Given, Result>;
  declare private _given: Given | undefined;
  declare private _state: "created" | "waiting" | "closed";
  /** The future that it waits for, which a wake-up or a cancel ends. A wait in the queue has one. */
  declare _turn: Future<void> | undefined;
  declare _previous: Wait<Primitive, Given, Result> | undefined;
  declare _next: Wait<Primitive, Given, Result> | undefined;
  declare _isQueued: boolean;

  constructor(queue: WaitQueue<Primitive, Given, Result>, given: Given) {
    super();
    this._queue = queue;
    this._given = given;
    this._state = "created";
    this._turn = undefined;
    this._previous = undefined;
    this._next = undefined;
    this._isQueued = false;
  }

  // `next` and `_goOn` end alike, and share no function for it: V8 would no longer inline all of `put` and `get`.
  next(): Step<Result> {
    if (this._state !== "created") return this._goOn();
    this._state = "closed";
    const queue = this._queue;
    const result = queue._steps.attempt(queue._primitive, this._given as Given);
    if (result === MUST_WAIT) return this._suspend();
    // The task may keep the coroutine for long after its end.
    if (this._given !== undefined) this._given = undefined;
    return { done: true, value: result };
  }

  private _goOn(): Step<Result> {
    if (this._state === "closed") return { done: true, value: undefined as Result };
    const turn = this._turn as Future<void>;
    if (!turn.done() || turn.cancelled()) return this._goOnByHand(turn);
    this._state = "closed";
    const queue = this._queue;
    queue._delete(this);
    const result = queue._steps.resume(queue._primitive, this._given as Given);
    if (result === MUST_WAIT) return this._suspend();
    this._given = undefined;
    return { done: true, value: result };
  }

  /** A task resumes it only once the turn has come: it was resumed by hand, and the turn's error ends it. */
  private _goOnByHand(turn: Future<void>): Step<Result> {
    try {
      return turn[Symbol.iterator]().next() as Step<Result>;
    } catch (error) {
      this._close(error);
      throw error;
    }
  }

  private _suspend(): Step<Result> {
    const turn = this._queue._add(this);
    this._state = "waiting";
    return turn[Symbol.iterator]().next() as Step<Result>;
  }

  /** Wakes the wait, if it is pending; returns whether it was. */
  _wakeUp(): boolean {
    const turn = this._turn as Future<void>;
    if (turn.done()) return false;
    turn.setResult();
    return true;
  }

  _isCancelled(): boolean {
    return (this._turn as Future<void>).cancelled();
  }

  protected override _close(error: unknown): void {
    const isWaiting = this._state === "waiting";
    this._state = "closed";
    if (!isWaiting) return;
    const turn = this._turn as Future<void>;
    const queue = this._queue;
    queue._delete(this);
    queue._steps.abandon(queue._primitive, error, turn.done() && !turn.cancelled());
  }

  protected override _name(): string {
    return this._queue._steps.name;
  }
}
