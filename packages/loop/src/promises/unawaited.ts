/**
 * Rejections of promises whose `fromPromise` was not awaited yet. If it never is, the rejection is unhandled: the host
 * gets it when the garbage collector finds the coroutine, or the process reports it when it ends.
 *
 * @module
 */

import { defaultHost } from "../hosts/default-host.ts";
import { reportAtExit } from "../reports/reports.ts";

/** A rejection. A coroutine and its registration share the object. */
export interface Rejection {
  readonly reason: unknown;
}

const lost = new Set<Rejection>();
let stopListening: (() => void) | undefined;

let registry: FinalizationRegistry<Rejection> | undefined;

/** Remembers a rejection that `holder`, a coroutine, got before it was awaited. */
export function noteRejection(holder: object, reason: unknown): Rejection {
  const rejection = { reason };
  registry ??= new FinalizationRegistry((unawaited) => {
    forget(unawaited);
    void Promise.reject(unawaited.reason);
  });
  registry.register(holder, rejection, holder);
  lost.add(rejection);
  stopListening ??= defaultHost().onExit?.(reportAll);
  return rejection;
}

/** Forgets the rejection of a coroutine that was awaited or closed. */
export function forgetRejection(holder: object, rejection: Rejection): void {
  registry?.unregister(holder);
  forget(rejection);
}

function forget(rejection: Rejection): void {
  lost.delete(rejection);
  if (lost.size > 0) return;
  stopListening?.();
  stopListening = undefined;
}

/** Reports at the end of the process. As for unhandled rejections in Node, its exit status is then 1 by default. */
function reportAll(): void {
  for (const { reason } of lost)
    reportAtExit("A promise was rejected, and its fromPromise() was never awaited", reason);
  lost.clear();
  const { process } = globalThis as { process?: { exitCode?: number | string | null | undefined } };
  if (process !== undefined) process.exitCode ??= 1;
}
