import type { KeyboardInterrupt, SystemExit } from "../errors/exceptions.ts";

/**
 * What a loop needs of the world it lives in: the time, and to be called again. It is to an `EventLoop` what a selector
 * is to CPython's. A host serves one loop, and what the loop asked for last replaces what it asked for before.
 */
export interface Host {
  /** How far apart two readings of `time()` may be and still mean the same instant, in seconds. */
  readonly clockResolution: number;
  /** How long a loop may run on in one turn before it lets the host do other work, in seconds; the loop's own goes first. */
  readonly turnBudget: number;
  /** Returns the time in seconds since some moment in the past. It never goes backwards. */
  time(): number;
  /** Asks for a turn as soon as the host has served what else waits for it. */
  requestTurn(turn: () => void): void;
  /** Asks for a turn at the time `when`. It may come early: the loop looks at the clock again. */
  requestTurnAt(when: number, turn: () => void): void;
  /**
   * Asks for no turn: the loop waits for a wake-up from outside, upon which it will ask again. Where a program ends when
   * nothing is left to do, the host keeps it alive for as long as something might wake the loop and somebody awaits it.
   *
   * @param stuck - called if the host can tell that nothing will ever wake the loop
   * @param isAwaited - tells whether somebody waits for what the loop does
   */
  awaitWakeUp(stuck: () => void, isAwaited?: () => boolean): void;
  /** Takes back what was asked for: the loop does not run any more. */
  cancelTurn(): void;
  /**
   * Has `interrupt` called when the user asks the program to end (Ctrl-C), where there is such a thing and nobody else
   * has claimed it.
   *
   * @returns takes it back
   */
  onInterrupt?(interrupt: () => void): () => void;
  /**
   * Has `callback` called at each `signal` that the operating system sends, where there is such a thing. While Ctrl-C is
   * listened to in this way, the host calls no `interrupt`.
   *
   * @param signal - its name, as in "SIGTERM"
   * @returns takes it back
   * @throws ValueError when there is no such signal
   * @throws RuntimeError when this signal cannot be caught, or none can be here
   */
  onSignal?(signal: string, callback: () => void): () => void;
  /**
   * Has `callback` called when the process ends, by itself or by `process.exit()`, where there is such a thing: the loop
   * reports the errors that were lost. It must be done when it returns, since nothing runs after it.
   *
   * @returns a function that ends the listening
   */
  onExit?(callback: () => void): () => void;
  /**
   * Told of the error with which a program asks to end. Should nobody catch it, the host ends as Python would: with the
   * exit status that `SystemExit` names, or as one that Ctrl-C has ended.
   */
  announceExit?(error: KeyboardInterrupt | SystemExit): void;
  /** Lets go of everything, for good. */
  close(): void;
}
