import { asyncFor, asyncGenerator, BREAK } from "@yieldstar/asyncgen";
import {
  allTasks,
  CancelledError,
  type Coroutine,
  createTask,
  currentTask,
  EventLoop,
  getRunningLoop,
  KeyboardInterrupt,
  run,
  Runner,
  sleep,
  type Task,
  ValueError,
  VirtualHost,
} from "@yieldstar/loop";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import type { Print } from "../../../src/same.ts";
import { t } from "../outcomes.ts";
import { give, helpers, loopFactory, outcome, sameAsync } from "./helpers.ts";

function* fail(text: string): Coroutine<never> {
  yield* sleep(1);
  throw new ValueError(text);
}

describe("RN-03: the end of a run", () => {
  const tracedLoop = `
      ${helpers}
      class Loop(asyncio.EventLoop):
          async def shutdown_asyncgens(self):
              print("closing generators", self.time(), len(asyncio.all_tasks()))
              await super().shutdown_asyncgens()
              print("closed generators", self.time())

          async def shutdown_default_executor(self, timeout=None):
              print("closing the executor", len(asyncio.all_tasks()))
              await super().shutdown_default_executor(timeout)

          def close(self):
              print("closing", self.is_running(), len(asyncio.all_tasks(self)))
              super().close()

      kept = []

      async def worker(name, delay):
          try:
              await asyncio.sleep(100)
          finally:
              print(name, "cleans up at", t())
              await asyncio.sleep(delay)
              print(name, "has cleaned up at", t())

      async def generate():
          try:
              yield 1
          finally:
              print("generator cleans up at", t())
              await asyncio.sleep(1)

      async def main(error=None):
          kept.append(generate())
          await anext(kept[-1])
          kept.append([asyncio.create_task(worker("a", 2)), asyncio.create_task(worker("b", 1))])
          await asyncio.sleep(1)
          print("main ends")
          if error:
              raise error
          return "result"
  `;

  function tracedIn(print: Print) {
    class TracedLoop extends EventLoop {
      override *shutdownAsyncgens(): Coroutine {
        print("closing generators", this.time(), allTasks().size);
        yield* super.shutdownAsyncgens();
        print("closed generators", this.time());
      }
      override *shutdownDefaultExecutor(): Coroutine {
        print("closing the executor", allTasks().size);
        yield* super.shutdownDefaultExecutor();
      }
      override close(): void {
        print("closing", this.isRunning(), allTasks(this).size);
        super.close();
      }
    }
    function* worker(name: string, delay: number): Coroutine {
      try {
        yield* sleep(100);
      } finally {
        print(name, "cleans up at", t());
        yield* sleep(delay);
        print(name, "has cleaned up at", t());
      }
    }
    const generate = asyncGenerator(function* (emit) {
      try {
        yield* emit(1);
      } finally {
        print("generator cleans up at", t());
        yield* sleep(1);
      }
    });
    function* main(error?: Error): Coroutine<string> {
      yield* asyncFor(generate(), function* () {
        return BREAK;
      });
      createTask(worker("a", 2));
      createTask(worker("b", 1));
      yield* sleep(1);
      print("main ends");
      if (error !== undefined) throw error;
      return "result";
    }
    return { main, factory: () => new TracedLoop({ host: new VirtualHost() }) };
  }

  it("RN-03: run() cancels and awaits all tasks, then closes the generators and the executor, then the loop", () =>
    sameAsync(
      `
      ${tracedLoop}
      print(outcome(lambda: asyncio.run(main(), loop_factory=Loop)))
    `,
      async (print) => {
        const { main, factory } = tracedIn(print);
        print(await outcome(() => run(main(), { loopFactory: factory })));
      },
    ));

  it("RN-03: run() ends in the same way when main failed or was cancelled", () =>
    sameAsync(
      `
      ${tracedLoop}
      for error in (ValueError("x"), asyncio.CancelledError("y"), KeyboardInterrupt("z")):
          print(outcome(lambda: asyncio.run(main(error), loop_factory=Loop)))
    `,
      async (print) => {
        const { main, factory } = tracedIn(print);
        for (const error of [new ValueError("x"), new CancelledError("y"), new KeyboardInterrupt("z")]) {
          print(await outcome(() => run(main(error), { loopFactory: factory })));
        }
      },
    ));

  it("RN-03: a Runner does the same when it is closed, and not between its runs", () =>
    sameAsync(
      `
      ${tracedLoop}
      with asyncio.Runner(loop_factory=Loop) as runner:
          print(runner.run(main()))
          print("between", len(asyncio.all_tasks(runner.get_loop())))
          runner.run(asyncio.sleep(1))
          print("end of block")
    `,
      async (print) => {
        const { main, factory } = tracedIn(print);
        const runner = new Runner({ loopFactory: factory });
        print(await runner.run(main()));
        print("between", allTasks(runner.getLoop()).size);
        await runner.run(sleep(1));
        print("end of block");
        await runner.close();
      },
    ));

  it("RN-03: a task that refuses to be cancelled is awaited until it ends", () =>
    sameAsync(
      `
      ${helpers}
      async def stubborn():
          for _ in range(3):
              try:
                  await asyncio.sleep(10)
              except asyncio.CancelledError:
                  print("refused at", t())
          print("ends at", t())

      async def main():
          global task
          task = asyncio.create_task(stubborn())
          await asyncio.sleep(1)

      asyncio.run(main())
      print(task.cancelled(), task.cancelling())
    `,
      async (print) => {
        function* stubborn(): Coroutine {
          for (let times = 0; times < 3; times++) {
            try {
              yield* sleep(10);
            } catch {
              print("refused at", t());
            }
          }
          print("ends at", t());
        }
        function* main(): Coroutine<Task<void>> {
          const task = createTask(stubborn());
          yield* sleep(1);
          return task;
        }
        const task = await run(main(), { loopFactory });
        print(task.cancelled(), task.cancelling());
      },
    ));
});

