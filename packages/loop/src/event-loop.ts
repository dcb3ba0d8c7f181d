import { BaseEventLoop } from "./base-event-loop.ts";
import { Completion } from "./completion.ts";
import type { Awaitable } from "./coroutine.ts";
import { DeadlockError, type KeyboardInterrupt, type SystemExit } from "./exceptions.ts";
import type { Host } from "./host.ts";
import { defaultHost } from "./hosts/default-host.ts";

/** Reading the clock costs as much as a task's step. So many steps, at the most, are run between two readings. */
const longestUntilClock = 32;

/**
 * The loop that programs run on. It lives in a host's own loop and shares it: it runs several iterations in one turn,
 * for a fraction of a millisecond, and then lets the host serve its timers and sockets.
 *
 * Since a host cannot be blocked, what blocks in Python returns a Promise here.
 *
 * Source: asyncio.EventLoop, CPython 3.14 Lib/asyncio/base_events.py.
 */
export class EventLoop extends BaseEventLoop {
  readonly #host: Host;
  protected override readonly clockResolution: number;
  #run: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | undefined;

  /** @param options - `host` is where the loop lives; by default the one that this program runs on */
  constructor(options: { readonly host?: Host } = {}) {
    super();
    this.#host = options.host ?? defaultHost();
    this.clockResolution = this.#host.clockResolution;
  }

  override time(): number {
    return this.#host.time();
  }

  /**
   * Runs until `stop()` is called, from the host's next turn on.
   *
   * @returns a promise that settles when the loop has stopped
   * @throws RuntimeError when the loop is closed, or running, or another loop is running the caller
   */
  runForever(): Promise<void> {
    this.runForeverSetup();
    return new Promise((resolve, reject) => {
      this.#run = { resolve, reject };
      this.#host.requestTurn(this.#turn);
    });
  }

  /**
   * Runs until `awaitable` is done.
   *
   * @param awaitable - a future of this loop, or a coroutine, which becomes a task
   * @returns a promise of its result, which rejects with its exception; with a `RuntimeError` when the loop is stopped
   * before; with a `DeadlockError` when nothing can wake the loop any more
   * @throws RuntimeError when the loop is closed, or running, or another loop is running the caller
   */
  runUntilComplete<T>(awaitable: Awaitable<T>): Promise<T> {
    this.requireRunnable();
    const completion = new Completion(this, awaitable);
    return this.runForever().then(
      () => completion.result(),
      (error: unknown) => {
        completion.abandon();
        throw error;
      },
    );
  }

  override close(): void {
    super.close();
    this.#host.close();
  }

  protected override wakeUp(): void {
    if (this.#run !== undefined) this.#host.requestTurn(this.#turn);
  }

  /** @internal Has `interrupt` called when the user presses Ctrl-C; returns what takes it back. */
  _onInterrupt(interrupt: () => void): () => void {
    return this.#host.onInterrupt?.(interrupt) ?? (() => {});
  }

  /** @internal The program asks to end. */
  _announceExit(error: KeyboardInterrupt | SystemExit): void {
    this.#host.announceExit?.(error);
  }

  /** @internal Ends the run from outside, with an error. */
  _abort(error: Error): void {
    this.#end((run) => run.reject(error));
  }

  /** One turn of the host. */
  readonly #turn = (): void => {
    const host = this.#host;
    const end = host.time() + host.turnBudget;
    let untilClock = 1;
    let ran = 0;
    try {
      do {
        ran += this.runOnce();
        if (ran < untilClock) continue;
        if (host.time() >= end) break;
        // What has run took no longer than the budget: as much again may run before the clock is read again.
        untilClock = Math.min(untilClock * 2, longestUntilClock);
        ran = 0;
      } while (this.isReady && !this.stopping);
    } catch (error) {
      this.#end((run) => run.reject(error));
      return;
    }
    if (this.stopping) this.#end((run) => run.resolve());
    else if (this.isReady) host.requestTurn(this.#turn);
    else this.#idle();
  };

  #idle(): void {
    this.beforeIdle();
    const deadline = this.nextDeadline;
    if (deadline < Infinity) this.#host.requestTurnAt(deadline, this.#turn);
    else this.#host.awaitWakeUp(() => this._abort(new DeadlockError(this._tasks)));
  }

  #end(settle: (run: { resolve: () => void; reject: (error: unknown) => void }) => void): void {
    const run = this.#run;
    if (run === undefined) return;
    this.#run = undefined;
    this.#host.cancelTurn();
    this.runForeverCleanup();
    settle(run);
  }
}

/**
 * Makes a loop on the host that this program runs on.
 *
 * Source: asyncio.new_event_loop, CPython 3.14 Lib/asyncio/events.py.
 */
export function newEventLoop(): EventLoop {
  return new EventLoop();
}
