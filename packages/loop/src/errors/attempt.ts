import { toException } from "./thrown.ts";

/** Takes every step, whatever those before it throw; returns the first error. */
export function attempt(steps: Iterable<() => void>): Error | undefined {
  return attemptEach(steps, (step) => step());
}

/** Does `act` with each item, whatever it throws; returns the first error. */
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
