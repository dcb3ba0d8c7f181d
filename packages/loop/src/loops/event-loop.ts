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
import { repr } from "../text/repr.ts";
import { SignalHandlers } from "./signal-handlers.ts";
import { TurnBudget } from "./turn-budget.ts";

/** What an `EventLoop` is made with. */
export interface EventLoopOptions {
  /** Where the loop lives; by default the host that this program runs on. */
  readonly host?: Host | undefined;
  /**
   * How long the loop runs on in one turn before it lets the host do other work, in seconds; by default what the host
   * says. Zero is one iteration a turn.
   */
  readonly turnBudget?: number | undefined;
}

const loopDefaults: EventLoopOptions = { host: undefined, turnBudget: undefined };

/**
 * The loop that programs run on. It lives in a host's own loop and shares it: it runs several iterations in one turn,
 * for a fraction of a millisecond, and then lets the host serve its timers and sockets.
 *
 * Since a host cannot be blocked, what blocks in Python returns a Promise here.
 *
 * Source: asyncio.EventLoop, CPython 3.14 Lib/asyncio/base_events.py.
 */
export class EventLoop extends BaseEventLoop {
  static {
    nameClass(this, "EventLoop");
  }

  readonly #host: Host;
  /** That of a turn, or of the promises' callbacks that share one. */
  readonly #budget: TurnBudget;
  readonly #signalHandlers: SignalHandlers;
  protected override readonly clockResolution: number;
  /** A promise has woken the loop since its last turn, and the next is asked for. */
  #isServing = false;
  /** What is queued now needs no turn: `_servePromise` follows. */
  #isServed = false;
  #run: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;

  /**
   * @param options - `host` is where the loop lives; `turnBudget` is how long it runs on there at a time, in seconds
   * @throws TypeError or ValueError when an option is wrong, or `turnBudget` no such time
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
   * Runs until `stop()` is called, from the host's next turn on.
   *
   * @returns a promise that settles when the loop has stopped; it rejects with what a turn or a method of the host throws
   * @throws RuntimeError when the loop is closed, or running, or another loop is running the caller
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

  /**
   * Has `callback` called when the operating system sends `signal`, instead of what that does by default. A signal has
   * one callback: a second call replaces the first's. It runs in an iteration, as those of `callSoon` do, in the context
   * that is current now. A loop that waits keeps the process alive as long as there is any. `close` removes all.
   *
   * @param signal - its name, as in `"SIGTERM"`
   * @throws TypeError when `callback` is no plain function, or `signal` no string
   * @throws ValueError when there is no such signal
   * @throws RuntimeError when the loop is closed, this signal cannot be caught, or the host has none (as a page)
   *
   * Source: asyncio.loop.add_signal_handler, CPython 3.14 Lib/asyncio/unix_events.py.
   */
  override addSignalHandler(signal: string, callback: () => void): void {
    this.#signalHandlers.set(signal, callback);
  }

  /**
   * Takes back what `addSignalHandler` did for `signal`.
   *
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

  /** A run without a turn to come would never end. */
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
   * @internal Runs what a promise has woken in the promise's own callback: to wait for the host's next turn would cost ten
   * times as much. Microtasks keep the host from its timers and sockets; so all that run between two turns share the budget
   * of one, and what is left when it is used up waits for the turn that was asked for at the first.
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
      // A turn that was asked for long ago may never come: of timers that a test has replaced.
      else this.#host.requestTurn(this.#turn);
    } catch (thrown) {
      this.#end(toException(thrown));
    }
  }

  /** @internal Has `interrupt` called when the user presses Ctrl-C; returns what takes it back. */
  _onInterrupt(interrupt: () => void): () => void {
    return this.#host.onInterrupt?.(() => this.#guard(interrupt)) ?? (() => {});
  }

  /** @internal */
  override _onExit(callback: () => void): () => void {
    return this.#host.onExit?.(callback) ?? (() => {});
  }

  /** @internal The program asks to end. */
  _announceExit(error: KeyboardInterrupt | SystemExit): void {
    try {
      this.#host.announceExit?.(error);
    } catch (thrown) {
      // The program still ends with `error`, if not with its status.
      this.callExceptionHandler({ message: "Exception in announceExit of the host", exception: toException(thrown) });
    }
  }

  /** @internal Ends the run from outside, with an error; returns whether there was one. */
  override _abort(error: Error): boolean {
    const isRunning = this.#run !== undefined;
    this.#end(error);
    return isRunning;
  }

  /** One turn of the host. */
  readonly #turn = (): void => {
    // A run that is over, of a host that calls late.
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

  /** What the host calls must not throw: it would end the program, or be called again and again. */
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

  /** More is ready, and the host has its turn first. */
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

  /** Tells whether somebody waits for what this loop does. */
  protected isAwaited(): boolean {
    return true;
  }

  readonly #stuck = (): void => {
    this.#guard(() => this.#end(new DeadlockError(this._tasks)));
  };

  /** @param error - what the run ends with, if not well */
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
    throw new TypeError(`turnBudget must be a number of seconds, got ${repr(turnBudget)}`);
  }
  if (!(turnBudget >= 0)) throw new ValueError(`turnBudget must be >= 0, got ${repr(turnBudget)}`);
}

/**
 * Makes a loop on the host that this program runs on.
 *
 * Source: asyncio.new_event_loop, CPython 3.14 Lib/asyncio/events.py.
 */
export function newEventLoop(): EventLoop {
  return new EventLoop();
}
