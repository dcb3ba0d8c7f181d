import { KeyboardInterrupt, SystemExit } from "../exceptions.ts";

/** What a shell sees of a program that Ctrl-C ended: 128 and the signal's number. */
const interruptedExitCode = 130;

/** The errors with which programs have asked to end; should nobody catch them, they decide the exit status. */
const exits = new WeakSet<Error>();
let isMonitored = false;

/**
 * Has the process end as Python would, should nobody catch `error`. Whether somebody does may turn out long after the
 * run: so this listener, unlike all others, stays.
 */
export function exitByUncaught(error: KeyboardInterrupt | SystemExit): void {
  exits.add(error);
  if (isMonitored) return;
  isMonitored = true;
  process.on("uncaughtExceptionMonitor", exitLikePython);
}

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
