import { KeyboardInterrupt, SystemExit } from "../errors/exceptions.ts";
import { SharedListener } from "./shared-listener.ts";

/** The listener for the end of the process. It runs before the program's listeners: these may call `process.exit()`. */
export const exits: SharedListener = new SharedListener("exit", "prependListener");

/** The exit status that a shell gives a program which Ctrl-C ended: 128 plus the signal's number. */
const interruptedExitCode = 130;

/** The errors with which programs have asked to end. An error that no code catches decides the exit status. */
const exitErrors = new WeakSet<Error>();
/** How many of these errors were not collected yet: the program may still throw them. */
let held = 0;
const forgotten = new FinalizationRegistry(() => {
  held -= 1;
  if (held === 0) process.off("uncaughtExceptionMonitor", exitLikePython);
});

/**
 * If no code catches `error`, ends the process as Python would. The program may throw it long after the run, so this
 * listener, unlike all others, stays until the error is collected.
 */
export function exitByUncaught(error: KeyboardInterrupt | SystemExit): void {
  if (exitErrors.has(error)) return;
  exitErrors.add(error);
  forgotten.register(error, undefined);
  if (held === 0) process.on("uncaughtExceptionMonitor", exitLikePython);
  held += 1;
}

function exitLikePython(error: Error): void {
  if (!exitErrors.has(error)) return;
  if (error instanceof KeyboardInterrupt) {
    // Node prints the error before that.
    process.once("exit", () => {
      process.exitCode = interruptedExitCode;
    });
  } else if (error instanceof SystemExit) {
    if (typeof error.code === "string") console.error(error.code);
    process.exit(typeof error.code === "string" ? 1 : error.code);
  }
}
