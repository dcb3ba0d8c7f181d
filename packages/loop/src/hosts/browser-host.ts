import type { Host } from "./host.ts";
import { nameClass } from "../text/names.ts";
import { HostTimers } from "./host-timers.ts";
import { type MessageChannelClass, SelfMessages } from "./self-messages.ts";

/** Browsers may show a clock that moves in steps of a tenth of a second, so that nobody is known by it. */
const longestEarly = 0.25;

/**
 * A loop's place in the event loop of a page or a worker. Turns are messages that it posts to itself. They come between
 * the other tasks, input and painting included, and at once: neither the 4 ms hold them up that nested timers take at
 * the least, nor a hidden tab. What it cannot tell is whether anything will ever wake it, since a page does not end.
 *
 * In a hidden tab browsers let timers fire once a second, later once a minute, so deadlines come late there; what wakes
 * the loop from outside does not.
 *
 * Where there are no messages, as in the pages that jsdom imitates, turns are immediates or timers.
 */
export class BrowserHost implements Host {
  static {
    nameClass(this, "BrowserHost");
  }

  /** What the web lets pages see of their clock, which is finer where they are isolated from each other. */
  readonly clockResolution: number = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated
    ? 5e-6
    : 1e-4;
  readonly turnBudget = 0.001;
  readonly #timers = new HostTimers(() => this.#answer(), longestEarly);
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
    // A message that a turn posts would come before the timers that fell due in the turn, since the browser looks for
    // these after it: timers would be late by two turns instead of one. Going to and fro lets them be first.
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

  /** A timer has fired. What a timer sets is nested, and takes 4 ms at the least; what a message sets is not. */
  #answer(): void {
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
