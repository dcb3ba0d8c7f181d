import { repr, RuntimeError } from "@yieldstar/loop";
import { andMore, nameErrorClass, reprFloat, withHint } from "@yieldstar/loop/internal";

/** The text names at most this number of tasks and handles. */
const mostNamed = 10;
const hint =
  "time passes only when all tasks wait: sleep longer than 0, or await the event that the program polls for; " +
  "`stepLimit` allows more";

/**
 * Some task or callback is always ready, so that a virtual clock never moves. A program that polls for a time, or for
 * an event outside the loop, would run without end. Let it await the event that it polls for, or sleep longer than
 * zero.
 *
 * It has no counterpart in CPython.
 */
export class LivelockError extends RuntimeError {
  static {
    nameErrorClass(this, "LivelockError");
  }

  /**
   * @param time - the clock's time, in seconds
   * @param steps - the number of steps and callbacks that ran at this time
   * @param spinning - the tasks and handles that run again and again
   */
  constructor(time: number, steps: number, spinning: readonly unknown[]) {
    const lines = spinning.slice(0, mostNamed).map((each) => `\n  ${repr(each)}`);
    if (spinning.length > mostNamed) lines.push(`\n  ${andMore(spinning.length - mostNamed)}`);
    const fact = `the clock still shows ${reprFloat(time)} after ${steps} steps, because these are always ready:`;
    super(`${fact}${lines.join("")}\n${withHint("", hint).trimStart()}`);
  }
}
