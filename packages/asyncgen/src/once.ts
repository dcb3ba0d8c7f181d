import { type Coroutine, type Future, getRunningLoop, repr, ValueError } from "@yieldstar/loop";
import { readOptions, reportFromOutside } from "@yieldstar/loop/internal";
import {
  type EventEmitterLike,
  type EventOf,
  type EventTargetLike,
  isEmitter,
  Listeners,
  requireName,
  requireSource,
  toNames,
} from "./event-source.ts";

type Source = EventEmitterLike | EventTargetLike;
type Name = string | symbol;

/** The options of `once`. */
export interface OnceOptions {
  /**
   * The names of the events after which the awaited event cannot come: they end the wait with an error. The default is
   * `["close"]` for an emitter, and `[]` for a target, whose "close" may have another meaning.
   */
  readonly close?: (Iterable<string | symbol> & object) | undefined;
}

/** The event that came first, when `once` waits for several. */
export interface NamedEvent<N extends string | symbol, A extends readonly unknown[]> {
  readonly name: N;
  readonly args: A;
}

/** For each name the event of that name. */
type AnyOf<T, N extends string> = { [K in N]: NamedEvent<K, ArgsOf<T, K>> }[N];

type ArgsOf<T, N extends string> = T extends EventEmitterLike ? unknown[] : [event: EventOf<T, N>];

const onceDefaults: OnceOptions = { close: undefined };

/**
 * Waits for one event: `const [chunk] = yield* once(socket, "data")`; or for the first of several:
 * `const { name } = yield* once(socket, ["drain", "pause"])`. It begins to listen when it is awaited.
 *
 * An error that the source throws when a listener is removed goes to the exception handler. An event that comes after
 * the loop was closed is ignored.
 *
 * @param source - an `EventEmitter` or an `EventTarget`
 * @param name - the event's name, or an array of names
 * @param options - `close` names the events that end the wait, `["close"]` by default for an emitter
 * @returns the event's arguments, as Node's `events.once` does; for a target the event is the only argument. For
 *   several names the event as `{ name, args }`. The types can be given: `once<[chunk: Uint8Array]>(socket, "data")`
 * @throws the error that an emitter emits as `"error"` meanwhile, unless the program waits for `"error"`. It is thrown
 *   as `fromPromise` throws the reason of a promise
 * @throws Error with the `code` "ERR_STREAM_PREMATURE_CLOSE", which Node uses too, when an event of `close` comes
 *   first, or when `source` is a stream that is closed already. A stream that was destroyed with an error throws that
 *   error instead
 * @throws TypeError at the call, when `source` is no source of events, a name is no name, or an option is wrong
 * @throws ValueError at the call, when the array of names is empty
 *
 * Cancellation removes the listeners, as the event does. An error that the source emits after the cancellation, before
 * the task has resumed, goes to the exception handler.
 *
 * It has no counterpart in CPython.
 */
export function once<T extends EventTargetLike, N extends string>(
  source: T,
  name: N,
  options?: OnceOptions,
): Coroutine<ArgsOf<T, N>>;
export function once<A extends readonly unknown[] = unknown[]>(
  source: EventEmitterLike | EventTargetLike,
  name: string | symbol,
  options?: OnceOptions,
): Coroutine<A>;
export function once<T extends EventTargetLike, const N extends string>(
  source: T,
  names: readonly N[],
  options?: OnceOptions,
): Coroutine<AnyOf<T, N>>;
export function once<const N extends string | symbol>(
  source: EventEmitterLike | EventTargetLike,
  names: readonly N[],
  options?: OnceOptions,
): Coroutine<NamedEvent<N, unknown[]>>;
export function once(source: Source, name: Name | readonly Name[], options?: OnceOptions): Coroutine<unknown> {
  requireSource(source);
  const { close = isEmitter(source) ? ["close"] : [] } = readOptions(options, onceDefaults, "once");
  const endings = toNames(close, "close");
  const names = Array.isArray(name) ? (name as readonly Name[]) : [name as Name];
  for (const each of names) requireName(each, names === name ? "" : ", or an array of such names");
  if (names.length === 0) throw new ValueError("the names of events are empty");
  const wait = waitForEvent(source, names, endings);
  return Array.isArray(name) ? wait : argumentsOf(wait);
}

function* argumentsOf(wait: Coroutine<NamedEvent<Name, unknown[]>>): Coroutine<unknown[]> {
  return (yield* wait).args;
}

function* waitForEvent(
  source: Source,
  names: readonly Name[],
  endings: readonly Name[],
): Coroutine<NamedEvent<Name, unknown[]>> {
  const loop = getRunningLoop();
  const listeners = new Listeners(source, loop);
  const happened: Future<NamedEvent<Name, unknown[]>> = loop.createFuture();
  const end = (settle: () => void): void => {
    listeners.removeAll();
    if (!happened.done()) settle();
  };
  try {
    for (const name of names) listeners.add(name, (...args) => end(() => happened.setResult({ name, args })));
    listeners.addForErrors(names, (exception) => {
      listeners.removeAll();
      if (!happened.done()) happened.setException(exception);
      else reportFromOutside(loop, { message: "an error was emitted after the wait was cancelled", exception });
    });
    for (const ending of endings) {
      if (names.includes(ending)) continue;
      listeners.add(ending, () => end(() => happened.setException(prematureClose(names, ending))));
    }
    const [ending] = endings;
    if (ending !== undefined && isClosedStream(source)) {
      const error = source.errored ?? prematureClose(names, ending);
      afterQueuedEvents(() => end(() => happened.setException(error)));
    }
    return yield* happened;
  } finally {
    listeners.removeAll();
  }
}

function prematureClose(names: readonly Name[], ending: Name): Error {
  const others = names.filter((name) => name !== ending).map(repr);
  const later = others.length > 0 ? others.join(" or ") : "it was waited for";
  const error = new Error(`Premature close: ${repr(ending)} came before ${later}`);
  return Object.assign(error, { code: "ERR_STREAM_PREMATURE_CLOSE" });
}

/** A stream of Node's that is closed. It emits only the events that it has queued already. */
interface ClosedStream {
  readonly errored: Error | null | undefined;
}

function isClosedStream(source: Source): source is Source & ClosedStream {
  const { destroyed, closed } = source as { readonly destroyed?: unknown; readonly closed?: unknown };
  return destroyed === true && closed === true && "errored" in source;
}

/** Calls `callback` after an emitter of Node's has emitted the events that it has queued. */
function afterQueuedEvents(callback: () => void): void {
  const { process } = globalThis as { readonly process?: Partial<NodeJS.Process> };
  if (process?.nextTick === undefined) callback();
  else process.nextTick(callback);
}
