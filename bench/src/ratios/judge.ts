/** Judges the figures: ratios, and whether our targets and claims hold. */

import { ratios, spread, type Spread } from "../shared/statistics.ts";
import type { Measured } from "./rounds.ts";
import { claims, targets } from "./targets.ts";

/** Returns a system's figure over its processes, or `undefined` if it has none. */
export function figureOf({ outcomes }: Measured, system: string): Spread | undefined {
  const figures = outcomes.get(system)?.figures.filter((figure) => figure !== undefined) ?? [];
  return figures.length === 0 ? undefined : spread(figures);
}

/**
 * Returns a system's figure as a multiple of the figure of `base`, round by round; `undefined` if one of them has none.
 */
export function ratioTo({ outcomes }: Measured, base: string, system: string): Spread | undefined {
  const of = (name: string) => outcomes.get(name)?.figures ?? [];
  const values = ratios(of(system), of(base));
  return values.length === 0 ? undefined : spread(values);
}

/** Whether ours meets the row's target; `undefined` if it has no target or was not measured. */
export function meetsTarget(measured: Measured): boolean | undefined {
  const target = targets[measured.row.name];
  const ratio = ratioTo(measured, "native", "ours");
  return target === undefined || ratio === undefined ? undefined : ratio.median <= target.atMost;
}

/** A claim about a peer that a row breaks. */
export interface BrokenClaim {
  readonly row: string;
  readonly system: string;
  /** How many times as slow as ours it should be, and is. */
  readonly claimed: number;
  readonly measured: number;
}

/** Returns all claims that a row breaks. */
export function brokenClaims(measured: Measured): BrokenClaim[] {
  const { name, workload } = measured.row;
  if (workload.measures !== "time") return [];
  return claims.flatMap(({ system, slower, except }) => {
    const claimed = name in except ? except[name] : slower;
    const ratio = ratioTo(measured, "ours", system)?.median;
    if (claimed === null || claimed === undefined || ratio === undefined || ratio >= claimed) return [];
    return [{ row: name, system, claimed, measured: ratio }];
  });
}
