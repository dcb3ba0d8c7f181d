/** The generators' own methods: looking them up costs much where each generator has a shape of its own. */

import type { Future } from "./future.ts";

/** A coroutine suspends with the future that it waits for, or with `undefined` for one iteration. */
export type Step = IteratorResult<Future<unknown> | undefined, unknown>;

export type Coroutine<T> = Generator<Future<unknown> | undefined, T, unknown>;

/** The prototype of all generators. */
export const generators = (Object.getPrototypeOf(function* () {}) as { readonly prototype: Prototype }).prototype;

interface Prototype {
  readonly next: (this: Coroutine<unknown>) => Step;
  readonly throw: (this: Coroutine<unknown>, error: unknown) => Step;
}

export const { next: resume, throw: resumeThrowing } = generators;
