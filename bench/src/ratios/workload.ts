import type { Stopwatch } from "../shared/sampling.ts";
import type { Asyncio, Libraries, Mark } from "./systems.ts";

/**
 * A system's implementation of a workload: given its library, it returns a run. A run returns the value that `expected`
 * states.
 */
export type Implementation<Library> = (library: Library) => (stopwatch: Stopwatch) => unknown;

interface Row {
  /** The work, described for people in a few words. */
  readonly title: string;
  /** The value that every run of every system returns: it proves that the work was done. */
  readonly expected: unknown;
  /** Why a system is absent, if it cannot express the workload. */
  readonly absent?: { readonly [System in keyof Libraries | "cpython"]?: string };
}

/**
 * A workload that measures time. CPython's side is a `.py` file of the same name: by variant, a coroutine function that
 * does one run, which may take a stopwatch as here.
 */
export interface TimedWorkload extends Row {
  readonly measures: "time";
  /** How many operations a run does; the time is divided by it. */
  readonly operations: number;
  readonly systems: { readonly [System in keyof Libraries]?: Implementation<Libraries[System]> };
}

/** A workload that measures memory. */
export interface HeldWorkload extends Row {
  readonly measures: "bytes";
  /** How many objects are held; the bytes are divided by it. */
  readonly operations: number;
  /** A run makes its objects, calls `weigh` (which collects garbage first) when all exist, and lets go of them. */
  readonly systems: {
    readonly [System in keyof Libraries]?: (library: Libraries[System]) => (weigh: () => void) => unknown;
  };
}

export type Workload = TimedWorkload | HeldWorkload;

/** The rows of one file: `variant` is the key. A file with one row has the key `""`. */
export type Workloads = Readonly<Record<string, Workload>>;

/** Returns one program as the implementation for ours and for the floor under it. */
export function asyncio<I extends (library: Asyncio) => unknown>(program: I): { readonly ours: I; readonly floor: I } {
  return { ours: program, floor: program };
}

/** Marks nothing. */
export const unmarked: Mark = (generatorFunction) => generatorFunction;

/** Says why a build of our library cannot do a workload: the row shows that, and has not failed. */
export class Absent extends Error {}

/** The peers of a row whose program marks its functions, or differs in another way that only we have. */
export function onlyOurs(row: string): NonNullable<Row["absent"]> {
  const reason = `it does the same as in ${row}`;
  return { effect: reason, effection: reason, "redux-saga": reason, co: reason, cpython: reason };
}

/**
 * Returns the library's `coroutine`, which marks a generator function.
 *
 * @throws {Absent} if this build of the library has none.
 */
export function marked({ coroutine }: Asyncio): Mark {
  if (coroutine === undefined) throw new Absent("this build has no `coroutine`");
  return coroutine;
}
