/** Measures rows: every system once, then all of them again, so that a disturbance of the machine hits all of them. */

import type { Effort, Samples } from "../shared/sampling.ts";
import { spread } from "../shared/statistics.ts";
import type { Row } from "./catalogue.ts";
import type { Contestant } from "./contestants.ts";
import { Absent } from "./workload.ts";

/** A system's result on a row. */
export interface Outcome {
  /** A figure for each round, in nanoseconds or bytes per operation; `undefined` for a round without this system. */
  readonly figures: readonly (number | undefined)[];
  /** Why there are no figures: the workload's reason, or an error. */
  readonly reason?: string;
  readonly failed?: boolean;
  /** The build of its library lacks what the row needs. */
  readonly isLacking?: boolean;
}

/** A row's outcomes, by system. */
export interface Measured {
  readonly row: Row;
  readonly outcomes: ReadonlyMap<string, Outcome>;
}

export interface Rounds {
  readonly processes: number;
  readonly effort: Effort;
  /** Is called before each process. */
  readonly onProcess?: (system: string, round: number) => void;
}

// A peer whose process takes longer gets fewer rounds: it is so slow that its noise does not matter.
const slow = 2; // seconds
const roundsOfSlow = 3;

/** Runs all rounds of a row. A system that fails in one round is left out of the others. */
export async function measureRow(row: Row, contestants: readonly Contestant[], rounds: Rounds): Promise<Measured> {
  const outcomes = new Map<string, Outcome>();
  for (const contestant of contestants) {
    const reason = contestant.absent(row);
    outcomes.set(contestant.name, reason === undefined ? { figures: [] } : { figures: [], reason });
  }
  const isSlow = new Set<string>();
  for (let round = 0; round < rounds.processes; round += 1) {
    for (const contestant of inTurn(contestants, round)) {
      const { name } = contestant;
      const outcome = outcomes.get(name);
      if (outcome === undefined || outcome.reason !== undefined) continue;
      if (isSlow.has(name) && round >= roundsOfSlow) continue;
      rounds.onProcess?.(name, round);
      const start = performance.now();
      outcomes.set(name, await next(outcome, contestant, row, rounds.effort));
      if (performance.now() - start > slow * 1000) isSlow.add(name);
    }
  }
  return { row, outcomes };
}

/** Reverses the order in every other round, so that no system always follows the same one. */
function inTurn(contestants: readonly Contestant[], round: number): readonly Contestant[] {
  return round % 2 === 0 ? contestants : [...contestants].reverse();
}

async function next(outcome: Outcome, contestant: Contestant, row: Row, effort: Effort): Promise<Outcome> {
  try {
    const samples = await contestant.measure(row, effort);
    return { figures: [...outcome.figures, figureOf(samples, row)] };
  } catch (error) {
    const reason = (error as Error).message;
    return error instanceof Absent ? { figures: [], reason, isLacking: true } : { figures: [], reason, failed: true };
  }
}

/**
 * A process's figure: the best of its times, since a disturbance only adds; the median of its weights, which garbage
 * moves both ways.
 */
function figureOf(samples: Samples, { workload }: Row): number {
  const { median, min } = spread(samples);
  return workload.measures === "time" ? min : median;
}
