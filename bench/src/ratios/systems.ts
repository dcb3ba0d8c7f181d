/** The systems of the table: those of `shared`, and the floor under ours. */

import * as shared from "../shared/systems.ts";

/** What a workload may use of our library, and finds in the floor too. */
export interface Asyncio extends Pick<
  typeof import("yieldstar"),
  | "asyncWith"
  | "ContextVar"
  | "createTask"
  | "fromPromise"
  | "gather"
  | "getRunningLoop"
  | "Lock"
  | "Queue"
  | "run"
  | "Semaphore"
  | "sleep"
  | "TaskGroup"
  | "timeout"
  | "TimeoutError"
  | "wait"
> {
  /** Marks a generator function. A build of an older commit lacks it. */
  readonly coroutine?: Mark;
}

/** Takes a generator function, and returns it. */
export type Mark = <F extends (...args: never[]) => Generator<unknown, unknown, unknown>>(generatorFunction: F) => F;

interface Floor extends Asyncio {
  /** Runs like `run`, but gives the host its turn after each iteration. */
  readonly runBesideHost: Asyncio["run"];
}

/** The argument of each system's implementations. */
export interface Libraries extends shared.Libraries {
  readonly floor: Floor;
}

export type SystemName = keyof Libraries;

/** Ours first, and the floor beside it. */
export const systemNames: readonly SystemName[] = ["ours", "floor", ...shared.systemNames.filter(isNotOurs)];

function isNotOurs(name: string): boolean {
  return name !== "ours";
}

/** Loads a system's library, in a process that loads no other. */
export async function loadLibrary<System extends SystemName>(system: System): Promise<Libraries[System]> {
  if (system !== "floor") return (await shared.loadLibrary(system)) as Libraries[System];
  // It has the same functions for the programs of the workloads, and no more of their types than they need.
  return (await import("./floor/index.ts")) as unknown as Libraries[System];
}
