import { tagOf } from "../values/tag-of.ts";

export type MarkableFunction = ((...args: unknown[]) => unknown) & { readonly prototype: object };

/** Tells whether `value` is a generator function with generators of its own, which `coroutine` can mark. */
export function isMarkable(value: unknown): value is MarkableFunction {
  // A bound one has no prototype of its own, and would lead to that of all generators.
  return typeof value === "function" && Object.hasOwn(value, "prototype") && tagOf(value) === "GeneratorFunction";
}

/** The methods of `holder` itself that are generator functions, by name. Those under a symbol are left out. */
export function generatorMethods(holder: object | null): [name: string, method: MarkableFunction][] {
  return Object.entries(Object.getOwnPropertyDescriptors(holder ?? {}))
    .map(([name, { value }]): [string, unknown] => [name, value])
    .filter((entry): entry is [string, MarkableFunction] => isMarkable(entry[1]));
}
