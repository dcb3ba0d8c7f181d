import { tagOf } from "../values/tag-of.ts";

export type MarkableFunction = ((...args: unknown[]) => unknown) & { readonly prototype: object };

/** Tells whether `value` is a generator function with generators of its own, which `coroutine` can mark. */
export function isMarkable(value: unknown): value is MarkableFunction {
  // A bound one has no prototype of its own, and would lead to that of all generators.
  return typeof value === "function" && Object.hasOwn(value, "prototype") && tagOf(value) === "GeneratorFunction";
}

/** The methods of `holder` itself that are generator functions. Those under a symbol are left out. */
export function generatorMethods(holder: object | null): MarkableFunction[] {
  return Object.values(Object.getOwnPropertyDescriptors(holder ?? {}))
    .map(({ value }) => value as unknown)
    .filter(isMarkable);
}
