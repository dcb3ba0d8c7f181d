import { attempt } from "../errors/attempt.ts";
import { BaseEventLoop } from "./base-event-loop.ts";
import { nameClass } from "../text/names.ts";
import { Completion } from "./completion.ts";
import type { Awaitable } from "../coroutines/coroutine.ts";
import { DeadlockError } from "../reports/deadlock.ts";
import { type KeyboardInterrupt, type SystemExit, ValueError } from "../errors/exceptions.ts";
import { toException } from "../errors/thrown.ts";
import type { Host } from "../hosts/host.ts";
import { defaultHost } from "../hosts/default-host.ts";
import { readOptions } from "../arguments/options.ts";
import { showValue } from "../text/repr.ts";
import { SignalHandlers } from "./signal-handlers.ts";
import { TurnBudget } from "./turn-budget.ts";

/** The options of an `EventLoop`. */
export interface EventLoopOptions {
  /** The host that gives the loop its time and its turns; by default a `NodeHost`, or a `BrowserHost` in a page. */
  readonly host?: Host | undefined;
  /**
   * How long the loop runs in one turn before it lets the host do other work, in seconds; by default the host's
   * `turnBudget`. Zero means one iteration a turn.
   */
  readonly turnBudget?: number | undefined;
}

const loopDefaults: EventLoopOptions = { host: undefined, turnBudget: undefined };

/**
 * The loop that programs run on. It shares the thread with its host: it runs several iterations in one turn, by default
 * for 0.1 ms on Node and 1 ms in a page, and then lets the host serve its timers and sockets.
 *
 * A program cannot block its host. So the methods that block in Python return a promise here.
 *
 * Source: asyncio.EventLoop, CPython 3.14 Lib/asyncio/base_events.py.
 */
export class EventLoop extends BaseEventLoop {
  static {
    nameClass(this, "EventLoop");
  }

  readonly #host: Host;
  /** The budget of a turn, or of the promises' callbacks between two turns, which share one. */
  readonly #budget: TurnBudget;
  readonly #signalHandlers: SignalHandlers;
  protected override readonly clockResolution: number;
  /** Whether a promise has woken the loop since its last turn; the next turn was asked for then. */
  #isServing = false;
  /** Whether `_servePromise` follows, so that queueing something needs no turn. */
  #isServed = false;
  #run: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;

  /**
   * @param options - `host` gives the loop its time and turns; `turnBudget` is how long it runs in a turn, in seconds
   * @throws TypeError when an option has an unknown name, or `turnBudget` is no number
   * @throws ValueError when `turnBudget` is negative or NaN
   */
  constructor(options?: EventLoopOptions) {
    const given = readOptions(options, loopDefaults, "EventLoop");
    super();
    const { host = defaultHost(), turnBudget = host.turnBudget } = given;
    requireBudget(turnBudget);
    this.#host = host;
    this.#budget = new TurnBudget(host, turnBudget);
    this.#signalHandlers = new SignalHandlers(this, host);
    this.clockResolution = this.#host.clockResolution;
  }

  override time(): number {
    return this.#host.time();
  }

  /**
   * Runs until `stop()` is called. The run begins in the host's next turn.
   *
   * @returns a promise that is fulfilled when the loop has stopped. It rejects with the `KeyboardInterrupt` or
   * `SystemExit` of a step or callback, with a `DeadlockError` when nothing can wake the loop any more, and with an
   * error of the host
   * @throws RuntimeError when the loop is closed or running, or another loop runs the caller
   */
  runForever(): Promise<void> {
    this.runForeverSetup();
    return new Promise((resolve, reject) => {
      this.#run = { resolve, reject };
      this.#requestTurn();
    });
  }

  /**
   * Runs until `awaitable` is done.
   *
   * @param awaitable - a future of this loop, or a coroutine, which becomes a task
   * @returns a promise of its result, which rejects with its exception; with a `RuntimeError` when the loop is stopped
   * before; otherwise as the promise of `runForever` does
   * @throws RuntimeError when the loop is closed or running, another loop runs the caller, or the coroutine was given
   * to a task before
   * @throws TypeError when `awaitable` cannot be awaited
   * @throws ValueError when it is a future of another loop
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

  /**
   * Calls `callback` when the operating system sends `signal`, in place of the signal's default action. A signal has
   * one callback: a second call replaces the first callback. It runs in an iteration, as a callback of `callSoon` does,
   * in a copy of the current context. While there is a callback, a loop that waits keeps the process alive. `close`
   * removes all callbacks.
   *
   * @param signal - the name of the signal, such as `"SIGTERM"`
   * @param callback - a plain function, which gets no arguments
   * @throws TypeError when `callback` is no plain function, or `signal` no string
   * @throws ValueError when there is no such signal
   * @throws RuntimeError when the loop is closed, the signal cannot be caught, or the host has no signals, as in a page
   *
   * Source: asyncio.loop.add_signal_handler, CPython 3.14 Lib/asyncio/unix_events.py.
   */
  override addSignalHandler(signal: string, callback: () => void): void {
    this.#signalHandlers.set(signal, callback);
  }

  /**
   * Removes the callback for `signal`, so that the signal has its default action again.
   *
   * @param signal - the name of the signal
   * @returns whether there was a callback
   * @throws TypeError when `signal` is no string
   *
   * Source: asyncio.loop.remove_signal_handler, CPython 3.14 Lib/asyncio/unix_events.py.
   */
  override removeSignalHandler(signal: string): boolean {
    return this.#signalHandlers.remove(signal);
  }

