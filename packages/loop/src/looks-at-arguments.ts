/** The text of a function that declares no parameter, up to its body, if it has no odd name. Arrow functions end in `=>`. */
const parameterless = /^[\w$\s*]*\(\s*\)\s*(?:(=>)|\{)/;

/**
 * Tells whether a function can see an argument that it is called with. So can one without a `length`: it declares
 * `(...args)` or `(signal = none)`, or reads `arguments`, and its text tells. Where a text tells nothing, as that of a bound
 * function, the answer is yes.
 */
export function looksAtArguments(callee: (...args: never[]) => unknown): boolean {
  if (callee.length > 0) return true;
  const text = Function.prototype.toString.call(callee);
  const match = parameterless.exec(text);
  if (match === null) return true;
  const isArrow = match[1] !== undefined;
  return !isArrow && ["arguments", "eval", "[native code]"].some((word) => text.includes(word));
}
