/**
 * How the package listens to an abort. An earlier listener to the same signal can stop its event, and no cancellation
 * may be lost by that. A thousand tasks that share a signal share one listener.
 *
 * @module
 */

/** The watches that have callbacks or a follower. A watch costs as much as a signal, so the others are dropped. */
const watches = new WeakMap<AbortSignal, Watch>();

/** The key with which Node marks the classes of its own event targets. */
const nodesTarget = Symbol.for("nodejs.event_target");
/** Node's function for a listener from which no other listener can keep the event. */
const { addAbortListener } = findNodeEvents();

/**
 * Calls `callback` when `signal` is aborted. The callbacks of one signal are called in the order in which they were
 * added. If one throws, the host reports the error, as for any listener, and the others are called all the same.
 *
 * @param signal - a signal that is not aborted yet
 * @param callback - a new function for each call
 * @returns a function that removes the callback; the last one removes the listener too
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const watch = watches.get(signal) ?? new Watch(signal);
  watch.add(callback);
  return () => watch.delete(callback);
}

/** The callbacks for the abort of one signal. */
class Watch {
  readonly #signal: AbortSignal;
  /** A signal of ours that follows `#signal`. It is made once, since `#signal` keeps a trace of each follower. */
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

/** Calls `callback`. The host reports its error, which must not stop the other callbacks or the end of a task. */
function call(callback: () => void): void {
  try {
    callback();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/**
 * Tells whether a signal is Node's own, and not one of jsdom, for example. `addAbortListener` works only with Node's.
 */
function isNodes(signal: AbortSignal): boolean {
  return (signal.constructor as { [nodesTarget]?: boolean } | undefined)?.[nodesTarget] === true;
}

function findNodeEvents(): { addAbortListener?: (signal: AbortSignal, listener: () => void) => unknown } {
  const { process } = globalThis as { process?: Partial<NodeJS.Process> };
  return process?.getBuiltinModule?.("node:events") ?? {};
}

/**
 * Makes a signal that follows `signal`, with `any` of its own class: the class of another realm does not know `signal`.
 * A signal that was written by hand may have no such method. It then has only its listener.
 */
function follow(signal: AbortSignal): AbortSignal | undefined {
  try {
    return (signal.constructor as Partial<typeof AbortSignal>).any?.([signal]);
  } catch {
    return undefined;
  }
}
