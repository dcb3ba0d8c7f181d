/** The arithmetic of the tables. */

/** A figure from several processes: the middle value and the extremes. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Returns the median and the extremes of at least one value. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const low = sorted[Math.ceil(half) - 1];
  const high = sorted[Math.floor(half)];
  if (low === undefined || high === undefined) throw new RangeError("a spread needs at least one value");
  return { median: (low + high) / 2, min: Math.min(...sorted), max: Math.max(...sorted) };
}

/**
 * Returns the ratios of two systems, each within a round: a disturbance of the machine hits both. A round that lacks
 * one of them (`undefined`) gives none.
 */
export function ratios(figures: readonly (number | undefined)[], base: readonly (number | undefined)[]): number[] {
  return figures.flatMap((figure, round) => {
    const other = base[round];
    return figure === undefined || other === undefined ? [] : [figure / other];
  });
}

/** Returns the exponent e of the power law y = c·xᵉ that fits the points best: least squares, on logarithms. */
export function exponent(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const meanX = mean(logs.map(([x]) => x));
  const meanY = mean(logs.map(([, y]) => y));
  const above = mean(logs.map(([x, y]) => (x - meanX) * (y - meanY)));
  return above / mean(logs.map(([x]) => (x - meanX) ** 2));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
