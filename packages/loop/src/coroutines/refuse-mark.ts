import { functionName } from "../text/names.ts";
import { showValue, withHint } from "../text/repr.ts";
import { isClass } from "../values/is-class.ts";
import { tagOf } from "../values/tag-of.ts";
import { generatorMethods } from "./markable.ts";

/** The hints for values that `coroutine` cannot mark, by their kinds. It refuses these objects whatever they hold. */
const hints: Readonly<Record<string, string>> = {
  Function: "write function* with a star",
  AsyncFunction: "write function* with a star",
  AsyncGeneratorFunction: "use asyncGenerator",
  GeneratorFunction: "mark it before bind()",
  Generator: "mark the function, not its call",
  Array: "mark each function",
  Module: "mark each function",
};

/** Tells whether `coroutine` marks the methods of `value`, if it has any. */
export function holdsMethods(value: unknown): value is object {
  return typeof value === "object" && value !== null && hints[tagOf(value)] === undefined;
}

/** @throws TypeError, which says that `coroutine` cannot mark `what`, and why */
export function refuseMark(what: string, why: string, hint?: string | false): never {
  fail(`coroutine() cannot mark ${what}: ${why}`, hint);
}

/** @throws TypeError for a value that is no generator function and has no methods to mark */
export function refuseTarget(target: unknown): never {
  if (!isClass(target)) {
    const hint = holdsMethods(target) ? inherits(target) && "mark its class" : hints[tagOf(target)];
    fail(`coroutine() expects a generator function, got ${showValue(target)}`, hint);
  }
  const hint = inherits(target.prototype) && "mark its base class";
  refuseMark(`class ${functionName(target)}`, "it has no generator methods of its own", hint);
}

function inherits(holder: object): boolean {
  return generatorMethods(Object.getPrototypeOf(holder) as object | null).length > 0;
}

function fail(text: string, hint: string | false | undefined): never {
  throw new TypeError(hint ? withHint(text, hint) : text);
}
