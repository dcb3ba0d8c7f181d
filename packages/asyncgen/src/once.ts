import { type Coroutine, getRunningLoop } from "@yieldstar/loop";
import { type EventEmitterLike, type EventOf, type EventTargetLike, Listeners, requireSource } from "./event-source.ts";

/**
 * Waits for one event: `const [chunk] = yield* once(socket, "data")`. It listens from when it is awaited.
 *
 * @param source - an `EventEmitter`, or an `EventTarget`
 * @param name - the event's name
 * @returns the event's arguments, as Node's `events.once` does; of a target that is the event alone. Their types may be
 *   given: `once<[chunk: Uint8Array]>(socket, "data")`
 * @throws what an emitter emits as `"error"` meanwhile, unless that is what is waited for: as `fromPromise` throws what a
 *   promise is rejected with
 * @throws TypeError when `source` is neither
 *
 * Cancellation removes the listener, as the event does. An error that comes after it, before the task has seen it, goes
 * to the exception handler. So does what the source throws when the listener is removed. An event that comes when the loop
 * is closed is ignored.
 */
export function once<T extends EventTargetLike, N extends string>(
  source: T,
  name: N,
): Coroutine<T extends EventEmitterLike ? unknown[] : [event: EventOf<T, N>]>;
export function once<A extends readonly unknown[] = unknown[]>(
  source: EventEmitterLike | EventTargetLike,
  name: string | symbol,
): Coroutine<A>;
export function once(source: EventEmitterLike | EventTargetLike, name: string | symbol): Coroutine<unknown[]> {
  requireSource(source);
  return waitForEvent(source, name);
}

function* waitForEvent(source: EventEmitterLike | EventTargetLike, name: string | symbol): Coroutine<unknown[]> {
  const loop = getRunningLoop();
  const listeners = new Listeners(source, loop);
  const happened = loop.createFuture<unknown[]>();
  try {
    listeners.add(name, (...args) => {
      listeners.removeAll();
      if (!happened.done()) happened.setResult(args);
    });
    listeners.addForErrors([name], (exception) => {
      listeners.removeAll();
      if (!happened.done()) happened.setException(exception);
      else loop.callExceptionHandler({ message: "an error was emitted after the wait was cancelled", exception });
    });
    return yield* happened;
  } finally {
    listeners.removeAll();
  }
}
