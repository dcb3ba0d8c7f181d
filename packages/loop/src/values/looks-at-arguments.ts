/** The beginning of an arrow function without parameters. It has no `arguments` of its own. */
const arrow = /^(?:async\s*)?\(\s*\)\s*=>/;
/** The beginning of any other function without parameters, if its name is plain. */
const parameterless = /^[\w$\s*]*\(\s*\)\s*\{/;

/**
 * Tells whether a function can see the arguments of its call. A function whose `length` is 0 may declare `(...args)` or
 * `(signal = none)`, or read `arguments`: its source text shows it. Returns `true` when the text does not tell, as for
 * a bound function.
 */
export function looksAtArguments(callee: (...args: never[]) => unknown): boolean {
  if (callee.length > 0) return true;
  const text = Function.prototype.toString.call(callee);
  if (arrow.test(text)) return false;
  return !parameterless.test(text) || ["arguments", "eval", "[native code]"].some((word) => text.includes(word));
}
