import type { Stopwatch } from "../shared/sampling.ts";
import type { Libraries } from "../shared/systems.ts";

/** How a system does a workload: given its library, it returns what one run is. A run returns what `expected` says. */
export type Implementation<Library> = (library: Library) => (stopwatch: Stopwatch) => unknown;

interface Row {
  /** What is done, for people, in a few words. */
  readonly title: string;
  /** What every run of every system returns: that it has done the work. */
  readonly expected: unknown;
  /** Why a system is not here, for those that cannot express the workload. */
  readonly absent?: { readonly [System in keyof Libraries]?: string };
}

/**
 * A workload that costs time. CPython's side stands in a file of the same name that ends in `.py`: by variant, a
 * coroutine function that does one run, which may take a stopwatch as here.
 */
export interface TimedWorkload extends Row {
  readonly measures: "time";
  /** How many operations a run does: the time is divided by it. */
  readonly operations: number;
  readonly systems: { readonly [System in keyof Libraries]?: Implementation<Libraries[System]> };
}

/** A workload that holds memory. */
export interface HeldWorkload extends Row {
  readonly measures: "bytes";
  /** How many things are held: the bytes are divided by it. */
  readonly operations: number;
  /** A run begins to hold, calls `weigh` (which collects garbage first) once all is held, and lets go. */
  readonly systems: {
    readonly [System in keyof Libraries]?: (library: Libraries[System]) => (weigh: () => void) => unknown;
  };
}

export type Workload = TimedWorkload | HeldWorkload;

/** The rows of one file: `variant` is the key. A file with one row has the key `""`. */
export type Workloads = Readonly<Record<string, Workload>>;
