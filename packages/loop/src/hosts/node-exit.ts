import { KeyboardInterrupt, SystemExit } from "../errors/exceptions.ts";
import { SharedListener } from "./shared-listener.ts";

/** The listener for the end of the process. It comes before those of the program, which may call `process.exit()`. */
export const exits: SharedListener = new SharedListener("exit", "prependListener");

/** What a shell sees of a program that Ctrl-C ended: 128 and the signal's number. */
const interruptedExitCode = 130;

/** The errors with which programs have asked to end; should nobody catch them, they decide the exit status. */
const exitErrors = new WeakSet<Error>();
/** How many of them somebody still has, who may throw them. */
let held = 0;
const forgotten = new FinalizationRegistry(() => {
  held -= 1;
  if (held === 0) process.off("uncaughtExceptionMonitor", exitLikePython);
});

/**
 * Has the process end as Python would, should nobody catch `error`. Whether somebody does may turn out long after the
 * run: so this listener, unlike all others, stays until the error is collected.
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
    // Node still has to print it.
    process.once("exit", () => {
      process.exitCode = interruptedExitCode;
    });
  } else if (error instanceof SystemExit) {
    if (typeof error.code === "string") console.error(error.code);
    process.exit(typeof error.code === "string" ? 1 : error.code);
  }
}
