/** Marks the listeners of every copy of this package. */
const ours: unique symbol = Symbol.for("yieldstar.listener");

/** One listener on the process for all loops, which is there only while one of them has a use for it. */
export class SharedListener {
  readonly #event: string;
  readonly #listen: "on" | "prependListener";
  readonly #callbacks = new Set<() => void>();

  /** @param listen - where among the listeners of the program it comes: last, or first */
  constructor(event: string, listen: "on" | "prependListener" = "on") {
    this.#event = event;
    this.#listen = listen;
  }

  get isIdle(): boolean {
    return this.#callbacks.size === 0;
  }

  /** Somebody else listens too. */
  get hasCompany(): boolean {
    return process.listeners(this.#event as "beforeExit").some((listener) => !Object.hasOwn(listener, ours));
  }

  /** Has `callback` called when the event comes; returns what takes it back. */
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
