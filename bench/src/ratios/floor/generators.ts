/** The generators' own methods: looking them up costs much where each generator has a shape of its own. */

import type { Future } from "./future.ts";

/** A coroutine suspends with the future that it waits for, or with `undefined` for one iteration. */
export type Step = IteratorResult<Future<unknown> | undefined, unknown>;

export type Coroutine<T> = Generator<Future<unknown> | undefined, T, unknown>;

export const generators = Object.getPrototypeOf(function* () {}).prototype as object & {
  next(this: Coroutine<unknown>): Step;
  throw(this: Coroutine<unknown>, error: unknown): Step;
};

export const { next: resume, throw: resumeThrowing } = generators;
