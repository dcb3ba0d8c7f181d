/**
 * The futures that many callbacks may end: one object for all these callbacks, which the deadlock report visits once.
 */
export class Ending {
  readonly futures: () => object[];

  constructor(futures: () => object[]) {
    this.futures = futures;
  }
}

/**
 * A done-callback of ours that passes an outcome on to other futures. Texts call it `_label`, which is CPython's name
 * for it, and which no minifier changes. `_ends` has the futures that it may end: there the deadlock report goes on
 * from the future that has the callback.
 *
 * Both are plain properties: to define the function's `name` would cost as much as to make a task.
 */
export interface Passing<F> {
  (future: F): void;
  _label?: string;
  _ends?: object | undefined;
}

/**
 * Gives a done-callback its label, and the futures that it may end.
 *
 * @param ends - a future, or an `Ending` for several; may be set later
 */
export function passing<F>(label: string, callback: Passing<F>, ends?: Passing<F>["_ends"]): Passing<F> {
  callback._label = label;
  callback._ends = ends;
  return callback;
}

/** The label of a callback of ours. Another callback has none, and may be a Proxy that throws. */
export function labelOf(callback: Passing<never>): string | undefined {
  try {
    return typeof callback._label === "string" ? callback._label : undefined;
  } catch {
    return undefined;
  }
}
