import { cut, textLimits } from "./text-limits.ts";

/**
 * What texts call our classes, whatever a minifier has made of the names that they were declared with. It is not written
 * over these: that makes V8 take twenty times as long to make an object of the class.
 */
const names = new WeakMap<object, string>();

/** Names a class of ours. A subclass has its own name. */
export function nameClass(namedClass: abstract new (...args: never[]) => object, name: string): void {
  names.set(namedClass, name);
}

/** The same for a class of errors. Their `name` is the class's; a subclass may assign one of its own. */
export function nameErrorClass(errorClass: abstract new (...args: never[]) => Error, name: string): void {
  nameClass(errorClass, name);
  Object.defineProperty(errorClass.prototype, "name", { value: name, writable: true, configurable: true });
}

const functionKey: unique symbol = Symbol("yieldstar.function");

/** Has the generators that `generatorFunction` makes lead to it. @throws TypeError when its prototype is frozen */
export function markGenerators(generatorFunction: { readonly prototype: object }): void {
  Object.defineProperty(generatorFunction.prototype, functionKey, { value: generatorFunction });
}

/** The function that made a generator, if its generators were marked. */
export function functionOf(generator: object): object | undefined {
  return (generator as { readonly [functionKey]?: object })[functionKey];
}

/** The `name` of a function, a class or an error: an empty text where there is none, `undefined` where it throws. */
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

/** The name of an object's class, or of the nearest super class that has a name; an empty text where that cannot be had. */
export function className(value: object): string {
  try {
    let prototype: unknown = Object.getPrototypeOf(value);
    // A Proxy may lead from one prototype to the next without end.
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
 * The name a reader knows an error's class by: the `name` that it, or its very class, was given; else what the class is
 * called.
 */
export function typeName(error: object): string {
  try {
    const prototype: unknown = Object.getPrototypeOf(error);
    if (Object.hasOwn(error, "name") || (prototype !== null && Object.hasOwn(prototype as object, "name"))) {
      const name = nameOf(error);
      if (name) return name;
    }
  } catch {
    // The class has a name all the same.
  }
  return className(error) || "Error";
}

/** Stands for an object of which no text can be made. */
export function unprintable(value: unknown): string {
  const name =
    typeof value === "object" && value !== null ? className(value) : typeof value === "function" && "function";
  return name ? `<unprintable ${name} object>` : "<unprintable object>";
}
