/**
 * How we hear of an abort. Somebody who listens to the same signal before us can stop its event, which must not lose a
 * cancellation; and a thousand tasks that share a signal share one listener.
 *
 * @module
 */

/** Those that are in use, or that have a follower. To keep the others would cost as much as a signal does. */
const watches = new WeakMap<AbortSignal, Watch>();

/** Node marks the classes of its own event targets with it. */
const nodesTarget = Symbol.for("nodejs.event_target");
/** Node's way to listen so that nobody can stop the event. */
const { addAbortListener } = findNodeEvents();

/**
 * Has `callback` called when `signal` is aborted. Those of one signal are called in the order in which they came. When one
 * throws, the host reports it, as it does for any listener, and the others are called all the same.
 *
 * @param signal - one that is not aborted yet
 * @param callback - another one at each call
 * @returns a function that ends it. The last to leave removes the listener
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const watch = watches.get(signal) ?? new Watch(signal);
  watch.add(callback);
  return () => watch.delete(callback);
}

/** All that wait for the abort of one signal. */
class Watch {
  readonly #signal: AbortSignal;
  /** A signal that follows it, and that only we know. It is kept, since its source keeps a trace of each that was made. */
  #follower: AbortSignal | undefined;
  readonly #callbacks = new Set<() => void>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  add(callback: () => void): void {
    if (this.#callbacks.size === 0) {
      this.#listen();
      watches.set(this.#signal, this);
    }
    this.#callbacks.add(callback);
  }

  delete(callback: () => void): void {
    if (this.#callbacks.delete(callback) && this.#callbacks.size === 0) call(this.#unlisten);
  }

  #listen(): void {
    const signal = this.#signal;
    if (addAbortListener !== undefined && isNodes(signal)) {
      addAbortListener(signal, this.#onAbort);
      return;
    }
    signal.addEventListener("abort", this.#onAbort);
    this.#follower ??= follow(signal);
    this.#follower?.addEventListener("abort", this.#onAbort);
  }

  readonly #unlisten = (): void => {
    if (this.#follower === undefined) watches.delete(this.#signal);
    this.#signal.removeEventListener("abort", this.#onAbort);
    this.#follower?.removeEventListener("abort", this.#onAbort);
  };

  readonly #onAbort = (): void => {
    for (const callback of this.#callbacks) {
      this.#callbacks.delete(callback);
      call(callback);
    }
    call(this.#unlisten);
  };
}

/** An error must not keep the others from being called, or a task from ending: the host reports it. */
function call(callback: () => void): void {
  try {
    callback();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** Whether a signal is one of Node's own, and not one of jsdom's, say. Only these heed what `addAbortListener` asks. */
function isNodes(signal: AbortSignal): boolean {
  return (signal.constructor as { [nodesTarget]?: boolean } | undefined)?.[nodesTarget] === true;
}

function findNodeEvents(): { addAbortListener?: (signal: AbortSignal, listener: () => void) => unknown } {
  const { process } = globalThis as { process?: Partial<NodeJS.Process> };
  return process?.getBuiltinModule?.("node:events") ?? {};
}

/**
 * By the signal's own class: another realm's knows nothing of it. One that was written by hand may have no such method,
 * and is listened to as best it can.
 */
function follow(signal: AbortSignal): AbortSignal | undefined {
  try {
    return (signal.constructor as Partial<typeof AbortSignal>).any?.([signal]);
  } catch {
    return undefined;
  }
}