describe("RN-04: the effects of the final cancellation", () => {
  it("RN-04: exceptions are reported when all tasks have ended, in order; swallowing the cancel is fine", () =>
    sameAsync(
      `
      ${helpers}
      def report(loop, context):
          print(context["message"], sorted(context), repr(context["exception"]), context["task"].get_name(), loop.time())

      async def worker(delay, error=None):
          try:
              await asyncio.sleep(100)
          except asyncio.CancelledError:
              await asyncio.sleep(delay)
              print(asyncio.current_task().get_name(), "ends at", t())
              if error:
                  raise error

      tasks = []

      async def main():
          asyncio.get_running_loop().set_exception_handler(report)
          tasks.append(asyncio.create_task(worker(2, ValueError("x")), name="fails late"))
          tasks.append(asyncio.create_task(worker(1), name="swallows"))
          tasks.append(asyncio.create_task(worker(1, asyncio.CancelledError("y")), name="cancelled"))
          tasks.append(asyncio.create_task(worker(1, TypeError("z")), name="fails early"))
          await asyncio.sleep(1)
          return "result"

      print(outcome(lambda: asyncio.run(main())))
      print([task.cancelled() for task in tasks])
    `,
      async (print) => {
        function* worker(delay: number, error?: Error): Coroutine {
          try {
            yield* sleep(100);
          } catch {
            yield* sleep(delay);
            print(currentTask()?.getName(), "ends at", t());
            if (error !== undefined) throw error;
          }
        }
        const tasks: Task<void>[] = [];
        function* main(): Coroutine<string> {
          getRunningLoop().setExceptionHandler((loop, context) => {
            const { message, exception, task } = context;
            print(message, Object.keys(context).sort(), repr(exception), task?.getName(), loop.time());
          });
          tasks.push(createTask(worker(2, new ValueError("x")), { name: "fails late" }));
          tasks.push(createTask(worker(1), { name: "swallows" }));
          tasks.push(createTask(worker(1, new CancelledError("y")), { name: "cancelled" }));
          tasks.push(createTask(worker(1, new TypeError("z")), { name: "fails early" }));
          yield* sleep(1);
          return "result";
        }
        print(await outcome(() => run(main(), { loopFactory })));
        print(tasks.map((task) => task.cancelled()));
      },
    ));

  it("RN-04: tasks that a cleanup starts are neither cancelled nor awaited", () =>
    sameAsync(
      `
      ${helpers}
      def report(loop, context):
          print(context["message"], sorted(context), context["task"].get_name())

      async def late(delay):
          try:
              print("late begins", t())
              await asyncio.sleep(delay)
              print("late ends", t())
          except asyncio.CancelledError:
              print("not reached")

      async def worker():
          try:
              await asyncio.sleep(100)
          finally:
              tasks = [asyncio.create_task(late(0.5), name="short"), asyncio.create_task(late(100), name="long")]
              await asyncio.sleep(1)

      async def main():
          asyncio.get_running_loop().set_exception_handler(report)
          task = asyncio.create_task(worker())
          await asyncio.sleep(1)

      asyncio.run(main())
    `,
      async (print) => {
        function* late(delay: number): Coroutine {
          try {
            print("late begins", t());
            yield* sleep(delay);
            print("late ends", t());
          } catch {
            print("not reached");
          }
        }
        function* worker(): Coroutine {
          try {
            yield* sleep(100);
          } finally {
            createTask(late(0.5), { name: "short" });
            createTask(late(100), { name: "long" });
            yield* sleep(1);
          }
        }
        function* main(): Coroutine {
          getRunningLoop().setExceptionHandler((_, context) => {
            print(context.message, Object.keys(context).sort(), context.task?.getName());
          });
          createTask(worker());
          yield* sleep(1);
        }
        await run(main(), { loopFactory });
      },
    ));
});

