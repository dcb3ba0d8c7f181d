import type { Host } from "../host.ts";
import { nameClass } from "../names.ts";

/** A browser fires a timer of more milliseconds than 31 bits hold at once. CPython caps its own at the same 24 hours. */
const longestTimeout = 24 * 3600;

/**
 * A loop's place in the event loop of a page or a worker. Turns are messages that it posts to itself. They come between
 * the other tasks, input and painting included, and at once: neither the 4 ms hold them up that nested timers take at
 * the least, nor a hidden tab. What it cannot tell is whether anything will ever wake it, since a page does not end.
 *
 * In a hidden tab browsers let timers fire once a second, later once a minute, so deadlines come late there; what wakes
 * the loop from outside does not.
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
  #channel: Channel | undefined;
  /** What is called at the next message. */
  #turn: (() => void) | undefined;
  #isPosted = false;
  #isInTurn = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer fires. One that fires before it is needed is left alone: that is cheaper than to set it anew. */
  #timerAt = Infinity;

  time(): number {
    return performance.now() / 1000;
  }

  requestTurn(turn: () => void): void {
    this.#turn = turn;
    if (this.#isPosted) return;
    this.#isPosted = true;
    this.#channel ??= this.#openChannel();
    // A message that a turn posts would come before the timers that fell due in the turn, since the browser looks for
    // these after it: timers would be late by two turns instead of one. Going to and fro lets them be first.
    const port = this.#isInTurn ? this.#channel.port1 : this.#channel.port2;
    port.postMessage(undefined);
  }

  requestTurnAt(when: number, turn: () => void): void {
    const delay = when - this.time();
    if (delay <= 0) {
      this.requestTurn(turn);
      return;
    }
    if (this.#timerAt <= when) return;
    clearTimeout(this.#timer);
    this.#timerAt = when;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#timerAt = Infinity;
        // What a timer sets is nested, and takes 4 ms at the least; what a message sets is not.
        this.requestTurn(turn);
      },
      Math.ceil(Math.min(delay, longestTimeout) * 1000),
    );
  }

  awaitWakeUp(): void {
    this.cancelTurn();
  }

  cancelTurn(): void {
    this.#turn = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerAt = Infinity;
  }

  close(): void {
    this.cancelTurn();
    this.#channel?.port1.close();
    this.#channel = undefined;
    this.#isPosted = false;
  }

  #openChannel(): Channel {
    const { MessageChannel } = globalThis as unknown as { MessageChannel: new () => Channel };
    const channel = new MessageChannel();
    const { port1, port2 } = channel;
    port1.addEventListener("message", () => this.#takeTurn());
    port2.addEventListener("message", () => port2.postMessage(undefined));
    port1.start();
    port2.start();
    return channel;
  }

  #takeTurn(): void {
    const turn = this.#turn;
    this.#turn = undefined;
    this.#isPosted = false;
    this.#isInTurn = true;
    try {
      turn?.();
    } finally {
      this.#isInTurn = false;
    }
  }
}

/** What is used of the `MessageChannel` of every browser: what one port posts, the other hears. */
interface Channel {
  readonly port1: Port;
  readonly port2: Port;
}

interface Port {
  addEventListener(type: "message", listener: () => void): void;
  close(): void;
  postMessage(message: undefined): void;
  start(): void;
}
