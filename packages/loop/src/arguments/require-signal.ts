import { repr } from "../text/repr.ts";

/** @throws TypeError when `value` is no `AbortSignal`, of whatever realm */
export function requireSignal(value: unknown): asserts value is AbortSignal {
  const { aborted, addEventListener, removeEventListener } = (value ?? {}) as Partial<AbortSignal>;
  const isTarget = typeof addEventListener === "function" && typeof removeEventListener === "function";
  if (isTarget && typeof aborted === "boolean") return;
  throw new TypeError(`an AbortSignal was expected, got ${repr(value)}`);
}
