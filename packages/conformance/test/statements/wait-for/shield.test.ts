import {
  type Coroutine,
  createTask,
  currentTask,
  type ExceptionHandler,
  Future,
  getRunningLoop,
  shield,
  sleep,
  TimeoutError,
  ValueError,
} from "@yieldstar/loop";
import { waitFor } from "@yieldstar/timeout";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { type Print, same } from "../../../src/same.ts";
import { awaiting, t } from "../outcomes.ts";

/** For the Python snippets, and indented like them. The functions below and those of outcomes.ts are its ports. */
const helpers = `
      async def awaiting(awaitable):
          try:
              return f"returned {await awaitable!r}"
          except BaseException as error:
              return f"raised {error!r}"

      async def work(delay):
          try:
              await asyncio.sleep(delay)
          except asyncio.CancelledError as error:
              print("work got", repr(error), t())
              raise
          return "worked"

      async def fail(delay):
          await asyncio.sleep(delay)
          raise ValueError("x")

      def report(loop, context):
          print(context["message"], sorted(context), repr(context["exception"]))
`;

function* work(print: Print, delay: number): Coroutine<string> {
  try {
    yield* sleep(delay);
  } catch (error) {
    print("work got", repr(error), t());
    throw error;
  }
  return "worked";
}

function* fail(delay: number): Coroutine<never> {
  yield* sleep(delay);
  throw new ValueError("x");
}

function reportTo(print: Print): ExceptionHandler {
  return (_, context) => print(context.message, Object.keys(context).sort(), repr(context.exception));
}

describe("WF: wait_for of a shield", () => {
  it("WF-07: cancelling the caller of wait_for(shield(task)) leaves the task running: no timeout", () =>
    same(
      `
      ${helpers}
      async def main():
          for timeout in (10, None):
              task = asyncio.create_task(work(3))
              outer = asyncio.shield(task)

              async def caller():
                  try:
                      await asyncio.wait_for(outer, timeout)
                  except asyncio.CancelledError as error:
                      print(repr(error), t(), asyncio.current_task().cancelling())
                      raise

              calling = asyncio.create_task(caller())
              await asyncio.sleep(1)
              print(calling.cancel("by the user"), outer.cancelled(), task.cancelling())
              await asyncio.sleep(1)
              print(calling.cancelled(), task.done())
              print(await task, t(), task.cancelling())
    `,
      function* (print) {
        for (const timeout of [10, null]) {
          const task = createTask(work(print, 3));
          const outer = shield(task);
          const caller = function* (): Coroutine {
            try {
              yield* waitFor(outer, timeout);
            } catch (error) {
              print(repr(error), t(), currentTask()?.cancelling());
              throw error;
            }
          };
          const calling = createTask(caller());
          yield* sleep(1);
          print(calling.cancel("by the user"), outer.cancelled(), task.cancelling());
          yield* sleep(1);
          print(calling.cancelled(), task.done());
          print(yield* task, t(), task.cancelling());
        }
      },
    ));

  it("WF-07: cancelling one of two callers ends only that caller", () =>
    same(
      `
      ${helpers}
      async def main():
          task = asyncio.create_task(work(3))
          callers = [asyncio.create_task(asyncio.wait_for(asyncio.shield(task), timeout)) for timeout in (9, 9, 2)]
          await asyncio.sleep(1)
          callers[0].cancel("by the user")
          print([await awaiting(caller) for caller in callers], t(), task.cancelling())
    `,
      function* (print) {
        const task = createTask(work(print, 3));
        const callers = [9, 9, 2].map((timeout) => createTask(waitFor(shield(task), timeout)));
        yield* sleep(1);
        callers[0]?.cancel("by the user");
        const outcomes: string[] = [];
        for (const caller of callers) outcomes.push(yield* awaiting(caller));
        print(outcomes, t(), task.cancelling());
      },
    ));

  it("WF-09: the timeout cancels only the shield: the task runs on, and its result is there later", () =>
    same(
      `
      ${helpers}
      async def main():
          for timeout in (1, 0, -1):
              task = asyncio.create_task(work(3))
              outer = asyncio.shield(task)
              start = t()
              try:
                  await asyncio.wait_for(outer, timeout)
              except TimeoutError as error:
                  print(repr(error), t() - start, asyncio.current_task().cancelling())
              print(outer.cancelled(), task.done(), task.cancelling())
              print(await task, t() - start)
    `,
      function* (print) {
        for (const timeout of [1, 0, -1]) {
          const task = createTask(work(print, 3));
          const outer = shield(task);
          const start = t();
          try {
            yield* waitFor(outer, timeout);
          } catch (error) {
            if (error instanceof TimeoutError) print(repr(error), t() - start, currentTask()?.cancelling());
          }
          print(outer.cancelled(), task.done(), task.cancelling());
          print(yield* task, t() - start);
        }
      },
    ));

  it("WF-09: a later failure of the task goes to the loop's exception handler, once for each task", () =>
    same(
      `
      ${helpers}
      async def main():
          asyncio.get_running_loop().set_exception_handler(report)
          task = asyncio.create_task(fail(3))
          for _ in range(2):
              print(await awaiting(asyncio.wait_for(asyncio.shield(task), 1)), t())
          print(await awaiting(asyncio.wait_for(asyncio.shield(fail(2)), 0.5)), t())
          await asyncio.sleep(5)
          print("the end", task.done())
    `,
      function* (print) {
        getRunningLoop().setExceptionHandler(reportTo(print));
        const task = createTask(fail(3));
        for (let round = 0; round < 2; round++) {
          print(yield* awaiting(waitFor(shield(task), 1)), t());
        }
        print(yield* awaiting(waitFor(shield(fail(2)), 0.5)), t());
        yield* sleep(5);
        print("the end", task.done());
      },
    ));

  it("WF-09: a task that awaits it later still gets the exception, and a cancellation is not reported", () =>
    same(
      `
      ${helpers}
      async def main():
          asyncio.get_running_loop().set_exception_handler(report)
          for task in (asyncio.create_task(fail(2)), asyncio.create_task(work(9))):
              print(await awaiting(asyncio.wait_for(asyncio.shield(task), 1)), t())
              asyncio.get_running_loop().call_later(3, task.cancel, "stop")
              print(await awaiting(task), t())
    `,
      function* (print) {
        getRunningLoop().setExceptionHandler(reportTo(print));
        for (const task of [createTask(fail(2)), createTask(work(print, 9))]) {
          print(yield* awaiting(waitFor(shield<unknown>(task), 1)), t());
          getRunningLoop().callLater(3, () => task.cancel("stop"));
          print(yield* awaiting(task), t());
        }
      },
    ));

  it("WF-09: an outcome before the timeout goes to the caller, and is not reported", () =>
    same(
      `
      ${helpers}
      async def main():
          asyncio.get_running_loop().set_exception_handler(report)
          done = asyncio.Future()
          done.set_result("done")
          print(await asyncio.wait_for(asyncio.shield(done), 0), t())
          for awaitable in (work(1), fail(1)):
              print(await awaiting(asyncio.wait_for(asyncio.shield(awaitable), 2)), t())
          await asyncio.sleep(5)
    `,
      function* (print) {
        getRunningLoop().setExceptionHandler(reportTo(print));
        const done = new Future<string>();
        done.setResult("done");
        print(yield* waitFor(shield(done), 0), t());
        for (const awaitable of [work(print, 1), fail(1)]) {
          print(yield* awaiting(waitFor(shield(awaitable), 2)), t());
        }
        yield* sleep(5);
      },
    ));
});
