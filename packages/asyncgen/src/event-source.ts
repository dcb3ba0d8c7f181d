import { type BaseEventLoop, BaseException, repr } from "@yieldstar/loop";
import { fromWebError, nameOfType, reportFromOutside, toException, withHint } from "@yieldstar/loop/internal";

// Emitters and targets declare their listeners in many ways. These take them all: `never` asks nothing of a parameter.

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

/** The type of a target's event, by the `on…` property that it has for it. */
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

/** @throws TypeError when `name` is no name of an event; `orElse` is what else could be given, in words */
export function requireName(name: unknown, orElse = ""): asserts name is string | symbol {
  if (typeof name === "string" || typeof name === "symbol") return;
  throw new TypeError(`the name of an event must be a string or a symbol${orElse}, got ${repr(name)}`);
}

/**
 * The names that were given for `option`.
 *
 * @throws TypeError when they are no iterable of names: of a single one the letters would be taken
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
 * What listens to one emitter or target, for a task of `loop`. What is both is an emitter, as Node's own functions have it.
 *
 * Nothing is thrown into whoever emits: an event is ignored that comes when nobody listens any more, and one that comes
 * when the loop is closed ends the listening.
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

  /** @param late - told of an event that comes when the loop is closed, and that nobody can take any more */
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

  /** Listens to the errors of an emitter, as far as they are not what is waited for; a target has none. */
  addForErrors(awaited: readonly (string | symbol)[], listener: (error: Error) => void): void {
    if (!isEmitter(this.#source) || awaited.includes("error")) return;
    this.add("error", (error) => listener(toError(error)));
  }

  /** Ends the listening. That a listener cannot be removed goes to the exception handler: the event is worth more. */
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
      // An emitter calls those who listened when it began: one of them may have ended this.
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

/** Tells whether `source` is an emitter, as Node's functions do: what is both is one. */
export function isEmitter(source: unknown): source is EventEmitterLike {
  const { on, off } = (source ?? {}) as Partial<EventEmitterLike>;
  return typeof on === "function" && typeof off === "function";
}

function isTarget(source: unknown): source is EventTargetLike {
  const { addEventListener, removeEventListener } = (source ?? {}) as Partial<EventTargetLike>;
  return typeof addEventListener === "function" && typeof removeEventListener === "function";
}

/**
 * An emitter may emit anything as its error; a future takes only errors. Somebody else's `CancelledError` would cancel the
 * task that waits.
 */
function toError(emitted: unknown): Error {
  const error: unknown = fromWebError(emitted);
  if (error instanceof BaseException) return error;
  return new TypeError("exceptions must derive from BaseException", { cause: emitted });
}
