/** One listener on the process for all loops, which is there only while one of them has a use for it. */
export class SharedListener {
  readonly #event: string;
  readonly #callbacks = new Set<() => void>();

  constructor(event: string) {
    this.#event = event;
  }

  get isIdle(): boolean {
    return this.#callbacks.size === 0;
  }

  /** Has `callback` called when the event comes; returns what takes it back. */
  add(callback: () => void): () => void {
    if (this.isIdle) process.on(this.#event, this.#listener);
    this.#callbacks.add(callback);
    return () => {
      if (this.#callbacks.delete(callback) && this.isIdle) process.off(this.#event, this.#listener);
    };
  }

  readonly #listener = (): void => {
    for (const callback of this.#callbacks) callback();
  };
}
