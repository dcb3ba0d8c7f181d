import { interrupts } from "./node-signals.ts";

/** What might wake a loop. */
export interface Wakers {
  readonly count: number;
  /** When the last of the timers that a program has set is due, at the earliest; 0 when there is none. */
  readonly secondsUntilTimer: number;
}

/** What the diagnostic report says of a handle of libuv, or of its loop. */
interface Handle {
  readonly type: string;
  readonly is_active: boolean;
  /** Of a timer; Node has one for all of its own. */
  readonly firesInMsFromNow?: number;
  readonly signal?: string;
  readonly fd?: number;
}

/** What Node and its message ports always have: it tells nothing. An `unref`ed worker cannot be told from these. */
const alwaysThere = new Set(["async", "check", "idle", "loop", "prepare"]);

/**
 * Looks for what might wake a loop. Nothing but the diagnostic report knows of what was `unref`ed; it takes some milliseconds,
 * when all is idle. Where there is none, as in Deno and Bun, only what holds the process counts.
 */
export function wakers(): Wakers {
  const waking = wakingHandles(reportedHandles());
  return {
    count: waking.length,
    secondsUntilTimer: Math.max(0, ...waking.map(({ firesInMsFromNow = 0 }) => firesInMsFromNow / 1000)),
  };
}

/** Tells whether there is a `wakers` and an `isProcessHeld` here that know all. */
export function isWatchable(): boolean {
  return typeof (process.report as NodeJS.ProcessReport | undefined)?.getReport === "function";
}

/** Tells, to the callback of a timer that does not hold the process, whether anything does. */
export function isProcessHeld(): boolean {
  const isTimer = (type: string): boolean => type === "Timeout" || type === "Immediate";
  if (process.getActiveResourcesInfo().some(isTimer)) return true;
  return reportedHandles().some(({ type, is_active }) => type === "loop" && is_active);
}

function wakingHandles(handles: readonly Handle[]): Handle[] {
  // Node has one timer for all that a program sets, and makes it first. The others are the garbage collector's.
  const timer = handles.find(({ type }) => type === "timer");
  return handles.filter((handle) => {
    if (!handle.is_active || alwaysThere.has(handle.type)) return false;
    if (handle.type === "timer") return handle === timer;
    if (handle.type === "pipe") return !isUnheardChannel(handle);
    return handle.signal === undefined || !isUnheardSignal(handle.signal);
  });
}

function reportedHandles(): readonly Handle[] {
  const report = process.report as (NodeJS.ProcessReport & { excludeNetwork?: boolean }) | undefined;
  if (typeof report?.getReport !== "function") return [];
  const { excludeNetwork = false } = report;
  // It would ask the network for the names of those it is connected to.
  report.excludeNetwork = true;
  try {
    return (report.getReport() as { libuv?: readonly Handle[] }).libuv ?? [];
  } finally {
    report.excludeNetwork = excludeNetwork;
  }
}

/** What ends the program, as Ctrl-C, is none of the wake-ups that it waits for, nor is one at which Node writes a report. */
function isUnheardSignal(signal: string): boolean {
  const isOurs = signal === "SIGINT" && !interrupts.isIdle;
  const isReport = process.report.reportOnSignal && process.report.signal === signal;
  return process.listenerCount(signal) - refreshers(signal) <= Number(isOurs) + Number(isReport);
}

/** How many listeners of Node's own only measure a terminal anew whose window has changed; a program may hear of it from them. */
function refreshers(signal: string): number {
  if (signal !== "SIGWINCH" || process.stdout.listenerCount("resize") + process.stderr.listenerCount("resize") > 0)
    return 0;
  return process.listeners(signal).filter((listener) => String(listener).includes("_refreshSize")).length;
}

/** A process that Node forked is connected to its parent, whether or not it ever listens. */
function isUnheardChannel({ fd }: Handle): boolean {
  const channel = process.channel as { readonly fd?: number } | undefined;
  return fd !== undefined && fd === channel?.fd && process.listenerCount("message") === 0;
}