  override close(): void {
    if (this.isRunning() || this.isClosed()) {
      super.close();
      return;
    }
    const error = attempt([() => super.close(), () => this.#signalHandlers.removeAll(), () => this.#host.close()]);
    if (error !== undefined) throw error;
  }

  protected override wakeUp(): void {
    if (this.#run !== undefined && !this.#isServed) this.#requestTurn();
  }

  /** If the host refuses, the run ends: without another turn it never would. */
  #requestTurn(): void {
    try {
      this.#host.requestTurn(this.#turn);
    } catch (thrown) {
      this.#end(toException(thrown));
    }
  }

  /** @internal */
  override _expectPromise(): void {
    this.#isServed = true;
  }

  /**
   * @internal Runs the steps that a promise has woken inside the promise's own callback: waiting for the host's next
   * turn costs ten times as much. Microtasks keep the host from its timers and sockets. So all such runs between two
   * turns share the budget of one turn. When it is used up, the rest waits for the turn that the first run asked for.
   */
  override _servePromise(): void {
    this.#isServed = false;
    if (this.#run === undefined) return;
    try {
      if (!this.#isServing) {
        this.#host.requestTurn(this.#turn);
        this.#isServing = true;
        this.#budget.begin();
      }
      if (!this.#budget.isUsedUp) this.#runForATurn();
      // A turn that was asked for long ago may never come, if a test has replaced the timers since.
      else this.#host.requestTurn(this.#turn);
    } catch (thrown) {
      this.#end(toException(thrown));
    }
  }

  /** @internal Calls `interrupt` when the user presses Ctrl-C. Returns a function that removes it. */
  _onInterrupt(interrupt: () => void): () => void {
    return this.#host.onInterrupt?.(() => this.#guard(interrupt)) ?? (() => {});
  }

  /** @internal */
  override _onExit(callback: () => void): () => void {
    return this.#host.onExit?.(callback) ?? (() => {});
  }

  /** @internal Tells the host of an error with which the program asks to end. */
  _announceExit(error: KeyboardInterrupt | SystemExit): void {
    try {
      this.#host.announceExit?.(error);
    } catch (thrown) {
      // The program still ends with `error`, but perhaps with another exit status.
      this.callExceptionHandler({ message: "Exception in announceExit of the host", exception: toException(thrown) });
    }
  }

  /** @internal Ends the run from outside with an error. Returns whether there was a run. */
  override _abort(error: Error): boolean {
    const isRunning = this.#run !== undefined;
    this.#end(error);
    return isRunning;
  }

  /** One turn of the host. */
  readonly #turn = (): void => {
    // The run is over, and the host calls late.
    if (this.#run === undefined) return;
    try {
      this.#isServing = false;
      this.#budget.begin();
      if (!this.#runForATurn()) return;
      if (this.isReady) this.#giveWay();
      else this.#idle();
    } catch (thrown) {
      this.#end(toException(thrown));
    }
  };

  /**
   * For a function that the host calls: if it threw, the program would end, or the host would call it again and again.
   */
  #guard(callback: () => void): void {
    try {
      callback();
    } catch (thrown) {
      this.#end(toException(thrown));
    }
  }

  /** Runs iterations until nothing is ready or the budget is used up; returns whether the run goes on. */
  #runForATurn(): boolean {
    this.runIterations(this.#goesOn);
    if (this.stopping) this.#end(undefined);
    return this.#run !== undefined;
  }

  readonly #goesOn = (ran: number): boolean => this.#budget.lasts(ran) && this.isReady && !this.stopping;

  /** Lets the host do other work before the rest runs. */
  #giveWay(): void {
    this._unretrieved.age();
    this.#host.requestTurn(this.#turn);
  }

  #idle(): void {
    this.beforeIdle();
    const deadline = this.nextDeadline;
    if (deadline < Infinity) this.#host.requestTurnAt(deadline, this.#turn);
    else this.#host.awaitWakeUp(this.#stuck, this.#isAwaited);
  }

  readonly #isAwaited = (): boolean => this.isAwaited();

  /** Tells whether code awaits this loop: the host keeps the process alive only then. */
  protected isAwaited(): boolean {
    return true;
  }

  readonly #stuck = (): void => {
    this.#guard(() => this.#end(new DeadlockError(this._tasks)));
  };

  /** Ends the run. @param error - rejects the run's promise; `undefined` fulfils it */
  #end(error: Error | undefined): void {
    const run = this.#run;
    if (run === undefined) return;
    this.#run = undefined;
    this.#isServing = false;
    const second = attempt([() => this.#host.cancelTurn(), () => this.runForeverCleanup()]);
    const first = error ?? second;
    if (first === undefined) run.resolve();
    else run.reject(first);
  }
}

function requireBudget(turnBudget: unknown): void {
  if (typeof turnBudget !== "number") {
    throw new TypeError(`turnBudget must be a number of seconds, got ${showValue(turnBudget)}`);
  }
  if (!(turnBudget >= 0)) throw new ValueError(`turnBudget must be >= 0, got ${showValue(turnBudget)}`);
}

/**
 * Makes an `EventLoop` on the default host: a `NodeHost`, or a `BrowserHost` in a page.
 *
 * @returns the loop, which is neither running nor set as the current one
 *
 * Source: asyncio.new_event_loop, CPython 3.14 Lib/asyncio/events.py.
 */
export function newEventLoop(): EventLoop {
  return new EventLoop();
}
