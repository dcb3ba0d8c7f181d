/** For snippets, and indented as they are: what a call, or awaiting, came to; and a repr without places in files. */
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
