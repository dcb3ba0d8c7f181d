/**
 * All limits of texts. A text that reaches a limit is cut, and says so: with `… and 5 more`, or with CPython's `...`
 * where CPython cuts too.
 */
export const textLimits = {
  /** Characters of one text, the note on the cut part included. */
  length: 10_000,
  /** Characters that are kept free for that note. */
  room: 200,
  /** Objects inside each other. */
  depth: 30,
  /** Members of one array or object. */
  members: 100,
  /** Characters of the name of a class or a function. */
  name: 100,
  /** Digits of a BigInt: CPython's limit for integers. */
  digits: 4300,
  /** Tasks inside each other, each waiting for the next. The text then shows only the name of the next one. */
  awaited: 3,
  /** CPython's limits for the result of a future, from `reprlib`. */
  result: { depth: 6, members: 6, entries: 4, characters: 30, digits: 40 },
  /** The message of a deadlock: tasks, characters, cycles, and names of one cycle. */
  deadlock: { tasks: 500, length: 100_000, cycles: 3, cycleNames: 20 },
  /**
   * The tree of an exception group: levels and members of one group (CPython's limits); errors of all groups; causes in
   * a chain from one error; lines of one error; characters.
   */
  group: { depth: 10, members: 15, errors: 1000, causes: 20, lines: 200, length: 100_000 },
} as const;

/** Returns `text`, or its first `limit` characters and how many more there are. */
export function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}${andMore(text.length - limit)}`;
}

/** The text that replaces `count` members or characters. */
export function andMore(count: number): string {
  return `… and ${count} more`;
}
