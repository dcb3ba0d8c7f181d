/** What many callbacks may end: one object for all of them, which the report of a deadlock goes through once. */
export class Ending {
  readonly futures: () => object[];

  constructor(futures: () => object[]) {
    this.futures = futures;
  }
}

/**
 * A done-callback of ours that hands an outcome on. The name that texts call it by is CPython's, and no minifier changes
 * it. What it may end leads the report of a deadlock from a future to whoever waits for it behind the callback.
 *
 * Both are plain properties: to define its `name` would cost as much as to make a task.
 */
export interface Passing<F> {
  (future: F): void;
  _label?: string;
  _ends?: object | undefined;
}

/** Names a done-callback, and says what it may end: one future; all those of an `Ending`; or what is set later. */
export function passing<F>(label: string, callback: Passing<F>, ends?: Passing<F>["_ends"]): Passing<F> {
  callback._label = label;
  callback._ends = ends;
  return callback;
}

/** The name that a callback of ours was given. Any other may be a Proxy, and throw. */
export function labelOf(callback: Passing<never>): string | undefined {
  try {
    return typeof callback._label === "string" ? callback._label : undefined;
  } catch {
    return undefined;
  }
}
