import {
  type BaseEventLoop,
  type Coroutine,
  type Future,
  getRunningLoop,
  repr,
  StopAsyncIteration,
  ValueError,
} from "@yieldstar/loop";
import { readOptions, requireCallback, showAsText, toException, reportFromOutside } from "@yieldstar/loop/internal";
import { Queue, QueueFull, QueueShutDown } from "@yieldstar/sync";
import { ClosingIterator } from "./async-iterator.ts";
import {
  type EventEmitterLike,
  type EventOf,
  type EventTargetLike,
  Listeners,
  requireName,
  requireSource,
  toNames,
} from "./event-source.ts";

/** The options of `events`. */
export interface EventsOptions<A extends readonly unknown[] = unknown[]> {
  /** The most events that the iterator keeps until the program takes them, 1024 by default; zero means no limit. */
  readonly maxsize?: number | undefined;
  /**
   * The policy for an event that comes when `maxsize` events are kept. `"error"`, the default: the iterator gives the
   * events that it keeps, and then throws `QueueFull`. `"dropOldest"` and `"dropNewest"` drop one event silently.
   */
  readonly overflow?: "error" | "dropOldest" | "dropNewest" | undefined;
  /** The names of the events that end the iteration, after the events that are kept: `["end", "close"]`. */
  readonly close?: (Iterable<string | symbol> & object) | undefined;
  /**
   * Called with the arguments of each event that the iterator dropped, or that the program did not take, so that
   * nothing is lost: `(socket) => socket.destroy()`. An error that it throws, or that its promise rejects with, goes to
   * the loop's exception handler.
   */
  readonly dispose?: ((...args: A) => unknown) | undefined;
}

const eventsDefaults = { maxsize: 1024, overflow: "error", close: [], dispose: undefined } as const;

const policies: readonly unknown[] = ["error", "dropOldest", "dropNewest"];

/**
 * Iterates events: `yield* asyncFor(events(socket, "message"), function* ([message]) { … })`. It listens from the call
 * on.
 *
 * `asyncFor` removes the listeners however it ends. A program that iterates by hand calls `aclose`, or uses `aclosing`.
 * The event loop closes an iterator that is still open when it ends.
 *
 * The iterator throws the error that an emitter emits as `"error"`, after the events before it, unless the program
 * iterates `"error"`. It throws that error as `fromPromise` throws the reason of a promise. An error that the source
 * throws when a listener is removed goes to the exception handler. An event that comes after the loop was closed is
 * ignored, and ends the listening.
 *
 * @param source - an `EventEmitter` or an `EventTarget`
 * @param name - the name of the events
 * @param options - `maxsize` is the most events that are kept, 1024 by default; `overflow` is the policy for more
 *   events, an error by default; `close` names the events that end the iteration; `dispose` is called with each event
 *   that was not taken
 * @returns an async iterator over the arguments of each event, as Node's `events.on` gives them; for a target the event
 *   is the only argument. The types can be given: `events<[chunk: Uint8Array]>(socket, "data")`
 * @throws TypeError when `source` is no source of events, `name` is no name, or an option is wrong
 * @throws ValueError when `overflow` is no policy
 * @throws RuntimeError when no loop is running
 *
 * Cancellation of a task that waits for the next event loses no event.
 *
 * It has no counterpart in CPython.
 */
export function events<T extends EventTargetLike, N extends string>(
  source: T,
  name: N,
  options?: EventsOptions<T extends EventEmitterLike ? unknown[] : [event: EventOf<T, N>]>,
): ClosingIterator<T extends EventEmitterLike ? unknown[] : [event: EventOf<T, N>]>;
export function events<A extends readonly unknown[] = unknown[]>(
  source: EventEmitterLike | EventTargetLike,
  name: string | symbol,
  options?: EventsOptions<A>,
): ClosingIterator<A>;
export function events(
  source: EventEmitterLike | EventTargetLike,
  name: string | symbol,
  options?: EventsOptions,
): ClosingIterator<unknown[]> {
  requireSource(source);
  requireName(name);
  return new EventIterator(source, name, options);
}

class EventIterator extends ClosingIterator<unknown[]> {
  static {
    showAsText(this, "EventIterator");
  }

