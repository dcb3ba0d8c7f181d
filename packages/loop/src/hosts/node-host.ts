import type { KeyboardInterrupt, SystemExit } from "../errors/exceptions.ts";
import { nameClass } from "../text/names.ts";
import type { Host } from "./host.ts";
import { exitByUncaught, exits } from "./node-exit.ts";
import { HostTimers } from "./host-timers.ts";
import { interrupts, isInterruptClaimed, onSignal } from "./node-signals.ts";
import { ProcessHold } from "./node-waiting.ts";

/** In seconds. Node counts whole milliseconds, and may begin in the middle of one. */
const longestEarly = 0.005;

/**
 * The host of a loop on Node, Deno and Bun. A turn is an immediate, which runs after the timers and sockets of each
 * round of Node's own loop. While a loop waits, the host keeps the process alive as long as anything can wake the loop.
 * On Node a deadlock is an error.
 *
 * It has no counterpart in CPython.
 */
export class NodeHost implements Host {
  static {
    nameClass(this, "NodeHost");
  }

  readonly clockResolution = 1e-6;
  readonly turnBudget = 0.0001;
  readonly #timers = new HostTimers(() => this.#takeTurn(), longestEarly);
  readonly #hold = new ProcessHold();
  #turn: (() => void) | undefined;
  /** How many callbacks listen to Ctrl-C through `onSignal`: two while one replaces another. */
  #interruptListeners = 0;

  time(): number {
    return this.#timers.time();
  }

  requestTurn(turn: () => void): void {
    this.#hold.wake();
    this.#turn = turn;
    this.#timers.requestSoon();
  }

  requestTurnAt(when: number, turn: () => void): void {
    this.#hold.wake();
    this.#turn = turn;
    if (!this.#timers.requestAt(when)) this.#timers.requestSoon();
  }

  awaitWakeUp(stuck: () => void, isAwaited?: () => boolean): void {
    this.#turn = undefined;
    this.#timers.cancel();
    this.#hold.wait(stuck, isAwaited);
  }

  cancelTurn(): void {
    this.#turn = undefined;
    this.#timers.cancel();
    this.#hold.end();
  }

  onInterrupt(interrupt: () => void): () => void {
    if (isInterruptClaimed()) return () => {};
    return interrupts.add(() => {
      if (this.#interruptListeners === 0) interrupt();
    });
  }

  onSignal(signal: string, callback: () => void): () => void {
    const stopListening = onSignal(signal, callback);
    const count = signal === "SIGINT" ? 1 : 0;
    this.#interruptListeners += count;
    return () => {
      stopListening();
      this.#interruptListeners -= count;
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

  #takeTurn(): void {
    const turn = this.#turn;
    this.#turn = undefined;
    turn?.();
  }
}
