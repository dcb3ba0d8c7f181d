import { KeyboardInterrupt } from "../exceptions.ts";
import type { Host } from "../host.ts";

/** Node fires a longer timer at once. CPython caps what it asks its selector for at the same 24 hours. */
const longestTimeout = 24 * 3600;

/** What a shell sees of a program that Ctrl-C ended: 128 and the signal's number. */
const interruptedExitCode = 130;

/** A loop's place in Node's own: turns are immediates, which come after the timers and sockets of each round. */
export class NodeHost implements Host {
  readonly clockResolution = 1e-6;
  readonly turnBudget = 0.0005;
  #immediate: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer fires. One that fires before it is needed is left alone: that is cheaper than to set it anew. */
  #timerAt = Infinity;
  #stuck: (() => void) | undefined;

  time(): number {
    return performance.now() / 1000;
  }

  requestTurn(turn: () => void): void {
    this.#stopWatching();
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
    this.#stopWatching();
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
    this.#stuck = stuck;
    // Node is about to exit: no socket, timer or child process is left that could wake the loop.
    process.once("beforeExit", stuck);
  }

  cancelTurn(): void {
    this.#stopWatching();
    clearImmediate(this.#immediate);
    clearTimeout(this.#timer);
    this.#immediate = this.#timer = undefined;
    this.#timerAt = Infinity;
  }

  onInterrupt(interrupt: () => void): () => void {
    if (process.listenerCount("SIGINT") > 0) return () => {};
    const listener = (): void => {
      exitAsInterrupted();
      interrupt();
    };
    process.on("SIGINT", listener);
    return () => process.off("SIGINT", listener);
  }

  close(): void {
    this.cancelTurn();
  }

  #stopWatching(): void {
    if (this.#stuck === undefined) return;
    process.off("beforeExit", this.#stuck);
    this.#stuck = undefined;
  }
}

let interrupted = false;

/** From the first Ctrl-C on, a program that a `KeyboardInterrupt` ends exits as CPython's would. */
function exitAsInterrupted(): void {
  if (interrupted) return;
  interrupted = true;
  process.on("uncaughtExceptionMonitor", (error) => {
    if (!(error instanceof KeyboardInterrupt)) return;
    process.once("exit", () => {
      process.exitCode = interruptedExitCode;
    });
  });
}
