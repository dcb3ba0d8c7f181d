import { className } from "@yieldstar/loop/internal";

/** The text of a primitive, in the format of CPython's `repr`. The number of waits is left out when it is zero. */
export function describe(primitive: object, state: string, waits: number): string {
  return `<${className(primitive)} [${state}${waits > 0 ? `, waiters:${waits}` : ""}]>`;
}
