import type { Host } from "./host.ts";
import { nameClass } from "../text/names.ts";
import { HostTimers } from "./host-timers.ts";
import { type MessageChannelClass, SelfMessages } from "./self-messages.ts";

/** In seconds. To hinder fingerprinting, a browser may let its clock move in steps of a tenth of a second. */
const longestEarly = 0.25;

/**
 * The host of a loop in a page or a web worker. A turn is a message that the host posts to itself. Turns alternate with
 * the page's other work, such as input and painting. They come at once: neither the 4 ms that nested timers take at
 * least nor a hidden tab delays them. The host cannot tell whether anything will ever wake the loop, since a page does
 * not end: a deadlock is no error here.
 *
 * In a hidden tab a browser fires timers once a second, and later once a minute, so deadlines are late there. A wake-up
 * from outside is not.
 *
 * Without `MessageChannel`, as in a page that jsdom imitates, turns are immediates or timers.
 *
 * It has no counterpart in CPython.
 */
export class BrowserHost implements Host {
  static {
    nameClass(this, "BrowserHost");
  }

  /** In seconds: the steps of the clock that a page sees. They are finer in a page that is cross-origin isolated. */
  readonly clockResolution: number = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated
    ? 5e-6
    : 1e-4;
  readonly turnBudget = 0.001;
  readonly #timers = new HostTimers(() => this.#onTimer(), longestEarly);
  #messages: SelfMessages | undefined;
  #turn: (() => void) | undefined;
  #isPosted = false;
  #isInTurn = false;

  time(): number {
    return this.#timers.time();
  }

  requestTurn(turn: () => void): void {
    this.#turn = turn;
    if (this.#isPosted) return;
    const messages = this.#messages ?? this.#openMessages();
    if (messages === undefined) {
      this.#timers.requestSoon();
      return;
    }
    this.#isPosted = true;
    // The browser looks for due timers after the turn, so a message from inside the turn would come before the timers
    // that fell due meanwhile, and these would be late by two turns instead of one. A round trip lets them come first.
    messages.post(this.#isInTurn);
  }

  requestTurnAt(when: number, turn: () => void): void {
    this.#turn = turn;
    if (!this.#timers.requestAt(when)) this.requestTurn(turn);
  }

  awaitWakeUp(): void {
    this.cancelTurn();
  }

  cancelTurn(): void {
    this.#turn = undefined;
    this.#timers.cancel();
  }

  close(): void {
    this.cancelTurn();
    this.#messages?.close();
    this.#messages = undefined;
    this.#isPosted = false;
  }

  #openMessages(): SelfMessages | undefined {
    const { MessageChannel } = globalThis as { MessageChannel?: MessageChannelClass };
    if (MessageChannel === undefined) return undefined;
    return (this.#messages = new SelfMessages(MessageChannel, () => {
      this.#isPosted = false;
      this.#takeTurn();
    }));
  }

  /** Takes the turn in a message: a timer set inside a timer's callback takes at least 4 ms, inside a message's not. */
  #onTimer(): void {
    const turn = this.#turn;
    if (turn === undefined) return;
    if (this.#messages === undefined) this.#takeTurn();
    else this.requestTurn(turn);
  }

  #takeTurn(): void {
    const turn = this.#turn;
    this.#turn = undefined;
    this.#isInTurn = true;
    try {
      turn?.();
    } finally {
      this.#isInTurn = false;
    }
  }
}
