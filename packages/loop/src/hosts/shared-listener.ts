/** Marks the listeners of every copy of this package. */
const ours: unique symbol = Symbol.for("yieldstar.listener");

/** One listener on the process for all loops, which is there only while it has callbacks. */
export class SharedListener {
  readonly #event: string;
  readonly #listen: "on" | "prependListener";
  readonly #callbacks = new Set<() => void>();

  /** @param listen - whether the listener comes after those of the program or before them */
  constructor(event: string, listen: "on" | "prependListener" = "on") {
    this.#event = event;
    this.#listen = listen;
  }

  /** Whether there is no callback. */
  get isIdle(): boolean {
    return this.#callbacks.size === 0;
  }

  /** Whether other code listens to the event too. */
  get hasCompany(): boolean {
    return process.listeners(this.#event as "beforeExit").some((listener) => !Object.hasOwn(listener, ours));
  }

  /** Calls `callback` at each event. Returns a function that removes it. */
  add(callback: () => void): () => void {
    if (this.isIdle) (process as NodeJS.EventEmitter)[this.#listen](this.#event, this.#listener);
    this.#callbacks.add(callback);
    return () => {
      if (this.#callbacks.delete(callback) && this.isIdle) process.off(this.#event, this.#listener);
    };
  }

  readonly #listener = Object.assign(
    (): void => {
      for (const callback of this.#callbacks) callback();
    },
    { [ours]: true },
  );
}
