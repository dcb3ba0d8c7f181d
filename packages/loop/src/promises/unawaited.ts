/**
 * Rejections that came when nobody had awaited the promise yet. If then nobody ever does, they are unhandled: the host is
 * told when the collector finds it, or when the process ends.
 *
 * @module
 */

import { defaultHost } from "../hosts/default-host.ts";
import { reportAtExit } from "../reports/reports.ts";

/** What a promise was rejected with. */
export interface Rejection {
  readonly reason: unknown;
}

const lost = new Set<Rejection>();
let stopListening: (() => void) | undefined;

let registry: FinalizationRegistry<Rejection> | undefined;

/** `holder` has got a rejection and was not awaited yet. */
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

/** It was awaited, or given up. */
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

/** As Node does with unhandled rejections, it ends as failed, unless the program has chosen how it ends. */
function reportAll(): void {
  for (const { reason } of lost)
    reportAtExit("A promise was rejected, and its fromPromise() was never awaited", reason);
  lost.clear();
  const { process } = globalThis as { process?: { exitCode?: number | string | null | undefined } };
  if (process !== undefined) process.exitCode ??= 1;
}
