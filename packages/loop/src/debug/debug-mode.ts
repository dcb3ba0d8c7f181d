/**
 * Debug mode: each loop has a switch, and one flag says whether any loop ever had it on. Weak maps hold what debug mode
 * remembers of an object, so that objects have no fields for it.
 *
 * @module
 */

/** Whether any loop is, or was, in debug mode. Until then debug mode costs nothing. */
export let isDebugging = false;

/** The loop calls it when its debug mode is switched on. */
export function beginDebugging(): void {
  isDebugging = true;
}

/** Tells whether `YIELDSTAR_DEBUG` is set in the environment, if there is one, and neither empty nor `0`. */
export function isDebugRequested(): boolean {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  const value = process?.env?.["YIELDSTAR_DEBUG"];
  return value !== undefined && value !== "" && value !== "0";
}
