/**
 * For the Python snippets, and indented like them: the outcome of a call or an await; and a repr without places in
 * files.
 */
export const helpers = `
      import re

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

      def shown(future):
          return re.sub(r" at [^ ,\\]]+:\\d+", "", repr(future))
`;
