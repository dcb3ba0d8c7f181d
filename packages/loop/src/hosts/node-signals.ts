import { RuntimeError, ValueError } from "../errors/exceptions.ts";
import { repr } from "../text/repr.ts";
import { SharedListener } from "./shared-listener.ts";

/** The listener for Ctrl-C, which is there while a program runs. */
export const interrupts: SharedListener = new SharedListener("SIGINT");

const signals = new Map<string, SharedListener>();

/** Does what `Host.onSignal` does, where there is a `process`. */
export function onSignal(signal: string, callback: () => void): () => void {
  requireSignal(signal);
  let listener = signals.get(signal);
  if (listener === undefined) signals.set(signal, (listener = new SharedListener(signal)));
  try {
    return listener.add(callback);
  } catch (error) {
    throw new RuntimeError(`sig ${signal} cannot be caught`, { cause: error });
  }
}

/** Tells whether the program has a listener of its own for Ctrl-C: a run then leaves Ctrl-C to the program. */
export function isInterruptClaimed(): boolean {
  const ours = [interrupts, signals.get("SIGINT")].filter((listener) => listener?.isIdle === false);
  return process.listenerCount("SIGINT") > ours.length;
}

/** Node accepts a listener for a name that is no signal, and any listener in a worker, and never calls it. */
function requireSignal(signal: string): void {
  const { getBuiltinModule } = process as Partial<NodeJS.Process>;
  if (getBuiltinModule === undefined) return;
  if (!(signal in getBuiltinModule("node:os").constants.signals))
    throw new ValueError(`invalid signal ${repr(signal)}`);
  if (!getBuiltinModule("node:worker_threads").isMainThread) {
    throw new RuntimeError("a worker has no signals: they come to the main thread only");
  }
}
