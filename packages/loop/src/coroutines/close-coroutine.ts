import { GeneratorExit, RuntimeError } from "../errors/exceptions.ts";
import type { Coroutine, Suspension } from "./coroutine.ts";
import { noteTaken } from "./take-coroutine.ts";

/**
 * Closes a coroutine that will not be resumed again: throws `GeneratorExit` into it at the `yield*` where it is
 * suspended.
 *
 * @param coroutine - if it has not started, it ends without running; if it has ended, nothing happens
 * @returns the coroutine's return value if it catches the `GeneratorExit` and returns, else `undefined`
 * @throws RuntimeError when the coroutine awaits something during its cleanup
 * @throws any other error that the coroutine throws during its cleanup
 *
 * Source: coroutine.close(), CPython 3.14.
 */
export function closeCoroutine<T>(coroutine: Coroutine<T>): T | undefined {
  let step: IteratorResult<Suspension, T>;
  try {
    step = coroutine.throw(new GeneratorExit());
  } catch (error) {
    noteTaken(coroutine);
    if (error instanceof GeneratorExit) return undefined;
    throw error;
  }
  // Not noted as taken: code can still resume it by hand, as in CPython.
  if (step.done !== true) throw new RuntimeError("coroutine ignored GeneratorExit");
  noteTaken(coroutine);
  return step.value;
}
