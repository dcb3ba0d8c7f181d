import type { KeyboardInterrupt, SystemExit } from "../errors/exceptions.ts";

/**
 * The environment of an `EventLoop`: it tells the time and gives turns. A host serves one loop, and each request of the
 * loop (`requestTurn`, `requestTurnAt`, `awaitWakeUp`) replaces the one before.
 *
 * It has no counterpart in CPython, whose loops have a selector and a clock.
 */
export interface Host {
  /** In seconds: two times that are closer than this are the same instant. */
  readonly clockResolution: number;
  /** How long a loop runs in one turn before the host does other work, in seconds. The loop's option overrides it. */
  readonly turnBudget: number;
  /** Returns the time in seconds since some moment in the past. It never goes backwards. */
  time(): number;
  /** Asks the host to call `turn` once, as soon as it has served the other work that waits for it. */
  requestTurn(turn: () => void): void;
  /**
   * Asks the host to call `turn` once, at the time `when`.
   *
   * @param when - in seconds, as `time()` gives them
   * @param turn - may be called early: the loop then looks at the clock and asks again
   */
  requestTurnAt(when: number, turn: () => void): void;
  /**
   * Asks for no turn: the loop waits until something outside wakes it, and asks again then. If the program would end
   * because nothing is left to do, the host keeps it alive while something might wake the loop and code awaits the
   * loop.
   *
   * @param stuck - called once the host knows that nothing will ever wake the loop
   * @param isAwaited - tells whether code awaits the loop; without it the answer is yes
   */
  awaitWakeUp(stuck: () => void, isAwaited?: () => boolean): void;
  /** Drops the request: the loop has ended its run. */
  cancelTurn(): void;
  /**
   * Calls `interrupt` when the user presses Ctrl-C, unless the program has a listener of its own for it. A host without
   * Ctrl-C leaves this method out.
   *
   * @returns a function that removes the listener
   */
  onInterrupt?(interrupt: () => void): () => void;
  /**
   * Calls `callback` each time the operating system sends `signal`. While a callback listens to Ctrl-C in this way, the
   * host calls no `interrupt`. A host without signals leaves this method out.
   *
   * @param signal - the name of the signal, such as `"SIGTERM"`
   * @returns a function that removes the listener
   * @throws ValueError when there is no such signal
   * @throws RuntimeError when this signal cannot be caught, or no signal can be caught here
   */
  onSignal?(signal: string, callback: () => void): () => void;
  /**
   * Calls `callback` when the process ends, by itself or by `process.exit()`. Nothing runs after `callback`, so it must
   * do all its work before it returns: the loop reports lost exceptions in it. A host that does not know of the end
   * leaves this method out.
   *
   * @returns a function that removes the listener
   */
  onExit?(callback: () => void): () => void;
  /**
   * Announces an error with which the program asks to end. If no code catches it, the host ends the process as Python
   * would: with the exit status of the `SystemExit`, or with that of a program that Ctrl-C ended. A host without
   * processes leaves this method out.
   */
  announceExit?(error: KeyboardInterrupt | SystemExit): void;
  /** Releases all resources for good. The loop calls it when it is closed. */
  close(): void;
}
