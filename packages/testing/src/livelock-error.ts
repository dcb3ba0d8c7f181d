import { repr, RuntimeError } from "@yieldstar/loop";
import { nameErrorClass, reprFloat } from "@yieldstar/loop/internal";

/** The text names at most this number of tasks and handles. */
const mostNamed = 10;

/**
 * Some task or callback is always ready, so that a virtual clock never moves. A program that polls for a time, or for an
 * event outside the loop, would run without end. Let it await the event that it polls for, or sleep longer than zero.
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
    if (spinning.length > mostNamed) lines.push(`\n  … and ${spinning.length - mostNamed} more`);
    super(
      `the clock has stood at ${reprFloat(time)} for ${steps} steps, since these are always ready:${lines.join("")}\n` +
        "(hint: time passes only when all wait: sleep longer than 0, or await what is polled for; `stepLimit` allows more)",
    );
  }
}
