import { type Coroutine, type ExceptionHandler, sleep, ValueError } from "@yieldstar/loop";
import { repr } from "../../../src/python-text.ts";
import type { Print } from "../../../src/same.ts";
import { cancelling, t } from "../outcomes.ts";

/** For the Python snippets, and indented like them. The functions below and those of outcomes.ts are its ports. */
export const helpers = `
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

      async def work(name, delay):
          try:
              await asyncio.sleep(delay)
          except asyncio.CancelledError as error:
              print(name, "got", repr(error), t(), asyncio.current_task().cancelling())
              raise
          print(name, "ends", t())
          return name

      async def fail(name, delay=0):
          await asyncio.sleep(delay)
          raise ValueError(name)

      async def clean_up(name, delay):
          try:
              await asyncio.sleep(100)
          finally:
              await asyncio.sleep(delay)
              print(name, "has cleaned up", t())

      async def swallow(name, delay):
          try:
              await asyncio.sleep(100)
          except asyncio.CancelledError:
              await asyncio.sleep(delay)
              return f"{name} swallowed"

      def ticks(last, tick=1):
          print("tick", tick)
          if tick < last:
              asyncio.get_running_loop().call_soon(ticks, last, tick + 1)

      def report(loop, context):
          print(context["message"].lstrip("_"), sorted(context), repr(context.get("exception")))
`;

export function* work(print: Print, name: string, delay: number): Coroutine<string> {
  try {
    yield* sleep(delay);
  } catch (error) {
    print(name, "got", repr(error), t(), cancelling());
    throw error;
  }
  print(name, "ends", t());
  return name;
}

export function* fail(name: string, delay = 0): Coroutine<never> {
  yield* sleep(delay);
  throw new ValueError(name);
}

export function reportTo(print: Print): ExceptionHandler {
  return (_, context) => print(context.message.replace(/^_/, ""), Object.keys(context).sort(), repr(context.exception));
}
