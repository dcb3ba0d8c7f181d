import type { Awaitable, Coroutine } from "@yieldstar/loop";
import { repr, str } from "../../../src/python-text.ts";

/**
 * For the Python snippets, and indented like them: the outcome of a call or an await; what a coroutine yields to its
 * task; and a text without places in files, addresses and the coroutine's own description.
 */
export const helpers = `
      import re, types

      def outcome(call):
          try:
              return f"returned {call()!r}"
          except BaseException as error:
              return shown(f"raised {error!r}")

      async def awaiting(awaitable):
          try:
              return f"returned {await awaitable!r}"
          except BaseException as error:
              return shown(f"raised {error!r}")

      @types.coroutine
      def yielding(value):
          return (yield value)

      def shown(text):
          text = re.sub(r" at (0x\\w+|[^ ,\\]]+:\\d+)", "", str(text))
          return re.sub(r"<(generator|coroutine) object[^>]*>", "<coroutine>", re.sub(r"coro=<[^>]*>", "coro=<>", text))
`;

export function outcome(call: () => unknown): string {
  try {
    return `returned ${repr(call())}`;
  } catch (error) {
    return shown(`raised ${repr(error)}`);
  }
}

export function* awaiting(awaitable: Awaitable<unknown>): Coroutine<string> {
  try {
    return `returned ${repr(yield* awaitable)}`;
  } catch (error) {
    return shown(`raised ${repr(error)}`);
  }
}

/** A text without its hint and without the coroutine's own description. */
export function shown(text: unknown): string {
  return str(text)
    .replace(/ \(hint: .*\)(?=['"]\)$)/, "")
    .replaceAll(/coro=<[^>]*>/g, "coro=<>")
    .replaceAll(/<coroutine object[^>]*>/g, "<coroutine>");
}