describe("RN-07: a closed runner", () => {
  it("RN-07: a closed runner cannot be used again, and can be closed again", () =>
    sameAsync(
      `
      ${helpers}
      runner = asyncio.Runner()
      print(runner.run(give(1)))
      print(outcome(runner.close), outcome(runner.close))
      coroutine = give("unused")
      print(outcome(lambda: runner.run(coroutine)), outcome(runner.get_loop))
      print(asyncio.run(coroutine))
    `,
      async (print) => {
        const runner = new Runner({ loopFactory });
        print(await runner.run(give(1)));
        print(await outcome(() => runner.close()), await outcome(() => runner.close()));
        const coroutine = give("unused");
        print(await outcome(() => runner.run(coroutine)), await outcome(() => runner.getLoop()));
        print(await run(coroutine, { loopFactory }));
      },
    ));

  it("RN-07: closing a runner that never started does nothing", () =>
    sameAsync(
      `
      ${helpers}
      runner = asyncio.Runner(loop_factory=lambda: print("not called"))
      print(outcome(runner.close), outcome(runner.close))
      runner = asyncio.Runner()
      runner.close()
      print(outcome(lambda: runner.run(give("still usable"))))
      runner.close()
    `,
      async (print) => {
        const unused = new Runner({
          loopFactory: () => {
            print("not called");
            return loopFactory();
          },
        });
        print(await outcome(() => unused.close()), await outcome(() => unused.close()));
        const runner = new Runner({ loopFactory });
        await runner.close();
        print(await outcome(() => runner.run(give("still usable"))));
        await runner.close();
      },
    ));

  it("RN-07: a runner can be closed after a run failed, or its loop was closed by hand", () =>
    sameAsync(
      `
      ${helpers}
      runner = asyncio.Runner()
      loop = runner.get_loop()
      print(outcome(lambda: runner.run(fail("x"))), loop.is_closed())
      print(runner.run(give("next")))
      runner.close()
      print(loop.is_closed())
    `,
      async (print) => {
        const runner = new Runner({ loopFactory });
        const loop = runner.getLoop();
        print(await outcome(() => runner.run(fail("x"))), loop.isClosed());
        print(await runner.run(give("next")));
        await runner.close();
        print(loop.isClosed());
      },
    ));
});
