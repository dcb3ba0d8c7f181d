/**
 * Debug mode: a switch of each loop, and one flag that tells whether any loop has ever had it on. What debug mode remembers is
 * kept beside the objects, so that without it they carry nothing for it.
 *
 * @module
 */

/** Whether any loop is, or was, in debug mode: until then nothing here costs anything. */
export let isDebugging = false;

/** Called when a loop's debug mode is switched on. */
export function beginDebugging(): void {
  isDebugging = true;
}

/** Tells whether `YIELDSTAR_DEBUG` is set in the environment, where there is one. */
export function isDebugRequested(): boolean {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  const value = process?.env?.["YIELDSTAR_DEBUG"];
  return value !== undefined && value !== "" && value !== "0";
}
