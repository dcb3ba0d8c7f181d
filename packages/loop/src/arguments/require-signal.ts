import { showValue } from "../text/repr.ts";

/** @throws TypeError when `value` is not an `AbortSignal` of any realm */
export function requireSignal(value: unknown): asserts value is AbortSignal {
  const { aborted, addEventListener, removeEventListener } = (value ?? {}) as Partial<AbortSignal>;
  const isTarget = typeof addEventListener === "function" && typeof removeEventListener === "function";
  if (isTarget && typeof aborted === "boolean") return;
  throw new TypeError(`an AbortSignal was expected, got ${showValue(value)}`);
}
