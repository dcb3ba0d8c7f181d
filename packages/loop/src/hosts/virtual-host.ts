import type { Host } from "./host.ts";
import { nameClass } from "../text/names.ts";
import { soon } from "./soon.ts";
import { VirtualClock } from "./virtual-clock.ts";

/**
 * A host with a virtual clock. The clock shows the same time while the loop has work, and then jumps to the next deadline. So
 * an `EventLoop` on this host runs a program of many hours in milliseconds, and always in the same order. No event comes from
 * outside: a loop without work and without a deadline is stuck at once.
 */
export class VirtualHost implements Host {
  static {
    nameClass(this, "VirtualHost");
  }

  readonly #clock = new VirtualClock();
  readonly clockResolution: number = this.#clock.resolution;
  /** One iteration a turn: a loop that spins lets promises settle in between. */
  readonly turnBudget = 0;
  /** Numbers the requests, so that an older request does nothing. */
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
