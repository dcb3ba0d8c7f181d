import type { KeyboardInterrupt, SystemExit } from "../exceptions.ts";
import { nameClass } from "../names.ts";
import type { Host } from "../host.ts";
import { exitByUncaught, exits } from "./node-exit.ts";
import { interrupts, onSignal } from "./node-signals.ts";
import { holdProcess } from "./node-waiting.ts";

/** Node fires a longer timer at once. CPython caps what it asks its selector for at the same 24 hours. */
const longestTimeout = 24 * 3600;

/**
 * A loop's place in Node's own: turns are immediates, which come after the timers and sockets of each round. Deno and
 * Bun have the same.
 */
export class NodeHost implements Host {
  static {
    nameClass(this, "NodeHost");
  }

  readonly clockResolution = 1e-6;
  readonly turnBudget = 0.0001;
  /** Node's global is a getter, which costs as much again as the reading. */
  readonly #clock: { now(): number } = performance;
  #immediate: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer fires. One that fires before it is needed is left alone: that is cheaper than to set it anew. */
  #timerAt = Infinity;
  #stopWaiting: () => void = () => {};
  #listensToInterrupts = false;

  time(): number {
    return this.#clock.now() / 1000;
  }

  requestTurn(turn: () => void): void {
    this.#stopWaiting();
    this.#immediate ??= setImmediate(() => {
      this.#immediate = undefined;
      turn();
    });
  }

  requestTurnAt(when: number, turn: () => void): void {
    const delay = when - this.time();
    if (delay <= 0) {
      this.requestTurn(turn);
      return;
    }
    this.#stopWaiting();
    if (this.#timerAt <= when) return;
    clearTimeout(this.#timer);
    this.#timerAt = when;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#timerAt = Infinity;
        turn();
      },
      Math.ceil(Math.min(delay, longestTimeout) * 1000),
    );
  }

  awaitWakeUp(stuck: () => void): void {
    this.cancelTurn();
    this.#stopWaiting = holdProcess(stuck);
  }

  cancelTurn(): void {
    this.#stopWaiting();
    clearImmediate(this.#immediate);
    clearTimeout(this.#timer);
    this.#immediate = this.#timer = undefined;
    this.#timerAt = Infinity;
  }

  onInterrupt(interrupt: () => void): () => void {
    if (interrupts.isIdle && process.listenerCount("SIGINT") > 0) return () => {};
    return interrupts.add(() => {
      if (!this.#listensToInterrupts) interrupt();
    });
  }

  onSignal(signal: string, callback: () => void): () => void {
    const stopListening = onSignal(signal, callback);
    if (signal === "SIGINT") this.#listensToInterrupts = true;
    return () => {
      stopListening();
      if (signal === "SIGINT") this.#listensToInterrupts = false;
    };
  }

  onExit(callback: () => void): () => void {
    return exits.add(callback);
  }

  announceExit(error: KeyboardInterrupt | SystemExit): void {
    exitByUncaught(error);
  }

  close(): void {
    this.cancelTurn();
  }
}
