import { interrupts } from "./node-signals.ts";

/** The things in the process that might wake a loop. */
export interface Wakers {
  readonly count: number;
  /** The seconds until the first of the program's timers fires; 0 if there is none. The others fire no earlier. */
  readonly secondsUntilTimer: number;
}

/** The description of a handle of libuv, or of its loop, in the diagnostic report. */
interface Handle {
  readonly type: string;
  readonly is_active: boolean;
  /** Only of a timer. Node has one timer for all that programs set. */
  readonly firesInMsFromNow?: number;
  readonly signal?: string;
  readonly fd?: number;
}

/** The types of handles that Node and its message ports always have. An `unref`ed worker looks the same. */
const alwaysThere = new Set(["async", "check", "idle", "loop", "prepare"]);

/**
 * Looks for things that might wake a loop. Only Node's diagnostic report shows an `unref`ed resource. Making the report
 * takes some milliseconds, at a time when all is idle. Deno and Bun have no report: the result is empty there.
 */
export function wakers(): Wakers {
  const waking = wakingHandles(reportedHandles());
  return {
    count: waking.length,
    secondsUntilTimer: Math.max(0, ...waking.map(({ firesInMsFromNow = 0 }) => firesInMsFromNow / 1000)),
  };
}

/** Tells whether this environment has a report, so that `wakers` and `isProcessHeld` know all. */
export function isWatchable(): boolean {
  return typeof (process.report as NodeJS.ProcessReport | undefined)?.getReport === "function";
}

/** Tells whether anything holds the process. For the callback of a timer that does not hold it. */
export function isProcessHeld(): boolean {
  const isTimer = (type: string): boolean => type === "Timeout" || type === "Immediate";
  if (process.getActiveResourcesInfo().some(isTimer)) return true;
  return reportedHandles().some(({ type, is_active }) => type === "loop" && is_active);
}

function wakingHandles(handles: readonly Handle[]): Handle[] {
  // Node has one timer for all that a program sets, and makes it first. The other timers are the garbage collector's.
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
  // Otherwise the report would ask the network for the names of the peers of each socket.
  report.excludeNetwork = true;
  try {
    return (report.getReport() as { libuv?: readonly Handle[] }).libuv ?? [];
  } finally {
    report.excludeNetwork = excludeNetwork;
  }
}

/**
 * Tells whether no listener of the program hears `signal`. Our listener for Ctrl-C ends the program, and that of Node
 * for the signal of its report writes the report: neither wakes a loop.
 */
function isUnheardSignal(signal: string): boolean {
  const isOurs = signal === "SIGINT" && !interrupts.isIdle;
  const isReport = process.report.reportOnSignal && process.report.signal === signal;
  return process.listenerCount(signal) - refreshers(signal) <= Number(isOurs) + Number(isReport);
}

/** Counts Node's own listeners that only measure the terminal again, unless the program listens to "resize" of it. */
function refreshers(signal: string): number {
  if (signal !== "SIGWINCH" || process.stdout.listenerCount("resize") + process.stderr.listenerCount("resize") > 0)
    return 0;
  return process.listeners(signal).filter((listener) => String(listener).includes("_refreshSize")).length;
}

/** Tells whether a pipe is the channel of a forked process to its parent, and the program does not listen to it. */
function isUnheardChannel({ fd }: Handle): boolean {
  const channel = process.channel as { readonly fd?: number } | undefined;
  return fd !== undefined && fd === channel?.fd && process.listenerCount("message") === 0;
}
