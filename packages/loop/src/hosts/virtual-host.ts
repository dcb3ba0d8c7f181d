import type { Host } from "./host.ts";
import { nameClass } from "../text/names.ts";
import { soon } from "./soon.ts";

/**
 * A host whose clock stands still while there is something to do and then jumps to the next deadline: an `EventLoop` on
 * it runs a program of many hours in no time, and always in the same order. It knows no world outside: a loop with
 * nothing to do and no deadline is stuck at once.
 */
export class VirtualHost implements Host {
  static {
    nameClass(this, "VirtualHost");
  }

  readonly clockResolution = 1e-9;
  /** One iteration a turn: a loop that spins lets promises settle in between. */
  readonly turnBudget = 0;
  #now = 0;
  /** Counts what was asked for, so that an older request does nothing. */
  #request = 0;

  time(): number {
    return this.#now;
  }

  requestTurn(turn: () => void): void {
    this.requestTurnAt(this.#now, turn);
  }

  requestTurnAt(when: number, turn: () => void): void {
    const request = ++this.#request;
    soon(() => {
      if (request !== this.#request) return;
      this.#now = Math.max(this.#now, when);
      turn();
    });
  }

  awaitWakeUp(stuck: () => void): void {
    this.requestTurnAt(this.#now, stuck);
  }

  cancelTurn(): void {
    this.#request += 1;
  }

  close(): void {
    this.cancelTurn();
  }
}
