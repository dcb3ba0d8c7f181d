import { repr, RuntimeError } from "@yieldstar/loop";
import { nameErrorClass, reprFloat } from "@yieldstar/loop/internal";

/** So many are named of what spins. */
const mostNamed = 10;

/**
 * Something is always ready, so that a virtual clock never moves: a program that polls for a time, or for what only the
 * world outside could bring, would go on for ever. Have it wait for what it polls for, or let some time pass.
 */
export class LivelockError extends RuntimeError {
  static {
    nameErrorClass(this, "LivelockError");
  }

  /**
   * @param time - what the clock shows, in seconds
   * @param steps - how many steps and callbacks it has seen while it stood
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
