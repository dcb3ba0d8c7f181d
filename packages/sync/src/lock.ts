import { type BaseEventLoop, CancelledError, type Coroutine, RuntimeError } from "@yieldstar/loop";
import { showAsText, className } from "@yieldstar/loop/internal";
import { Acquirable } from "./acquirable.ts";
import { type Operation, Wait } from "./wait.ts";
import { LoopBinding, Waiters } from "./waiters.ts";

/**
 * Lets one task at a time through: `yield* asyncWith(lock, function* () { … })`. Those who wait get it in the order in
 * which they came.
 *
 * Source: asyncio.Lock, CPython 3.14 Lib/asyncio/locks.py.
 */
export class Lock extends Acquirable {
  static {
    showAsText(this, "Lock");
  }

  readonly #binding = new LoopBinding();
  /** @internal */
  readonly _waiters: Waiters = new Waiters();
  readonly #acquiring: Operation<true> = new Acquiring(this);
  /** @internal */
  _locked = false;

  /** Tells whether somebody has the lock. Between a release and the next task's step nobody has. */
  locked(): boolean {
    return this._locked;
  }

  /**
   * Waits until the lock is free, and takes it.
   *
   * @returns `true`
   * @throws RuntimeError when the lock was waited for on another loop before
   *
   * Cancellation leaves the queue; a turn that had come already goes to the next.
   */
  acquire(): Coroutine<true> {
    return new Wait(this.#acquiring, true).asCoroutine();
  }

  /**
   * Frees the lock, whoever has it, and wakes the first who waits for it.
   *
   * @throws RuntimeError when nobody has it
   */
  release(): void {
    if (!this._locked) throw new RuntimeError("Lock is not acquired.");
    this._locked = false;
    this._waiters.wakeHead();
  }

  /** @internal */
  _getLoop(): BaseEventLoop {
    return this.#binding.getLoop(this);
  }

  override toString(): string {
    const { size } = this._waiters;
    return `<${className(this)} [${this._locked ? "locked" : "unlocked"}${size > 0 ? `, waiters:${size}` : ""}]>`;
  }
}

class Acquiring implements Operation<true> {
  readonly name = "Lock.acquire";
  readonly waiters: Waiters;
  readonly #lock: Lock;

  constructor(lock: Lock) {
    this.waiters = lock._waiters;
    this.#lock = lock;
  }

  getLoop(): BaseEventLoop {
    return this.#lock._getLoop();
  }

  attempt(_wait: Wait<true>, isWoken: boolean): boolean {
    const lock = this.#lock;
    if (!isWoken && (lock._locked || lock._waiters.hasLive)) return false;
    lock._locked = true;
    return true;
  }

  abandon(error: unknown): void {
    if (error instanceof CancelledError && !this.#lock._locked) this.#lock._waiters.wakeHead();
  }
}
