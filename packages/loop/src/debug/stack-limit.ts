/**
 * The limit on the lines of a stack, which debug mode raises while it runs a step. A marked function takes three lines:
 * its own, that of the built-in `next` and that of our frame. V8's ten lines would show four functions.
 *
 * @module
 */

const raised = 300;

/** Whether there may be stacks that are longer than the program has asked for. */
export let hasLongStacks = false;

/** Raises the limit for the errors that are made from now on, unless the program wants no stacks, or longer ones. */
export function raiseStackLimit(): void {
  hasLongStacks = true;
  // Other engines have no limit. By `Reflect.set`, which does not throw where `Error` is frozen.
  const { stackTraceLimit } = Error;
  if (stackTraceLimit > 0 && stackTraceLimit < raised) Reflect.set(Error, "stackTraceLimit", raised);
}

/** Sets a raised limit to `limit`, unless the program has set another since. */
export function restoreStackLimit(limit: number): void {
  if (Error.stackTraceLimit === raised) Reflect.set(Error, "stackTraceLimit", limit);
}
