import { cut, textLimits } from "./text-limits.ts";

/**
 * The names of our classes in texts, which a minifier does not change. A class's own `name` is not overwritten: that
 * makes V8 take twenty times as long to create its objects.
 */
const names = new WeakMap<object, string>();

/** Gives a class of ours its name in texts. A subclass keeps its own name. */
export function nameClass(namedClass: abstract new (...args: never[]) => object, name: string): void {
  names.set(namedClass, name);
}

/** Does the same for a class of errors. Its errors have that `name`; a subclass may assign another. */
export function nameErrorClass(errorClass: abstract new (...args: never[]) => Error, name: string): void {
  nameClass(errorClass, name);
  Object.defineProperty(errorClass.prototype, "name", { value: name, writable: true, configurable: true });
}

const functionKey: unique symbol = Symbol("yieldstar.function");

/** Has the generators that `generatorFunction` makes lead to it, for `functionOf`. Its prototype must not be frozen. */
export function nameGenerators(generatorFunction: { readonly prototype: object }): void {
  Object.defineProperty(generatorFunction.prototype, functionKey, { value: generatorFunction });
}

/** The function that made a generator, if `nameGenerators` was called with it. */
export function functionOf(generator: object): object | undefined {
  return (generator as { readonly [functionKey]?: object })[functionKey];
}

/** The `name` of a function, a class or an error. Empty if it has none; `undefined` if reading it throws. */
export function nameOf(value: object): string | undefined {
  try {
    const { name } = value as { readonly name?: unknown };
    return typeof name === "string" ? cut(name, textLimits.name) : "";
  } catch {
    return undefined;
  }
}

/** The name of a function as Python prints it: `<lambda>` where it has none. */
export function functionName(value: object): string {
  const name = nameOf(value);
  return name === undefined || name === "" ? "<lambda>" : name;
}

/**
 * The name of an object's class, or of the nearest superclass that has a name. Empty if there is none, or if reading
 * throws.
 */
export function className(value: object): string {
  try {
    let prototype: unknown = Object.getPrototypeOf(value);
    // A Proxy may have an endless chain of prototypes.
    for (let depth = 0; prototype !== null && depth < textLimits.depth; depth += 1) {
      const { constructor } = prototype as object;
      const name = names.get(constructor) ?? nameOf(constructor);
      if (name === undefined) return "";
      if (name !== "") return name;
      prototype = Object.getPrototypeOf(prototype);
    }
  } catch {
    // A getter or a Proxy has thrown.
  }
  return "";
}

/**
 * The name of an error's class as its reader knows it: the `name` that the error or its own class assigns, else the
 * name of the class.
 */
export function typeName(error: object): string {
  try {
    const prototype: unknown = Object.getPrototypeOf(error);
    if (Object.hasOwn(error, "name") || (prototype !== null && Object.hasOwn(prototype as object, "name"))) {
      const name = nameOf(error);
      if (name) return name;
    }
  } catch {
    // A Proxy has thrown: `className` copes with it.
  }
  return className(error) || "Error";
}

/** The text for a value whose own text cannot be made. */
export function unprintable(value: unknown): string {
  const name =
    typeof value === "object" && value !== null ? className(value) : typeof value === "function" && "function";
  return name ? `<unprintable ${name} object>` : "<unprintable object>";
}
