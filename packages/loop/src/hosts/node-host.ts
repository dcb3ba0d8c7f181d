import { KeyboardInterrupt, SystemExit } from "../exceptions.ts";
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
  #stopWatching: () => void = () => {};

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
    this.#stopWatching = beforeExit.add(stuck);
  }

  cancelTurn(): void {
    this.#stopWatching();
    clearImmediate(this.#immediate);
    clearTimeout(this.#timer);
    this.#immediate = this.#timer = undefined;
    this.#timerAt = Infinity;
  }

  onInterrupt(interrupt: () => void): () => void {
    return interrupts.isIdle && process.listenerCount("SIGINT") > 0 ? () => {} : interrupts.add(interrupt);
  }

  announceExit(error: KeyboardInterrupt | SystemExit): void {
    exits.add(error);
    if (isMonitored) return;
    isMonitored = true;
    process.on("uncaughtExceptionMonitor", exitLikePython);
  }

  close(): void {
    this.cancelTurn();
  }
}

/** One listener for all loops, which is there only while one of them has a use for it. */
class SharedListener {
  readonly #event: string;
  readonly #callbacks = new Set<() => void>();

  constructor(event: string) {
    this.#event = event;
  }

  get isIdle(): boolean {
    return this.#callbacks.size === 0;
  }

  /** Has `callback` called when the event comes; returns what takes it back. */
  add(callback: () => void): () => void {
    if (this.isIdle) process.on(this.#event, this.#listener);
    this.#callbacks.add(callback);
    return () => {
      if (this.#callbacks.delete(callback) && this.isIdle) process.off(this.#event, this.#listener);
    };
  }

  readonly #listener = (): void => {
    for (const callback of this.#callbacks) callback();
  };
}

/** Node is about to exit: no socket, timer or child process is left that could wake a loop. */
const beforeExit = new SharedListener("beforeExit");
const interrupts = new SharedListener("SIGINT");

/** The errors with which programs have asked to end; should nobody catch them, they decide the exit status. */
const exits = new WeakSet<Error>();
let isMonitored = false;

function exitLikePython(error: Error): void {
  if (!exits.has(error)) return;
  if (error instanceof KeyboardInterrupt) {
    // Node still has to print it.
    process.once("exit", () => {
      process.exitCode = interruptedExitCode;
    });
  } else if (error instanceof SystemExit) {
    if (typeof error.code === "string") console.error(error.code);
    process.exit(typeof error.code === "string" ? 1 : error.code);
  }
}
