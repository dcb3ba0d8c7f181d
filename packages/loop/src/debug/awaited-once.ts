/**
 * Debug mode knows of the coroutines of marked functions whether they were awaited, and whether more than once. A
 * generator itself cannot tell.
 *
 * @module
 */

import { RuntimeError } from "../errors/exceptions.ts";
import { functionName } from "../text/names.ts";
import { textOfReuse } from "../text/hints.ts";
import { noteCreation, sourceTraceback } from "./creations.ts";
import { beginDebugging } from "./debug-mode.ts";

const awaited = new WeakSet();

/** A coroutine that was made and not awaited, told by its function's name and the place. */
interface Unawaited {
  readonly name: string;
  readonly sourceTraceback?: string;
}

let registry: FinalizationRegistry<Unawaited> | undefined;

/** Remembers that a call of `generatorFunction` has made `coroutine` here. */
export function noteUnawaited(coroutine: object, generatorFunction: object): void {
  // The use of a coroutine is noted from now on, before there is a loop.
  beginDebugging();
  registry ??= new FinalizationRegistry(warnOfUnawaited);
  noteCreation(coroutine);
  registry.register(coroutine, { name: functionName(generatorFunction), ...sourceTraceback(coroutine) }, coroutine);
}

/** Code resumes or closes `coroutine` by hand, which counts as no await. From now on it is not warned about. */
export function noteUse(coroutine: object): void {
  registry?.unregister(coroutine);
}

/** A task takes `coroutine`, or another coroutine awaits it. @throws RuntimeError when it was awaited before */
export function noteAwait(coroutine: object): void {
  if (awaited.has(coroutine)) throw new RuntimeError(textOfReuse);
  noteUse(coroutine);
  awaited.add(coroutine);
}

function warnOfUnawaited({ name, sourceTraceback: place }: Unawaited): void {
  const lines = place === undefined ? [] : [place.replace(/^Object/, "Coroutine")];
  console.warn([`RuntimeWarning: coroutine '${name}' was never awaited`, ...lines].join("\n"));
}
