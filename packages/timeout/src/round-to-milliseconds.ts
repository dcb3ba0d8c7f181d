/** Rounds to three places, as Python's `round(seconds, 3)` does: to the nearest, and in the middle to the even one. */
export function roundToMilliseconds(seconds: number): number {
  // Only a multiple of 1/16 can lie in the middle: any other has more binary places than half a thousandth.
  const isMiddle = Number.isInteger(seconds * 16) && Math.abs(seconds * 2000) % 2 === 1;
  if (isMiddle) return (2 * Math.round(seconds * 500)) / 1000;
  return Number.isFinite(seconds) ? Number(seconds.toFixed(3)) : seconds;
}
