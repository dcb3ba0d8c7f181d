import { currentLoop } from "../context/ambient.ts";
import { noteAwait } from "../debug/awaited-once.ts";
import { isDebugging } from "../debug/debug-mode.ts";
import { RuntimeError } from "../errors/exceptions.ts";
import { textOfReuse, withHintToAwait } from "../text/hints.ts";
import { repr, withHint } from "../text/repr.ts";
import { type Coroutine, iscoroutine } from "./coroutine.ts";
import { NativeGenerator } from "./native-generator.ts";

/**
 * A task notes in the coroutine that it has taken it, since a generator does not show whether it has run. It gives the
 * coroutine an own `next` that throws, so other code cannot await it; the task does not call that `next`. A note under
 * a symbol would be slower.
 */
interface Takeable {
  next: unknown;
  _isTaken?: boolean;
}

/** The taken coroutines that cannot carry the note, because they, or all generators, are frozen. */
const frozen = new WeakSet();
let hasFrozen = false;

/**
 * Claims a coroutine for one task.
 *
 * @throws TypeError when `value` is no coroutine
 * @throws RuntimeError when a task took it before, or when it was closed
 */
export function takeCoroutine(value: Coroutine<unknown>): void {
  if (isDebugging && iscoroutine(value)) noteAwait(value);
  const isUsual: boolean = value instanceof NativeGenerator && !hasFrozen;
  if (!isUsual || (value as Takeable).next === refuseToBeAwaited) {
    takeOtherwise(value);
    return;
  }
  try {
    (value as Takeable).next = refuseToBeAwaited;
  } catch {
    takeOtherwise(value);
  }
}

function takeOtherwise(value: Coroutine<unknown>): void {
  if (!iscoroutine(value) || isTaken(value)) throw explainRefusal(value);
  noteTaken(value);
}

/** Notes that a task takes a coroutine, or that it was closed. Tasks then refuse it, and `yield*` a native one. */
export function noteTaken(coroutine: Takeable): void {
  try {
    if (coroutine instanceof NativeGenerator) (coroutine as Takeable).next = refuseToBeAwaited;
    else coroutine._isTaken = true;
  } catch {
    frozen.add(coroutine);
    hasFrozen = true;
  }
}

/** The own `next` of a taken coroutine. `yield* coroutine` calls it; the coroutine's task does not. */
function refuseToBeAwaited(this: unknown): never {
  if (currentLoop?._runsCoroutine(this) === true) {
    throw new RuntimeError(withHint("coroutine is being awaited already", "await its task"));
  }
  throw explainRefusal(this);
}

function explainRefusal(value: unknown): Error {
  if (!iscoroutine(value)) return new TypeError(explainNoCoroutine(value));
  return new RuntimeError(textOfReuse);
}

/** @throws RuntimeError when a task has the coroutine, or had it */
export function requireFree(coroutine: Coroutine<unknown>): void {
  if ((coroutine as Takeable).next === refuseToBeAwaited) refuseToBeAwaited.call(coroutine);
}

/** Tells whether a task took the coroutine, or whether it was closed. */
export function isTaken(coroutine: Coroutine<unknown>): boolean {
  const takeable: Takeable = coroutine;
  const isNoted =
    coroutine instanceof NativeGenerator ? takeable.next === refuseToBeAwaited : takeable._isTaken === true;
  return isNoted || (hasFrozen && frozen.has(coroutine));
}

function explainNoCoroutine(value: unknown): string {
  return withHintToAwait(`a coroutine was expected, got ${repr(value)}`, value);
}
