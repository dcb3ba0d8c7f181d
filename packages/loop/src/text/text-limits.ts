/**
 * How much a text may show. What goes beyond is cut, and the text says so: `… and 5 more`, or CPython's `...` where CPython
 * cuts. All limits are here.
 */
export const textLimits = {
  /** Characters of one text, those included that say what is left out: there is room for so many. */
  length: 10_000,
  room: 200,
  /** Objects inside each other. */
  depth: 30,
  /** Members of one array or object. */
  members: 100,
  /** Characters of the name of a class or a function. */
  name: 100,
  /** Digits of a BigInt, as of CPython's integers. */
  digits: 4300,
  /** Tasks inside each other, each waiting for the next. Of the one after them the name is shown. */
  awaited: 3,
  /** What CPython's `reprlib` shows of a future's result. */
  result: { depth: 6, members: 6, entries: 4, characters: 30, digits: 40 },
  /** Tasks, and characters, that the message of a deadlock lists. */
  deadlock: { tasks: 500, length: 100_000, cycles: 3, cycleNames: 20 },
  /**
   * What the tree of a group shows: CPython's levels, and members of one group; errors in all; causes of one error, each of
   * the one before; lines of one error; characters.
   */
  group: { depth: 10, members: 15, errors: 1000, causes: 20, lines: 200, length: 100_000 },
} as const;

/** The beginning of `text` if it is longer than `limit`, and by how much. */
export function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}${andMore(text.length - limit)}`;
}

/** What stands for `count` members or characters that are not shown. */
export function andMore(count: number): string {
  return `… and ${count} more`;
}
