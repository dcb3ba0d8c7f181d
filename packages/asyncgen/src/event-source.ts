import { type BaseEventLoop, BaseException, repr } from "@yieldstar/loop";
import { fromWebError, nameOfType, reportFromOutside, toException, withHint } from "@yieldstar/loop/internal";

// Emitters and targets declare their listeners in many ways. These types accept all of them, since the parameters are
// `never`.

/** Emits events as Node's `EventEmitter` does: each with its arguments, and `"error"` with an error. */
export interface EventEmitterLike {
  on(name: never, listener: never): unknown;
  off(name: never, listener: never): unknown;
}

/** Dispatches events as the web's `EventTarget` does: each is one object. */
export interface EventTargetLike {
  addEventListener(type: never, listener: never): unknown;
  removeEventListener(type: never, listener: never): unknown;
}

type Listener = (...args: unknown[]) => void;

/** The type of a target's event named `N`, from the target's property `onN`. */
export type EventOf<T, N extends string> = T extends { readonly [K in `on${N}`]: infer Handler }
  ? NonNullable<Handler> extends (this: never, event: infer E) => unknown
    ? Extract<E, Event> extends never
      ? Event
      : Extract<E, Event>
    : Event
  : Event;

/** @throws TypeError when `source` is neither an emitter nor a target */
export function requireSource(source: unknown): void {
  if (isEmitter(source) || isTarget(source)) return;
  throw new TypeError(`an EventEmitter or an EventTarget was expected, got '${nameOfType(source)}' object`);
}

/**
 * @param orElse - the other values that the caller accepts, in words
 * @throws TypeError when `name` is no name of an event
 */
export function requireName(name: unknown, orElse = ""): asserts name is string | symbol {
  if (typeof name === "string" || typeof name === "symbol") return;
  throw new TypeError(`the name of an event must be a string or a symbol${orElse}, got ${repr(name)}`);
}

/**
 * Returns the names that `option` got.
 *
 * @throws TypeError when `names` is no iterable of names. A single string is refused too: its letters would be the
 * names
 */
export function toNames(names: unknown, option: string): (string | symbol)[] {
  const { [Symbol.iterator]: iterate } = Object(names) as Partial<Iterable<unknown>>;
  if (typeof names === "string" || typeof iterate !== "function") {
    const text = `${option} must be an iterable of names of events, got ${repr(names)}`;
    throw new TypeError(typeof names === "string" ? withHint(text, `[${JSON.stringify(names)}]`) : text);
  }
  const list = [...(names as Iterable<string | symbol>)];
  for (const each of list) requireName(each);
  return list;
}

/**
 * The listeners at one emitter or target, for a task of `loop`. An object that is both counts as an emitter, as in
 * Node's own functions.
 *
 * They throw nothing into the code that emits. They ignore an event that comes after `removeAll`. An event that comes
 * after the loop was closed ends the listening.
 */
export class Listeners {
  readonly #source: EventEmitterLike | EventTargetLike;
  readonly #loop: BaseEventLoop;
  readonly #removals: (() => void)[] = [];
  #isListening = true;

  constructor(source: EventEmitterLike | EventTargetLike, loop: BaseEventLoop) {
    this.#source = source;
    this.#loop = loop;
  }

  /** Whether `removeAll` was not called yet. */
  get isListening(): boolean {
    return this.#isListening;
  }

  /** @param late - called with an event that comes after the loop was closed, when no task can take it */
  add(name: string | symbol, listener: Listener, late?: Listener): void {
    const source = this.#source;
    const [event, callback] = [name as never, this.#guard(listener, late) as never];
    if (isEmitter(source)) {
      source.on(event, callback);
      this.#removals.push(() => source.off(event, callback));
    } else {
      source.addEventListener(event, callback);
      this.#removals.push(() => source.removeEventListener(event, callback));
    }
  }

  /** Listens to the errors of an emitter, unless "error" is an awaited event. A target has no such errors. */
  addForErrors(awaited: readonly (string | symbol)[], listener: (error: Error) => void): void {
    if (!isEmitter(this.#source) || awaited.includes("error")) return;
    this.add("error", (error) => listener(toError(error)));
  }

  /**
   * Ends the listening. An error while a listener is removed goes to the exception handler, so that the event is not
   * lost.
   */
  removeAll(): void {
    this.#isListening = false;
    for (const remove of this.#removals.splice(0)) {
      try {
        remove();
      } catch (error) {
        const message = "an error occurred while a listener was removed";
        reportFromOutside(this.#loop, { message, exception: toException(error), source: this.#source });
      }
    }
  }

  #guard(listener: Listener, late: Listener | undefined): Listener {
    return (...args) => {
      // An emitter calls all that listened when it began to emit: an earlier listener may have ended the listening.
      if (!this.#isListening) return;
      if (!this.#loop.isClosed()) {
        listener(...args);
        return;
      }
      this.removeAll();
      late?.(...args);
    };
  }
}

/** Tells whether `source` is an emitter. As in Node's functions, an object that is both is an emitter. */
export function isEmitter(source: unknown): source is EventEmitterLike {
  const { on, off } = (source ?? {}) as Partial<EventEmitterLike>;
  return typeof on === "function" && typeof off === "function";
}

function isTarget(source: unknown): source is EventTargetLike {
  const { addEventListener, removeEventListener } = (source ?? {}) as Partial<EventTargetLike>;
  return typeof addEventListener === "function" && typeof removeEventListener === "function";
}

/**
 * An emitter can emit any value as its error, but a future takes only errors. A foreign `CancelledError` becomes
 * another error, since it would cancel the waiting task.
 */
function toError(emitted: unknown): Error {
  const error: unknown = fromWebError(emitted);
  if (error instanceof BaseException) return error;
  return new TypeError("exceptions must derive from BaseException", { cause: emitted });
}
