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

/** How `events` keeps what nobody has taken yet. */
export interface EventsOptions<A extends readonly unknown[] = unknown[]> {
  /** How many events are kept at most, 1024 by default; zero means any number. */
  readonly maxsize?: number | undefined;
  /**
   * What becomes of an event that there is no room for. `"error"`, the default: the iterator gives what it has and then
   * throws `QueueFull`. `"dropOldest"`, `"dropNewest"`: one event is lost without a word.
   */
  readonly overflow?: "error" | "dropOldest" | "dropNewest" | undefined;
  /** The names of the events that end the iteration, once what is kept was taken: `["end", "close"]`. */
  readonly close?: (Iterable<string | symbol> & object) | undefined;
  /**
   * Takes the arguments of an event that the iterator had, or had no room for, and that nobody took, so that nothing is
   * lost: `(socket) => socket.destroy()`. What it throws, or the promise that it returns is rejected with, goes to the
   * loop's exception handler.
   */
  readonly dispose?: ((...args: A) => unknown) | undefined;
}

const eventsDefaults = { maxsize: 1024, overflow: "error", close: [], dispose: undefined } as const;

const policies: readonly unknown[] = ["error", "dropOldest", "dropNewest"];

/**
 * Iterates events: `yield* asyncFor(events(socket, "message"), function* ([message]) { … })`. It listens from the call on.
 *
 * `asyncFor` removes the listeners however it is left. Whoever iterates by hand calls `aclose`, or uses `aclosing`; what is
 * left open is closed when the loop ends.
 *
 * @param source - an `EventEmitter`, or an `EventTarget`
 * @param name - the events' name
 * @param options - `maxsize` is how many are kept until they are taken, 1024 by default; `overflow` what becomes of more, an
 *   error by default; `close` names the events that end the iteration; `dispose` is called with each event that nobody took
 * @returns an async iterator over the arguments of each event, as Node's `events.on` gives them; of a target that is the
 *   event alone. Their types may be given: `events<[chunk: Uint8Array]>(socket, "data")`
 * @throws TypeError when `source` is neither, `name` no name, or an option is wrong
 * @throws ValueError when `overflow` is no policy
 * @throws RuntimeError outside of a running loop
 *
 * The iterator throws what an emitter emits as `"error"`, after the events before it, unless that is what is iterated: as
 * `fromPromise` throws what a promise is rejected with. Cancellation of whoever waits for the next event loses none. What
 * the source throws when a listener is removed goes to the exception handler; an event that comes when the loop is closed
 * is ignored, and ends the listening.
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
  /** The emitter's error. As a future it is reported when nobody comes to see it. */
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
   * @throws StopAsyncIteration when no more will come
   * @throws QueueFull when there was no room for one, and the policy is `"error"`
   * @throws what the emitter emitted as `"error"`
   *
   * Cancellation leaves the event to the next `anext`.
   */
  override *anext(): Coroutine<unknown[]> {
    // An event that came when the loop was closed has ended the listening, and could wake nobody.
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

  /** Removes the listeners, and disposes of the events that nobody has taken. */
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
      // Whether it is a promise is for JavaScript to say.
      Promise.resolve(dispose(...args)).catch(report);
    } catch (thrown) {
      report(thrown);
    }
  }

  /** No more events will come; those that are there can still be taken. */
  #end(): void {
    if (!this.#listeners.isListening) return;
    this.#listeners.removeAll();
    this.#queue.shutdown();
    if (this.#dispose === undefined || this.#queue.empty()) this.#forget();
  }

  /** The loop need not close it any more. */
  #forget(): void {
    this.#loop.asyncgenFinalizerHook(this, true);
  }

  override toString(): string {
    return `<events ${repr(this.#name)} ${this.#listeners.isListening ? "listening" : "closed"}>`;
  }
}
