import { repr } from "./repr.ts";

/** @throws TypeError when `value` is no `AbortSignal`, of whatever realm */
export function requireSignal(value: unknown): asserts value is AbortSignal {
  const { aborted, addEventListener } = (value ?? {}) as Partial<AbortSignal>;
  if (typeof aborted === "boolean" && typeof addEventListener === "function") return;
  throw new TypeError(`an AbortSignal was expected, got ${repr(value)}`);
}
