import { type AsyncContextManager, type Coroutine, repr } from "@yieldstar/loop";
import { hintToCall, immediate, isErrorClass, markForLibrary, nameOfType, withHint } from "@yieldstar/loop/internal";
import { BaseExceptionGroup, type ErrorClass } from "@yieldstar/taskgroup";

/**
 * Closes an object at the end of the block: `asyncWith(aclosing(generator), function* (generator) { … })`.
 *
 * @param thing - an async generator, or another object with `aclose`
 * @returns a manager that gives `thing` to the block, and awaits `thing.aclose()` at its end
 * @throws TypeError when `thing` has no `aclose`
 *
 * Cancellation of the block closes `thing` too.
 *
 * Source: contextlib.aclosing, CPython 3.14 Lib/contextlib.py.
 */
export function aclosing<T extends { aclose(): Coroutine<unknown> }>(thing: T): AsyncContextManager<T, void> {
  if (typeof (thing as Partial<T> | null | undefined)?.aclose !== "function") throw new TypeError(explainThing(thing));
  return new Closing(thing);
}

class Closing<T extends { aclose(): Coroutine<unknown> }> implements AsyncContextManager<T, void> {
  static {
    markForLibrary(this);
  }

  readonly #thing: T;

  constructor(thing: T) {
    this.#thing = thing;
  }

  aenter(): Coroutine<T> {
    return immediate(() => this.#thing);
  }

  *aexit(): Coroutine {
    yield* this.#thing.aclose();
  }
}

function explainThing(thing: unknown): string {
  const hint = typeof thing === "function" ? hintToCall(thing) : "of what JavaScript made: aclosing(aiter(stream))";
  return withHint(`'${nameOfType(thing)}' object has no attribute 'aclose'`, hint);
}

/**
 * Makes a manager that gives `value` to the block and does nothing else. Use it where a manager is optional.
 *
 * @param value - the value for the block
 * @returns the manager
 *
 * Source: contextlib.nullcontext, CPython 3.14 Lib/contextlib.py.
 */
export function nullcontext(): AsyncContextManager<undefined, void>;
export function nullcontext<T>(value: T): AsyncContextManager<T, void>;
export function nullcontext(value?: unknown): AsyncContextManager<unknown, void> {
  return { aenter: () => immediate(() => value), aexit: () => immediate(() => {}) };
}

/**
 * Swallows errors of the given classes that leave the block. From a group it removes the errors that match, and throws
 * the rest.
 *
 * @param classes - classes of errors. A cancellation passes, unless one of them is a class of `CancelledError`
 * @returns a manager, whose block ends with `undefined` when an error was swallowed
 * @throws TypeError when one of them is no class of errors
 *
 * Source: contextlib.suppress, CPython 3.14 Lib/contextlib.py.
 */
export function suppress(...classes: readonly ErrorClass<Error>[]): AsyncContextManager<undefined, boolean> {
  const odd = classes.findIndex((each) => !isErrorClass(each));
  if (odd >= 0) throw new TypeError(explainClass(classes[odd]));
  return {
    aenter: () => immediate(() => undefined),
    aexit: (error) => immediate(() => isSwallowed(error, classes)),
  };
}

/** @throws the errors of a group that are of other classes */
function isSwallowed(error: Error | undefined, classes: readonly ErrorClass<Error>[]): boolean {
  if (error === undefined) return false;
  if (classes.some((errorClass) => error instanceof errorClass)) return true;
  if (!(error instanceof BaseExceptionGroup)) return false;
  const [, rest] = error.split(classes);
  if (rest === undefined) return true;
  throw rest;
}

function explainClass(got: unknown): string {
  const text = `suppress() expects classes of errors, got ${repr(got)}`;
  return Array.isArray(got) ? withHint(text, "pass them one by one: suppress(A, B)") : text;
}
