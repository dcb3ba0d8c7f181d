import type { Host } from "./host.ts";
import { nameClass } from "../text/names.ts";
import { soon } from "./soon.ts";
import { VirtualClock } from "./virtual-clock.ts";

/**
 * A host with a virtual clock: time stops while the loop has something to do, and then jumps to the next deadline. A
 * program of many hours runs in an instant, and always in the same order. The clock begins at 0. Turns are microtasks:
 * timers and sockets cannot wake the loop. If nothing is ready and no timer is set, the loop is in a deadlock at once.
 *
 * It has no counterpart in CPython.
 */
export class VirtualHost implements Host {
  static {
    nameClass(this, "VirtualHost");
  }

  readonly #clock = new VirtualClock();
  readonly clockResolution: number = this.#clock.resolution;
  /** One iteration a turn: promises settle in between, also if the loop is never idle. */
  readonly turnBudget = 0;
  /** The number of the last request: older ones do nothing. */
  #request = 0;

  time(): number {
    return this.#clock.time();
  }

  requestTurn(turn: () => void): void {
    this.requestTurnAt(this.#clock.time(), turn);
  }

  requestTurnAt(when: number, turn: () => void): void {
    const request = ++this.#request;
    soon(() => {
      if (request !== this.#request) return;
      this.#clock.jumpTo(when);
      turn();
    });
  }

  awaitWakeUp(stuck: () => void): void {
    this.requestTurnAt(this.#clock.time(), stuck);
  }

  cancelTurn(): void {
    this.#request += 1;
  }

  close(): void {
    this.cancelTurn();
  }
}
