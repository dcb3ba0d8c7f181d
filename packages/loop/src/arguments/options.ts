import { repr, showValue } from "../text/repr.ts";

/** The options that a caller passes: any of the members of `O`, or `undefined` for them. */
type Bag<O> = { readonly [K in keyof O]?: O[K] | undefined };

/**
 * Reads the options that the caller of `method` passed. Only own keys count, so a key on `Object.prototype` is not an
 * option.
 *
 * @param options - the options; `undefined` means all defaults
 * @param defaults - every option with its default, which replaces a missing or `undefined` one
 * @param method - the method's name, for the text of the error
 * @returns an object with every key of `defaults`
 * @throws TypeError when `options` is not an object, or has a key that `defaults` does not have
 */
export function readOptions<O extends object>(options: Bag<O> | undefined, defaults: O, method: string): O {
  if (options === undefined) return defaults;
  requireBag(options, method);
  const read = { ...defaults };
  for (const key of Object.keys(options) as (keyof O & string)[]) {
    if (!Object.hasOwn(defaults, key)) refuseKey(key, Object.keys(defaults), method);
    const value = options[key];
    if (value !== undefined) read[key] = value;
  }
  return read;
}

/** @throws TypeError when `options`, which the caller of `method` passed, is not an object */
export function requireBag(options: unknown, method: string): void {
  if (typeof options !== "object" || options === null) refuseBag(options, method);
}

function refuseBag(options: unknown, method: string): never {
  throw new TypeError(`${method}() options must be an object, got ${showValue(options)}`);
}

function refuseKey(key: string, known: readonly string[], method: string): never {
  const text = `${method}() got an unexpected keyword argument ${repr(key)}`;
  const nearest = findNearest(key, known);
  throw new TypeError(nearest === undefined ? text : `${text}. Did you mean ${repr(nearest)}?`);
}

/** Returns the most similar name, if one is similar enough. `return_exceptions` finds `returnExceptions`. */
function findNearest(key: string, known: readonly string[]): string | undefined {
  const plain = (name: string): string => name.replaceAll("_", "").toLowerCase();
  let nearest: string | undefined;
  let least = Infinity;
  for (const name of known) {
    const edits = countEdits(plain(key), plain(name));
    // This is CPython's bound for a suggestion.
    if (edits >= least || edits > (key.length + name.length + 3) / 6) continue;
    nearest = name;
    least = edits;
  }
  return nearest;
}

/** Counts the letters to insert, delete or replace to turn `from` into `to`. */
function countEdits(from: string, to: string): number {
  // By column: the edits from the letters of `from` so far to the first `column` letters of `to`.
  let counts = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (counts[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (counts[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    counts = next;
  }
  return counts.at(-1) ?? 0;
}
