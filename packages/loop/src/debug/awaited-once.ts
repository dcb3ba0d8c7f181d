/**
 * Debug mode knows of the coroutines of marked functions whether they were awaited, and whether more than once. A
 * generator itself cannot tell.
 *
 * @module
 */

import { RuntimeError } from "../errors/exceptions.ts";
import { functionName } from "../text/names.ts";
import { withHint } from "../text/repr.ts";
import { noteCreation, sourceTraceback } from "./creations.ts";

const awaited = new WeakSet();

/** A coroutine that was made and not awaited, told by its function's name and the place. */
interface Unawaited {
  readonly name: string;
  readonly place: string | undefined;
}

let registry: FinalizationRegistry<Unawaited> | undefined;

/** Remembers that a call of `generatorFunction` has made `coroutine` here. */
export function noteUnawaited(coroutine: object, generatorFunction: object): void {
  registry ??= new FinalizationRegistry(warnOfUnawaited);
  noteCreation(coroutine);
  const { sourceTraceback: place } = sourceTraceback(coroutine);
  registry.register(coroutine, { name: functionName(generatorFunction), place }, coroutine);
}

/** A task takes `coroutine`, or another coroutine awaits it. */
export function noteAwait(coroutine: object): void {
  registry?.unregister(coroutine);
  awaited.add(coroutine);
}

/** @throws RuntimeError when `coroutine` was awaited before */
export function requireUnawaited(coroutine: object): void {
  if (!awaited.has(coroutine)) return;
  const text = "cannot reuse already awaited coroutine";
  throw new RuntimeError(withHint(text, "call the generator function again for a new coroutine"));
}

function warnOfUnawaited({ name, place }: Unawaited): void {
  const lines = place === undefined ? [] : [place.replace(/^Object/, "Coroutine")];
  console.warn([`RuntimeWarning: coroutine '${name}' was never awaited`, ...lines].join("\n"));
}
