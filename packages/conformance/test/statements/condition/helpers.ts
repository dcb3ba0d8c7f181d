/**
 * For the Python snippets, and indented like them: the outcome of a call or an await; and texts without addresses and
 * modules.
 */
export const helpers = `
      import itertools, re

      def shown(value):
          return re.sub(r"<(?:\\w+\\.)*(\\w+) (?:object )?at 0x[0-9a-f]+ ", r"<\\1 ", str(value))

      def outcome(call):
          try:
              return f"returned {call()!r}"
          except BaseException as error:
              return f"raised {error!r}"

      async def awaiting(awaitable):
          try:
              return f"returned {await awaitable!r}"
          except BaseException as error:
              return f"raised {error!r}"
`;
