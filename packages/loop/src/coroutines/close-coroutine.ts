import { GeneratorExit, RuntimeError } from "../errors/exceptions.ts";
import type { Coroutine, Suspension } from "./coroutine.ts";
import { markTaken } from "./take-coroutine.ts";

/**
 * Ends a coroutine that nobody will run on: `GeneratorExit` is thrown into it where it stands.
 *
 * @returns what the coroutine returns, if it catches that
 * @throws RuntimeError when it awaits something on its way out
 *
 * Source: coroutine.close(), CPython 3.14.
 */
export function closeCoroutine<T>(coroutine: Coroutine<T>): T | undefined {
  let step: IteratorResult<Suspension, T>;
  try {
    step = coroutine.throw(new GeneratorExit());
  } catch (error) {
    markTaken(coroutine);
    if (error instanceof GeneratorExit) return undefined;
    throw error;
  }
  // It can still be driven by hand, as in CPython.
  if (step.done !== true) throw new RuntimeError("coroutine ignored GeneratorExit");
  markTaken(coroutine);
  return step.value;
}
