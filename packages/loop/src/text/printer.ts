import { isError } from "../values/is-error.ts";
import { isPlain } from "../values/is-plain.ts";
import { tagOf } from "../values/tag-of.ts";
import { reprPrimitive, reprShortString, shorten } from "./literals.ts";
import { className, functionOf, nameOf, typeName, unprintable } from "./names.ts";
import { andMore, cut, textLimits } from "./text-limits.ts";

/**
 * Makes one text, with the texts of all values in it. It remembers the objects whose texts it is making, so that a
 * cycle ends, and counts the characters that are left, so that each text ends. If a value throws, a text replaces it.
 *
 * The `toString` of our objects calls `repr` for the values inside, which uses the printer that is at work. The
 * `toString` of a user's class may do the same.
 */
export class Printer {
  /** The objects whose texts are being made. */
  readonly #open = new Set<object>();
  #depth = 0;
  /** How many characters may still be written. */
  #left: number = textLimits.length - textLimits.room;
  #awaited: number;

  /** @param awaited - the longest chain of tasks, each waiting for the next, that the text shows */
  constructor(awaited: number) {
    this.#awaited = awaited;
  }

  /** Returns the text that CPython's `repr` would give. */
  print(value: unknown): string {
    if (this.#left <= 0) return "...";
    if (typeof value !== "object" || value === null) return this.#take(reprPrimitive(value, this.#left));
    try {
      return this.#describe(value);
    } catch {
      return this.#take(unprintable(value));
    }
  }

  /** Returns the text that CPython's `reprlib` would give: a long text loses its middle or its end. */
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

  /** Returns what `make` returns, or `whenOpen` if the text of `object` is being made already. */
  enclose(object: object, whenOpen: string, make: () => string): string {
    if (this.#open.has(object)) return whenOpen;
    this.#open.add(object);
    try {
      return make();
    } finally {
      this.#open.delete(object);
    }
  }

  /** Returns the text of a task that another one waits for, or what `short` returns if the chain is too long. */
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

  /** @throws whatever the value throws when its members are read or its `toString` is called */
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

  /** Joins the texts of the first `limit` of `count` members, and says how many are left out. */
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

  /** Returns the text of one member. If reading it throws, only this member is unprintable, not the whole object. */
  #show(owner: object, key: PropertyKey, print: (value: unknown) => string): string {
    let value: unknown;
    try {
      value = (owner as Record<PropertyKey, unknown>)[key];
    } catch {
      return this.#take(unprintable(undefined));
    }
    return print(value);
  }

  /** Counts the characters of `text`, and returns it. */
  #take(text: string): string {
    this.#left -= text.length + 1;
    return text;
  }
}

/** The text that an object's `toString` makes, or else the kind of the object. */
function describeInstance(value: object, limit: number): string {
  // The text of a typed array would list all of its numbers.
  const text = ArrayBuffer.isView(value) ? undefined : ownText(value);
  if (text !== undefined) return cut(text, limit);
  const tag = cut(tagOf(value), textLimits.name);
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
  // The inherited `toString` of another realm is a different function.
  return text.startsWith("[object ") ? undefined : text;
}
