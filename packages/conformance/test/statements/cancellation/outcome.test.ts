import {
  type Coroutine,
  createTask,
  EventLoop,
  getRunningLoop,
  Runner,
  sleep,
  ValueError,
  VirtualHost,
} from "@yieldstar/loop";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same, sameScript, sameUncaught } from "../../../src/same.ts";
import { t, thisTask } from "../outcomes.ts";

describe("CX: cancellation", () => {
  it("CX-01: cancel() is true for a task that is not done, and cancelled() only once the coroutine has ended", () =>
    same(
      `
      async def main():
          async def worker():
              try:
                  await asyncio.sleep(10)
              finally:
                  print("cleaning up", task.cancelled(), task.done())
                  await asyncio.sleep(1)
                  print("cleaned up", task.cancelled(), task.done())

          task = asyncio.create_task(worker())
          await asyncio.sleep(1)
          print(task.cancel(), task.cancelled(), task.done())
          try:
              await task
          except asyncio.CancelledError as error:
              print(t(), repr(error), task.cancelled(), task.done())
          print(task.cancel(), task.cancelled())
    `,
      function* (print) {
        function* worker(): Coroutine {
          try {
            yield* sleep(10);
          } finally {
            print("cleaning up", task.cancelled(), task.done());
            yield* sleep(1);
            print("cleaned up", task.cancelled(), task.done());
          }
        }
        const task = createTask(worker());
        yield* sleep(1);
        print(task.cancel(), task.cancelled(), task.done());
        try {
          yield* task;
        } catch (error) {
          print(t(), repr(error), task.cancelled(), task.done());
        }
        print(task.cancel(), task.cancelled());
      },
    ));

  it("CX-01: cancel() is false for a task that has returned or raised, which stays as it is", () =>
    same(
      `
      async def main():
          async def returns():
              return "value"

          async def raises():
              raise ValueError("x")

          returned, raised = asyncio.create_task(returns()), asyncio.create_task(raises())
          await asyncio.sleep(0)
          print(returned.cancel(), returned.cancelled(), returned.result())
          print(raised.cancel(), raised.cancelled(), repr(raised.exception()))
    `,
      function* (print) {
        function* returns(): Coroutine<string> {
          return "value";
        }
        function* raises(): Coroutine {
          throw new ValueError("x");
        }
        const returned = createTask(returns());
        const raised = createTask(raises());
        yield* sleep(0);
        print(returned.cancel(), returned.cancelled(), returned.result());
        print(raised.cancel(), raised.cancelled(), repr(raised.exception()));
      },
    ));

  it("CX-02: a task cancelled before its first step ends at that step, and its body never runs", () =>
    same(
      `
      async def main():
          async def worker():
              try:
                  print("never")
                  await asyncio.sleep(1)
              finally:
                  print("never")

          loop = asyncio.get_running_loop()
          loop.call_soon(lambda: print("before the step", task.done()))
          task = asyncio.create_task(worker())
          loop.call_soon(lambda: print("after the step", task.done()))
          print(task.cancel("stop"), task.done(), task.cancelled())
          try:
              await task
          except asyncio.CancelledError as error:
              print(repr(error), task.cancelled())
    `,
      function* (print) {
        function* worker(): Coroutine {
          try {
            print("never");
            yield* sleep(1);
          } finally {
            print("never");
          }
        }
        const loop = getRunningLoop();
        loop.callSoon(() => print("before the step", task.done()));
        const task = createTask(worker());
        loop.callSoon(() => print("after the step", task.done()));
        print(task.cancel("stop"), task.done(), task.cancelled());
        try {
          yield* task;
        } catch (error) {
          print(repr(error), task.cancelled());
        }
      },
    ));

  it("CX-12: a task that returns with a cancel undelivered ends cancelled, and its value is dropped", () =>
    same(
      `
      async def main():
          async def worker():
              asyncio.current_task().cancel("late")
              return "dropped"

          task = asyncio.create_task(worker())
          try:
              print("never", await task)
          except asyncio.CancelledError as error:
              print(repr(error), task.cancelled(), task.cancelling())
    `,
      function* (print) {
        function* worker(): Coroutine<string> {
          thisTask().cancel("late");
          return "dropped";
        }
        const task = createTask(worker());
        try {
          print("never", yield* task);
        } catch (error) {
          print(repr(error), task.cancelled(), task.cancelling());
        }
      },
    ));

  it("CX-13: a task that raises with a cancel undelivered ends with its exception, and the cancel is lost", () =>
    same(
      `
      async def main():
          async def worker():
              asyncio.current_task().cancel("lost")
              raise ValueError("x")

          task = asyncio.create_task(worker())
          try:
              await task
          except BaseException as error:
              print(repr(error), error.__cause__ or error.__context__)
          print(task.cancelled(), task.cancelling(), repr(task.exception()))
    `,
      function* (print) {
        function* worker(): Coroutine {
          thisTask().cancel("lost");
          throw new ValueError("x");
        }
        const task = createTask(worker());
        try {
          yield* task;
        } catch (error) {
          print(repr(error), (error as Error).cause);
        }
        print(task.cancelled(), task.cancelling(), repr(task.exception()));
      },
    ));

  // Python chains the errors automatically; here the port does it, with `cause`.
  it("CX-19: an exception raised instead of the CancelledError ends the task, chained to it", () =>
    same(
      `
      async def main():
          async def worker():
              try:
                  await asyncio.sleep(10)
              except asyncio.CancelledError:
                  raise ValueError("instead")

          task = asyncio.create_task(worker())
          await asyncio.sleep(0)
          task.cancel("stop")
          try:
              await task
          except ValueError as error:
              print(repr(error), repr(error.__context__), error is task.exception())
          print(task.cancelled(), task.cancelling())
    `,
      function* (print) {
        function* worker(): Coroutine {
          try {
            yield* sleep(10);
          } catch (error) {
            throw new ValueError("instead", { cause: error });
          }
        }
        const task = createTask(worker());
        yield* sleep(0);
        task.cancel("stop");
        try {
          yield* task;
        } catch (error) {
          print(repr(error), repr((error as Error).cause), error === task.exception());
        }
        print(task.cancelled(), task.cancelling());
      },
    ));

  it("CX-27: exception() of a cancelled task raises CancelledError, in a done-callback too", () =>
    same(
      `
      async def main():
          loop = asyncio.get_running_loop()
          loop.set_exception_handler(lambda loop, context: print("reported", repr(context["exception"])))

          async def worker():
              await asyncio.sleep(10)

          def careless(task):
              print("never", task.exception())

          def careful(task):
              print("careful", task.cancelled() or task.exception())

          task = asyncio.create_task(worker())
          task.add_done_callback(careless)
          task.add_done_callback(careful)
          await asyncio.sleep(0)
          task.cancel("stop")
          await asyncio.sleep(1)
          try:
              print("never", task.exception())
          except asyncio.CancelledError as error:
              print(repr(error))
    `,
      function* (print) {
        const loop = getRunningLoop();
        loop.setExceptionHandler((_, context) => print("reported", repr(context.exception)));
        function* worker(): Coroutine {
          yield* sleep(10);
        }
        const task = createTask(worker());
        task.addDoneCallback((done) => print("never", done.exception()));
        task.addDoneCallback((done) => print("careful", done.cancelled() || done.exception()));
        yield* sleep(0);
        task.cancel("stop");
        yield* sleep(1);
        try {
          print("never", task.exception());
        } catch (error) {
          print(repr(error));
        }
      },
    ));

  it("CX-28: cancel() of a task that has failed is false, and keeps its exception from being reported", () =>
    same(
      `
      async def main():
          loop = asyncio.get_running_loop()
          loop.set_exception_handler(lambda loop, context: print("reported", repr(context["exception"])))

          async def fail(text):
              raise ValueError(text)

          cancelled = asyncio.create_task(fail("cancelled"))
          left = asyncio.create_task(fail("left"))
          await asyncio.sleep(1)
          print(cancelled.cancel(), cancelled.cancelled(), cancelled.cancelling())
    `,
      function* (print) {
        const loop = getRunningLoop();
        loop.setExceptionHandler((_, context) => print("reported", repr(context.exception)));
        function* fail(text: string): Coroutine {
          throw new ValueError(text);
        }
        const cancelled = createTask(fail("cancelled"));
        createTask(fail("left"));
        yield* sleep(1);
        print(cancelled.cancel(), cancelled.cancelled(), cancelled.cancelling());
      },
    ));

  it("CX-36: a CancelledError that leaves a main task cancelled from a callback becomes the exception of run()", () =>
    sameUncaught(
      `
      async def main():
          task = asyncio.current_task()
          asyncio.get_running_loop().call_later(1, task.cancel, "stop")
          try:
              await asyncio.sleep(10)
          finally:
              await asyncio.sleep(1)
              print("cleaned up", t(), task.cancelling())
    `,
      function* (print) {
        const task = thisTask();
        getRunningLoop().callLater(1, () => task.cancel("stop"));
        try {
          yield* sleep(10);
        } finally {
          yield* sleep(1);
          print("cleaned up", t(), task.cancelling());
        }
      },
    ));

  it("CX-36: Runner.run() raises the CancelledError of main, or returns the result if main swallows it", async () => {
    const lines: string[] = [];
    function* main(swallow: boolean): Coroutine<string> {
      const task = thisTask();
      getRunningLoop().callLater(1, () => task.cancel("stop"));
      try {
        yield* sleep(10);
      } catch (error) {
        if (!swallow) throw error;
      }
      return "swallowed";
    }
    const runner = new Runner({ loopFactory: () => new EventLoop({ host: new VirtualHost() }) });
    await runner.run(main(false)).catch((error: unknown) => lines.push(repr(error)));
    lines.push(await runner.run(main(true)), String(runner.getLoop().time()));
    await runner.close();

    await sameScript(
      `
      async def main(swallow):
          asyncio.get_running_loop().call_later(1, asyncio.current_task().cancel, "stop")
          try:
              await asyncio.sleep(10)
          except asyncio.CancelledError:
              if not swallow:
                  raise
          return "swallowed"

      with asyncio.Runner() as runner:
          try:
              runner.run(main(False))
          except asyncio.CancelledError as error:
              print(repr(error))
          print(runner.run(main(True)))
          print(runner.get_loop().time())
    `,
      (print) => {
        for (const line of lines) print(line);
      },
    );
  });
});
