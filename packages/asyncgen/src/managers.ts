import { type AsyncContextManager, type Coroutine, repr } from "@yieldstar/loop";
import { hintToCall, isErrorClass, nameOfType, withHint } from "@yieldstar/loop/internal";
import { BaseExceptionGroup, type ErrorClass } from "@yieldstar/taskgroup";

/**
 * Closes something at the end of the block: `asyncWith(aclosing(generator), function* (generator) { … })`.
 *
 * @param thing - an async generator, or anything with `aclose`
 * @throws TypeError when it has none
 *
 * Source: contextlib.aclosing, CPython 3.14 Lib/contextlib.py.
 */
export function aclosing<T extends { aclose(): Coroutine<unknown> }>(thing: T): AsyncContextManager<T, void> {
  if (typeof (thing as Partial<T> | null | undefined)?.aclose !== "function") throw new TypeError(explainThing(thing));
  return {
    *aenter() {
      return thing;
    },
    *aexit() {
      yield* thing.aclose();
    },
  };
}

function explainThing(thing: unknown): string {
  const hint = typeof thing === "function" ? hintToCall(thing) : "of what JavaScript made: aclosing(aiter(stream))";
  return withHint(`'${nameOfType(thing)}' object has no attribute 'aclose'`, hint);
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
 * @throws TypeError when one is none
 *
 * Source: contextlib.suppress, CPython 3.14 Lib/contextlib.py.
 */
export function suppress(...classes: readonly ErrorClass<Error>[]): AsyncContextManager<undefined, boolean> {
  const odd = classes.findIndex((each) => !isErrorClass(each));
  if (odd >= 0) throw new TypeError(explainClass(classes[odd]));
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

function explainClass(got: unknown): string {
  const text = `suppress() expects classes of errors, got ${repr(got)}`;
  return Array.isArray(got) ? withHint(text, "pass them one by one: suppress(A, B)") : text;
}
