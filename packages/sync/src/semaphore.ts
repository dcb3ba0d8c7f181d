import { type BaseEventLoop, CancelledError, type Coroutine, repr, ValueError } from "@yieldstar/loop";
import { showAsText, nameClass, className } from "@yieldstar/loop/internal";
import { Acquirable } from "./acquirable.ts";
import { requireNumber, requireWholeNumber } from "./size.ts";
import { type Operation, Wait } from "./wait.ts";
import { LoopBinding, Waiters } from "./waiters.ts";

/**
 * Lets so many tasks through at a time. Those who wait get their turn in the order in which they came.
 *
 * Source: asyncio.Semaphore, CPython 3.14 Lib/asyncio/locks.py.
 */
export class Semaphore extends Acquirable {
  static {
    showAsText(this, "Semaphore");
  }

  readonly #binding = new LoopBinding();
  /** @internal */
  readonly _waiters: Waiters = new Waiters();
  readonly #acquiring: Operation<true> = new Acquiring(this);
  /** @internal */
  _value: number;

  /**
   * @param value - how many can have it at a time
   * @throws TypeError when it is no whole number
   * @throws ValueError when it is negative
   */
  constructor(value = 1) {
    super();
    requireNumber(value, "value");
    if (!(value >= 0)) throw new ValueError("Semaphore initial value must be >= 0");
    requireWholeNumber(value, "value");
    this._value = value;
  }

  /** How many more can have it now. */
  protected get value(): number {
    return this._value;
  }

  /** Tells whether `acquire` would wait: nothing is left, or somebody is first. */
  locked(): boolean {
    return this._value === 0 || this._waiters.hasLive;
  }

  /**
   * Waits for a turn, and takes it.
   *
   * @returns `true`
   * @throws RuntimeError when the semaphore was waited for on another loop before
   *
   * Cancellation leaves the queue; a turn that had come already goes to the next.
   */
  acquire(): Coroutine<true> {
    return new Wait(this.#acquiring, true).asCoroutine();
  }

  /** Gives a turn back, whoever has it, and wakes the first who waits. */
  release(): void {
    this._value += 1;
    this._wakeNext();
  }

  /** @internal A turn is taken off the value as soon as its owner is woken, so that nobody else can take it. */
  _wakeNext(): boolean {
    const woken = this._waiters.wake(1);
    this._value -= woken;
    return woken > 0;
  }

  /** @internal */
  _getLoop(): BaseEventLoop {
    return this.#binding.getLoop(this);
  }

  override toString(): string {
    const { size } = this._waiters;
    const state = this.locked() ? "locked" : `unlocked, value:${repr(this._value)}`;
    return `<${className(this)} [${state}${size > 0 ? `, waiters:${size}` : ""}]>`;
  }
}

class Acquiring implements Operation<true> {
  readonly name = "Semaphore.acquire";
  readonly waiters: Waiters;
  readonly #semaphore: Semaphore;

  constructor(semaphore: Semaphore) {
    this.waiters = semaphore._waiters;
    this.#semaphore = semaphore;
  }

  getLoop(): BaseEventLoop {
    return this.#semaphore._getLoop();
  }

  attempt(_wait: Wait<true>, isWoken: boolean): boolean {
    if (isWoken) this.#wakeOthers();
    else if (this.#semaphore.locked()) return false;
    else this.#semaphore._value -= 1;
    return true;
  }

  abandon(error: unknown, isWoken: boolean): void {
    if (error instanceof CancelledError && isWoken) this.#semaphore._value += 1;
    this.#wakeOthers();
  }

  #wakeOthers(): void {
    while (this.#semaphore._value > 0 && this.#semaphore._wakeNext());
  }
}

/**
 * A semaphore that cannot be released more often than it was acquired.
 *
 * Source: asyncio.BoundedSemaphore, CPython 3.14 Lib/asyncio/locks.py.
 */
export class BoundedSemaphore extends Semaphore {
  static {
    nameClass(this, "BoundedSemaphore");
  }

  readonly #bound: number;

  /**
   * @param value - how many can have it at a time
   * @throws TypeError when it is no whole number
   * @throws ValueError when it is negative
   */
  constructor(value = 1) {
    super(value);
    this.#bound = value;
  }

  /**
   * Gives a turn back and wakes the first who waits.
   *
   * @throws ValueError when nobody has one
   */
  override release(): void {
    if (this.value >= this.#bound) throw new ValueError("BoundedSemaphore released too many times");
    super.release();
  }
}
