import type { Coroutine } from "yieldstar";
import type { Library } from "./library.ts";

/** How much of a program is marked with `coroutine`: nothing, all of its calls, or a random half of them. */
export const markings = ["none", "all", "half"] as const;

export type Marking = (typeof markings)[number];

/** Says which calls are marked in one run of a program. */
export class Marks {
  readonly library: Library;
  readonly #marking: Marking;
  #random: number;

  /** @param seed - for the marking `half` */
  constructor(library: Library, marking: Marking, seed: number) {
    this.library = library;
    this.#marking = marking;
    this.#random = seed;
  }

  /** Says whether the next call is marked. */
  next(): boolean {
    if (this.#marking !== "half") return this.#marking === "all";
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) | 0;
    return this.#random < 0;
  }

  /** Marks a generator function that is made for one call, or does not. */
  choose<F extends (...args: never[]) => Generator<unknown, unknown, unknown>>(run: F): F {
    return this.next() ? this.library.coroutine(run) : run;
  }
}

/**
 * A coroutine function of the interpreter, of which each call is marked or not.
 *
 * @param make - evaluates the generator function: there is a function without a mark, and one with the mark of each library
 */
export function markable<W extends { readonly marks: Marks }, A extends readonly unknown[], T>(
  make: () => (world: W, ...args: A) => Coroutine<T>,
): (world: W, ...args: A) => Coroutine<T> {
  const plain = make();
  const marked = new WeakMap<Library, typeof plain>();
  const markedBy = (library: Library): typeof plain => {
    const run = library.coroutine(make());
    marked.set(library, run);
    return run;
  };
  return (world, ...args) => {
    const { marks } = world;
    const run = marks.next() ? (marked.get(marks.library) ?? markedBy(marks.library)) : plain;
    return run(world, ...args);
  };
}
