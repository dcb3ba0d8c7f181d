/** How an arrow function without a parameter begins. It has no `arguments` of its own. */
const arrow = /^(?:async\s*)?\(\s*\)\s*=>/;
/** How another function without a parameter begins, if its name is a plain one. */
const parameterless = /^[\w$\s*]*\(\s*\)\s*\{/;

/**
 * Tells whether a function can see an argument that it is called with. So can one without a `length`: it declares
 * `(...args)` or `(signal = none)`, or reads `arguments`, and its text tells. Where a text tells nothing, as that of a bound
 * function, the answer is yes.
 */
export function looksAtArguments(callee: (...args: never[]) => unknown): boolean {
  if (callee.length > 0) return true;
  const text = Function.prototype.toString.call(callee);
  if (arrow.test(text)) return false;
  return !parameterless.test(text) || ["arguments", "eval", "[native code]"].some((word) => text.includes(word));
}
