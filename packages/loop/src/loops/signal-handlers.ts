import { keepStores } from "../context/async-stores.ts";
import type { AbstractEventLoop } from "../scheduling/loop.ts";
import { copyContext } from "../context/contextvars.ts";
import { RuntimeError } from "../errors/exceptions.ts";
import { Handle } from "../scheduling/handle.ts";
import { requireCallback } from "../scheduling/callbacks.ts";
import type { Host } from "../hosts/host.ts";
import { showValue } from "../text/repr.ts";

/** The callbacks of a loop for the operating system's signals, one for each signal. */
export class SignalHandlers {
  readonly #loop: AbstractEventLoop;
  readonly #host: Host;
  /** For each signal, the function that removes its listener. */
  readonly #stops = new Map<string, () => void>();

  constructor(loop: AbstractEventLoop, host: Host) {
    this.#loop = loop;
    this.#host = host;
  }

  set(signal: string, callback: () => void): void {
    requireCallback(callback, "addSignalHandler");
    requireName(signal);
    this.#loop._requireOpen();
    if (this.#host.onSignal === undefined) throw new RuntimeError("this host has no signals");
    const handle = keepStores(new Handle(callback, undefined, this.#loop, copyContext()));
    const stop = this.#host.onSignal(signal, () => this.#loop._scheduler.enqueue(handle));
    // The former listener is removed last: without any listener the signal would end the process.
    this.remove(signal);
    this.#stops.set(signal, stop);
  }

  remove(signal: string): boolean {
    requireName(signal);
    this.#stops.get(signal)?.();
    return this.#stops.delete(signal);
  }

  removeAll(): void {
    for (const signal of this.#stops.keys()) this.remove(signal);
  }
}

function requireName(signal: unknown): void {
  if (typeof signal !== "string")
    throw new TypeError(`signal must be a name such as 'SIGTERM', got ${showValue(signal)}`);
}
