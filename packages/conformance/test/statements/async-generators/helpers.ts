import { asyncGenerator } from "@yieldstar/asyncgen";
import { sleep } from "@yieldstar/loop";
import type { Print } from "../../../src/same.ts";
import { t } from "../outcomes.ts";

/** For the Python snippets, and indented like them; the TypeScript of it is below and in outcomes.ts. */
export const helpers = `
      import contextlib, re

      current = lambda: asyncio.current_task().get_name()

      # Nothing is collected in the midst of a program.
      kept = []
      def keep(value):
          kept.append(value)
          return value

      async def awaiting(awaitable):
          try:
              return f"returned {await awaitable!r}"
          except BaseException as error:
              return f"raised {error!r}"

      async def count(to, delay=0, name="generator"):
          try:
              for number in range(1, to + 1):
                  if delay:
                      await asyncio.sleep(delay)
                  yield number
          finally:
              print(name, "cleans up at", t())
              if delay:
                  await asyncio.sleep(delay)
                  print(name, "has cleaned up at", t())
`;

export function counterThatPrints(print: Print) {
  return asyncGenerator(function* count(emit, to: number, delay: number = 0, name: string = "generator") {
    try {
      for (let number = 1; number <= to; number++) {
        if (delay > 0) yield* sleep(delay);
        yield* emit(number);
      }
    } finally {
      print(name, "cleans up at", t());
      if (delay > 0) {
        yield* sleep(delay);
        print(name, "has cleaned up at", t());
      }
    }
  });
}
