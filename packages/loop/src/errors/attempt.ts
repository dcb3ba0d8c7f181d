import { toException } from "./thrown.ts";

/** Runs every step, even after one throws. Returns the first error. */
export function attempt(steps: Iterable<() => void>): Error | undefined {
  return attemptEach(steps, (step) => step());
}

/** Calls `act` with every item, even after a call throws. Returns the first error. */
export function attemptEach<T>(items: Iterable<T>, act: (item: T) => void): Error | undefined {
  let first: Error | undefined;
  for (const item of items) {
    try {
      act(item);
    } catch (thrown) {
      first ??= toException(thrown);
    }
  }
  return first;
}
