import { isError } from "../values/is-error.ts";
import { isPlain } from "../values/is-plain.ts";
import { reprPrimitive, reprShortString, shorten } from "./literals.ts";
import { className, functionOf, nameOf, typeName, unprintable } from "./names.ts";
import { andMore, cut, textLimits } from "./text-limits.ts";

/**
 * Makes one text, with all that stands in it. It knows what is open, so that a cycle ends where it comes round, and how
 * much may still be written, so that the text ends whatever it is made of. What a value throws at it becomes a text too.
 *
 * The texts of our own objects ask `repr` for those of others, which asks the printer that is at work: so a class of the
 * user's may do the same in its `toString`.
 */
export class Printer {
  readonly #open = new Set<object>();
  #depth = 0;
  #left: number = textLimits.length - textLimits.room;
  #awaited: number;

  /** @param awaited - how many tasks may be shown inside each other, each as what the other waits for */
  constructor(awaited: number) {
    this.#awaited = awaited;
  }

  /** A value as CPython's `repr` would print it. */
  print(value: unknown): string {
    if (this.#left <= 0) return "...";
    if (typeof value !== "object" || value === null) return this.#take(reprPrimitive(value, this.#left));
    try {
      return this.#describe(value);
    } catch {
      return this.#take(unprintable(value));
    }
  }

  /** A value as CPython's `reprlib` shortens it: what is long loses its middle, or its end. */
  abbreviate(value: unknown, depth: number = textLimits.result.depth): string {
    const { characters, digits } = textLimits.result;
    if (this.#left <= 0) return "...";
    if (typeof value === "string") return this.#take(reprShortString(value));
    if (typeof value !== "object" || value === null) {
      const limit = typeof value === "bigint" || Number.isInteger(value) ? digits : characters;
      return this.#take(shorten(reprPrimitive(value, textLimits.length), limit));
    }
    try {
      if (Array.isArray(value)) return this.#abbreviateArray(value, depth);
      if (isPlain(value)) return this.#abbreviateEntries(value, depth);
      return shorten(this.#describe(value), characters);
    } catch {
      return this.#take(unprintable(value));
    }
  }

  /** What `make` returns, or `whenOpen` where the text of `object` is being made already. */
  enclose(object: object, whenOpen: string, make: () => string): string {
    if (this.#open.has(object)) return whenOpen;
    this.#open.add(object);
    try {
      return make();
    } finally {
      this.#open.delete(object);
    }
  }

  /** A task that another waits for; what `short` returns if it is inside too many others. */
  printAwaited(task: object, short: () => string): string {
    if (this.#open.has(task)) return "...";
    this.#awaited -= 1;
    try {
      return this.#awaited < 0 ? this.#take(short()) : this.print(task);
    } catch {
      return this.#take(unprintable(task));
    } finally {
      this.#awaited += 1;
    }
  }

  /** @throws what the value throws when it is looked at */
  #describe(value: object): string {
    if (this.#depth === textLimits.depth) return this.#take("...");
    this.#depth += 1;
    try {
      if (isError(value)) return this.enclose(value, `${typeName(value)}(...)`, () => this.#printError(value));
      if (Array.isArray(value)) return this.enclose(value, "[...]", () => this.#printArray(value));
      if (isPlain(value)) return this.enclose(value, "{...}", () => this.#printEntries(value));
      return this.#take(describeInstance(value, this.#left));
    } finally {
      this.#depth -= 1;
    }
  }

  #printError(error: Error & { readonly args?: unknown; readonly exceptions?: unknown }): string {
    const { args, exceptions, message } = error;
    const name = typeName(error);
    if (Array.isArray(args)) return `${name}(${this.#printMembers(args)})`;
    if (Array.isArray(exceptions)) return `${name}(${this.#printMembers([message, exceptions])})`;
    return `${name}(${(message as unknown) === "" ? "" : this.print(message)})`;
  }

  #printArray(array: readonly unknown[]): string {
    return `[${this.#printMembers(array)}]`;
  }

  #printMembers(array: readonly unknown[]): string {
    return this.#join(array.length, textLimits.members, andMore, (index) =>
      this.#show(array, index, (member) => this.print(member)),
    );
  }

  #printEntries(object: object): string {
    const keys = Object.keys(object);
    const entry = (index: number): string => {
      const key = keys[index] ?? "";
      return `${this.print(key)}: ${this.#show(object, key, (value) => this.print(value))}`;
    };
    return `{${this.#join(keys.length, textLimits.members, andMore, entry)}}`;
  }

  #abbreviateArray(array: readonly unknown[], depth: number): string {
    if (depth <= 0 && array.length > 0) return this.#take("[...]");
    const member = (index: number): string => this.#show(array, index, (value) => this.abbreviate(value, depth - 1));
    return `[${this.#join(array.length, textLimits.result.members, () => "...", member)}]`;
  }

  #abbreviateEntries(object: object, depth: number): string {
    const keys = Object.keys(object).sort();
    if (depth <= 0 && keys.length > 0) return this.#take("{...}");
    const entry = (index: number): string => {
      const key = keys[index] ?? "";
      const text = this.#show(object, key, (value) => this.abbreviate(value, depth - 1));
      return `${this.#take(reprShortString(key))}: ${text}`;
    };
    return `{${this.#join(keys.length, textLimits.result.entries, () => "...", entry)}}`;
  }

  /** The texts of `count` members, up to `limit`, and of how many are left out. */
  #join(count: number, limit: number, more: (count: number) => string, make: (index: number) => string): string {
    const texts: string[] = [];
    for (let index = 0; index < count; index += 1) {
      if (index === limit || this.#left <= 0) {
        texts.push(more(count - index));
        break;
      }
      texts.push(make(index));
    }
    this.#left -= 2 * texts.length;
    return texts.join(", ");
  }

  /** A member that throws when it is read stands for itself alone, and does not take the rest with it. */
  #show(owner: object, key: PropertyKey, print: (value: unknown) => string): string {
    let value: unknown;
    try {
      value = (owner as Record<PropertyKey, unknown>)[key];
    } catch {
      return this.#take(unprintable(undefined));
    }
    return print(value);
  }

  #take(text: string): string {
    this.#left -= text.length + 1;
    return text;
  }
}

/** The text that an object's class makes; else what kind of object it is. */
function describeInstance(value: object, limit: number): string {
  // The text of these would be all that they hold.
  const text = ArrayBuffer.isView(value) ? undefined : ownText(value);
  if (text !== undefined) return cut(text, limit);
  const tag = cut(Object.prototype.toString.call(value).slice("[object ".length, -1), textLimits.name);
  if (tag === "Generator") return describeGenerator(value);
  return `<${tag === "Object" ? className(value) || tag : tag} object>`;
}

function describeGenerator(generator: object): string {
  const made = functionOf(generator);
  const name = made && nameOf(made);
  return name ? `<coroutine object ${name}>` : "<coroutine object>";
}

function ownText(value: object): string | undefined {
  const toString: unknown = Reflect.get(value, "toString");
  if (typeof toString !== "function" || toString === Object.prototype.toString) return undefined;
  const text = String(value);
  // Another realm's `Object.prototype.toString` is not ours.
  return text.startsWith("[object ") ? undefined : text;
}
