import { repr } from "../text/repr.ts";

/** What a caller gives where a function needs an `O`. */
type Bag<O> = { readonly [K in keyof O]?: O[K] | undefined };

/**
 * Reads the options that `method` was given. An option is an own key of the bag: what has been put on
 * `Object.prototype` is none.
 *
 * @param options - the bag; `undefined` is none
 * @param defaults - a value for each option there is, which holds where the bag has none, or `undefined`
 * @returns an object that has every key of `defaults`
 * @throws TypeError when `options` is no object, or has a key that `defaults` has not
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

/** @throws TypeError when `options`, which was given to `method`, can hold no options */
export function requireBag(options: unknown, method: string): void {
  if (typeof options !== "object" || options === null) refuseBag(options, method);
}

function refuseBag(options: unknown, method: string): never {
  throw new TypeError(`${method}() options must be an object, got ${repr(options)}`);
}

function refuseKey(key: string, known: readonly string[], method: string): never {
  const text = `${method}() got an unexpected keyword argument ${repr(key)}`;
  const nearest = findNearest(key, known);
  throw new TypeError(nearest === undefined ? text : `${text}. Did you mean ${repr(nearest)}?`);
}

/** The name that is most like `key`, if one is much like it. Python's `return_exceptions` is `returnExceptions`. */
function findNearest(key: string, known: readonly string[]): string | undefined {
  const plain = (name: string): string => name.replaceAll("_", "").toLowerCase();
  let nearest: string | undefined;
  let least = Infinity;
  for (const name of known) {
    const edits = countEdits(plain(key), plain(name));
    // The bound is CPython's.
    if (edits >= least || edits > (key.length + name.length + 3) / 6) continue;
    nearest = name;
    least = edits;
  }
  return nearest;
}

/** How many letters must be put in, taken out or replaced to make `to` of `from`. */
function countEdits(from: string, to: string): number {
  // How many it takes to make each beginning of `to` of what was read of `from`.
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
