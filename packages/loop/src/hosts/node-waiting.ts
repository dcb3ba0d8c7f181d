import { interrupts } from "./node-signals.ts";
import { SharedListener } from "./shared-listener.ts";

/** After how many seconds it is looked again whether a wake-up can still come: at first, and at the most. */
const firstLook = 0.1;
const longestUntilLook = 60;

const beforeExit = new SharedListener("beforeExit");
/** The loops that have nothing to do and no timer, each by what it is told if it will never be woken. */
const waiting = new Set<() => void>();
let untilLook = firstLook;
/** Until it fires there is no need to look: loops may be woken and wait again many times. */
let holding: NodeJS.Timeout | undefined;
let stopListening = (): void => {};

/**
 * Keeps the process alive for a loop that only something outside can wake.
 *
 * Node exits when it has nothing left that holds it. What was `unref`ed, and a listener for a signal, do not hold it,
 * but may well wake a loop: a program that waits for it in Python would go on. So as long as there is any such thing the
 * process is held by a timer. A promise or a future counts for nothing by itself: when nothing is left that could settle
 * it, to wait for it is a deadlock.
 *
 * @param stuck - called when nothing is left that could wake the loop
 * @returns ends the waiting
 */
export function holdProcess(stuck: () => void): () => void {
  if (waiting.size === 0) {
    stopListening = beforeExit.add(look);
    holding?.ref();
  }
  waiting.add(stuck);
  return () => {
    if (!waiting.delete(stuck) || waiting.size > 0) return;
    stopListening();
    holding?.unref();
  };
}

/** Node has nothing left to do, and would exit. */
function look(): void {
  const handles = wakingHandles();
  if (handles.length === 0) {
    for (const stuck of waiting) stuck();
    return;
  }
  const untilTimer = Math.max(...handles.map(({ firesInMsFromNow = 0 }) => firesInMsFromNow / 1000));
  const seconds = Math.min(Math.max(untilLook, untilTimer), longestUntilLook);
  holding = setTimeout(() => (holding = undefined), seconds * 1000);
  untilLook *= 2;
}

/** What the diagnostic report says of a handle of libuv. */
interface Handle {
  readonly type: string;
  readonly is_active: boolean;
  /** Of a timer; Node has one for all of its own. */
  readonly firesInMsFromNow?: number;
  readonly signal?: string;
  readonly fd?: number;
}

/** What Node and its message ports always have: it tells nothing. An `unref`ed worker cannot be told from these. */
const alwaysThere = new Set(["async", "check", "idle", "prepare"]);

/**
 * What might wake a loop. Nothing but the diagnostic report knows of what was `unref`ed; it takes some milliseconds,
 * when all is idle. Where there is none, as in Deno and Bun, only what holds the process counts.
 */
function wakingHandles(): Handle[] {
  const handles = reportedHandles();
  // Node has one timer for all that a program sets, and makes it first. The others are the garbage collector's.
  const timer = handles.find(({ type }) => type === "timer");
  return handles.filter((handle) => {
    if (!handle.is_active || alwaysThere.has(handle.type)) return false;
    if (handle.type === "timer") return handle === timer;
    if (handle.type === "pipe") return !isUnheardChannel(handle);
    return handle.signal !== "SIGINT" || !isOnlyForInterrupts();
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

/** Ctrl-C would end the program: it is none of the wake-ups that the program waits for. */
function isOnlyForInterrupts(): boolean {
  return !interrupts.isIdle && process.listenerCount("SIGINT") === 1;
}

/** A process that Node forked is connected to its parent, whether or not it ever listens. */
function isUnheardChannel({ fd }: Handle): boolean {
  const channel = process.channel as { readonly fd?: number } | undefined;
  return fd !== undefined && fd === channel?.fd && process.listenerCount("message") === 0;
}
