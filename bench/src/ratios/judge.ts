/** Judges the figures: ratios, and whether ours meets its targets. */

import { ratios, spread, type Spread } from "../shared/statistics.ts";
import type { Measured } from "./rounds.ts";
import { targetFor } from "./targets.ts";

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

/** Returns which parts of its target ours misses; `undefined` if none of them was measured. */
export function missesOf(measured: Measured, node: string): readonly ("floor" | "native")[] | undefined {
  const { ofFloor, ofNative } = targetFor(measured.row.name, node);
  const toFloor = ratioTo(measured, "floor", "ours");
  const toNative = ofNative === undefined ? undefined : ratioTo(measured, "native", "ours");
  if (toFloor === undefined && toNative === undefined) return undefined;
  const missesFloor = toFloor !== undefined && toFloor.median > ofFloor;
  const missesNative = toNative !== undefined && ofNative !== undefined && toNative.median > ofNative;
  return [...(missesFloor ? (["floor"] as const) : []), ...(missesNative ? (["native"] as const) : [])];
}

/** Returns the ratio to native that meets the whole target; `undefined` if the floor or native has no figure. */
export function hardestLimit(measured: Measured, node: string): number | undefined {
  const { ofFloor, ofNative = Infinity } = targetFor(measured.row.name, node);
  const floor = ratioTo(measured, "native", "floor");
  const limit = Math.min(floor === undefined ? Infinity : ofFloor * floor.median, ofNative);
  return limit === Infinity ? undefined : limit;
}
