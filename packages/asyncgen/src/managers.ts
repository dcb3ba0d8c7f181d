import type { AsyncContextManager, Coroutine } from "@yieldstar/loop";
import { BaseExceptionGroup, type ErrorClass } from "@yieldstar/taskgroup";

/**
 * Closes something at the end of the block: `asyncWith(aclosing(generator), function* (generator) { … })`.
 *
 * @param thing - an async generator, or anything with `aclose`
 *
 * Source: contextlib.aclosing, CPython 3.14 Lib/contextlib.py.
 */
export function aclosing<T extends { aclose(): Coroutine<unknown> }>(thing: T): AsyncContextManager<T, void> {
  return {
    *aenter() {
      return thing;
    },
    *aexit() {
      yield* thing.aclose();
    },
  };
}

/**
 * Does nothing but hand `value` to the block: it stands in where a manager is optional.
 *
 * Source: contextlib.nullcontext, CPython 3.14 Lib/contextlib.py.
 */
export function nullcontext(): AsyncContextManager<undefined, void>;
export function nullcontext<T>(value: T): AsyncContextManager<T, void>;
export function nullcontext(value?: unknown): AsyncContextManager<unknown, void> {
  return {
    *aenter() {
      return value;
    },
    *aexit() {},
  };
}

/**
 * Swallows errors of the given classes that leave the block; out of a group it takes those that match.
 *
 * @param classes - classes of errors
 *
 * Source: contextlib.suppress, CPython 3.14 Lib/contextlib.py.
 */
export function suppress(...classes: readonly ErrorClass<Error>[]): AsyncContextManager<undefined, boolean> {
  return {
    *aenter() {
      return undefined;
    },
    *aexit(error) {
      if (error === undefined) return false;
      if (classes.some((errorClass) => error instanceof errorClass)) return true;
      if (!(error instanceof BaseExceptionGroup)) return false;
      const [, rest] = error.split(classes);
      if (rest === undefined) return true;
      throw rest;
    },
  };
}
