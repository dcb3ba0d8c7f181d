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

/** What ends the wait of `once`. */
export interface OnceOptions {
  /**
   * The names of the events after which what is waited for cannot come: the wait fails. Of an emitter that is `["close"]` by
   * default, of a target, whose "close" may mean something else, there is none; `[]` is none too.
   */
  readonly close?: (Iterable<string | symbol> & object) | undefined;
}

/** The event that came first of several that `once` waited for. */
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
 * `const { name } = yield* once(socket, ["drain", "pause"])`. It listens from when it is awaited.
 *
 * @param source - an `EventEmitter`, or an `EventTarget`
 * @param name - the event's name, or an array of names
 * @param options - `close` names the events that end the wait, `["close"]` by default for an emitter
 * @returns the event's arguments, as Node's `events.once` does; of a target that is the event alone. Of several names the
 *   event as `{ name, args }`. The arguments' types may be given: `once<[chunk: Uint8Array]>(socket, "data")`
 * @throws what an emitter emits as `"error"` meanwhile, unless that is what is waited for: as `fromPromise` throws what a
 *   promise is rejected with
 * @throws Error with the `code` "ERR_STREAM_PREMATURE_CLOSE", which Node gives it too, when an event of `close` comes first,
 *   or when `source` is a stream that is closed already; then what it was destroyed with, if it was for an error
 * @throws TypeError at the call, when `source` is neither, a name is none, or an option is wrong
 * @throws ValueError at the call, when there is no name
 *
 * Cancellation removes the listener, as the event does. An error that comes after it, before the task has seen it, goes
 * to the exception handler. So does what the source throws when the listener is removed. An event that comes when the loop
 * is closed is ignored.
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

/** A stream of Node's. It emits nothing more but what it has queued by then. */
interface ClosedStream {
  readonly errored: Error | null | undefined;
}

function isClosedStream(source: Source): source is Source & ClosedStream {
  const { destroyed, closed } = source as { readonly destroyed?: unknown; readonly closed?: unknown };
  return destroyed === true && closed === true && "errored" in source;
}

/** Calls `callback` when what an emitter of Node's has queued was emitted. */
function afterQueuedEvents(callback: () => void): void {
  const { process } = globalThis as { readonly process?: Partial<NodeJS.Process> };
  if (process?.nextTick === undefined) callback();
  else process.nextTick(callback);
}