  readonly #name: string | symbol;
  readonly #overflow: EventsOptions["overflow"];
  readonly #dispose: EventsOptions["dispose"];
  readonly #queue: Queue<unknown[]>;
  readonly #loop: BaseEventLoop;
  readonly #listeners: Listeners;
  #hasOverflown = false;
  /** The emitter's error. A future reports it when the program never retrieves it. */
  #failure: Future<never> | undefined;

  constructor(source: EventEmitterLike | EventTargetLike, name: string | symbol, options?: EventsOptions) {
    super();
    const { maxsize, overflow, close, dispose } = readOptions<EventsOptions>(options, eventsDefaults, "events");
    if (!policies.includes(overflow)) {
      throw new ValueError(`overflow must be one of ${policies.map(repr).join(", ")}, got ${repr(overflow)}`);
    }
    const endings = toNames(close, "close");
    if (dispose !== undefined) requireCallback(dispose, "dispose");
    this.#name = name;
    this.#overflow = overflow;
    this.#dispose = dispose;
    this.#queue = new Queue(maxsize);
    this.#loop = getRunningLoop();
    this.#listeners = new Listeners(source, this.#loop);
    this.#listen(name, endings);
    this.#loop.asyncgenFirstiterHook(this);
  }

  #listen(name: string | symbol, close: readonly (string | symbol)[]): void {
    const listeners = this.#listeners;
    try {
      listeners.add(
        name,
        (...args) => this.#take(args),
        (...args) => this.#disposeOf(args),
      );
      for (const end of close) listeners.add(end, () => this.#end());
      listeners.addForErrors([name, ...close], (error) => {
        this.#failure = this.#loop.createFuture();
        this.#failure.setException(error);
        this.#end();
      });
    } catch (error) {
      listeners.removeAll();
      throw error;
    }
  }

  /**
   * Waits for the next event.
   *
   * @returns its arguments
   * @throws StopAsyncIteration when the iteration has ended
   * @throws QueueFull when an event was dropped, and the policy is `"error"`
   * @throws the error that the emitter emitted as `"error"`
   *
   * Cancellation keeps the event for the next `anext`.
   */
  override *anext(): Coroutine<unknown[]> {
    // An event that came after the loop was closed has ended the listening, but could not wake a task.
    if (!this.#listeners.isListening) this.#queue.shutdown();
    try {
      return yield* this.#queue.get();
    } catch (error) {
      if (!(error instanceof QueueShutDown)) throw error;
    }
    this.#forget();
    const failure = this.#failure;
    this.#failure = undefined;
    failure?.result();
    if (this.#hasOverflown) {
      this.#hasOverflown = false;
      throw new QueueFull(`there was no room for an event ${repr(this.#name)}: ${this.#queue.maxsize} were waiting`);
    }
    throw new StopAsyncIteration();
  }

  /** Removes the listeners, and disposes of the events that were not taken. It does not wait. */
  override *aclose(): Coroutine {
    this.#end();
    this.#hasOverflown = false;
    while (!this.#queue.empty()) this.#disposeOf(this.#queue.getNowait());
    this.#forget();
  }

  #take(args: unknown[]): void {
    const queue = this.#queue;
    if (!queue.full()) {
      queue.putNowait(args);
    } else if (this.#overflow === "dropOldest") {
      this.#disposeOf(queue.getNowait());
      queue.putNowait(args);
    } else {
      if (this.#overflow === "error") {
        this.#hasOverflown = true;
        this.#end();
      }
      this.#disposeOf(args);
    }
  }

  #disposeOf(args: unknown[]): void {
    const dispose = this.#dispose;
    if (dispose === undefined) return;
    const report = (thrown: unknown): void => {
      reportFromOutside(this.#loop, { message: `Exception in dispose of ${this}`, exception: toException(thrown) });
    };
    try {
      // JavaScript itself decides whether the result is a promise.
      Promise.resolve(dispose(...args)).catch(report);
    } catch (thrown) {
      report(thrown);
    }
  }

  /** Ends the listening. The program can still take the events that are kept. */
  #end(): void {
    if (!this.#listeners.isListening) return;
    this.#listeners.removeAll();
    this.#queue.shutdown();
    if (this.#dispose === undefined || this.#queue.empty()) this.#forget();
  }

  /** Tells the loop that it need not close this iterator. */
  #forget(): void {
    this.#loop.asyncgenFinalizerHook(this, true);
  }

  override toString(): string {
    return `<events ${repr(this.#name)} ${this.#listeners.isListening ? "listening" : "closed"}>`;
  }
}
