import {
  allTasks,
  type Awaitable,
  CancelledError,
  ContextVar,
  type Coroutine,
  createTask,
  currentTask,
  getRunningLoop,
  sleep,
  TimeoutError,
  ValueError,
} from "@yieldstar/loop";
import { waitFor } from "@yieldstar/timeout";
import { it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same, sameScript } from "../../../src/same.ts";
import { cancelling, chain, chainInPython, t } from "../outcomes.ts";
import { blocking } from "../timeout/helpers.ts";

const withoutHint = (text: string): string => text.replace(/ \(hint: .*\)$/, "");

it("WF-01: a coroutine runs in the calling task, and its changes to the context stay", () =>
  same(
    `
      var = contextvars.ContextVar("var", default="unset")

      async def inner(value):
          task = asyncio.current_task()
          print(task is caller, task.get_name(), [each.get_name() for each in asyncio.all_tasks()])
          var.set(value)
          await asyncio.sleep(0.5)
          return value

      async def main():
          global caller
          caller = asyncio.current_task()
          print(await asyncio.wait_for(inner("with a deadline"), 1), var.get())
          print(await asyncio.wait_for(inner("without"), None), var.get())
          print("the next task is", asyncio.create_task(asyncio.sleep(0)).get_name())
    `,
    function* (print) {
      const variable = new ContextVar("var", { default: "unset" });
      const caller = currentTask();

      function* inner(value: string): Coroutine<string> {
        const task = currentTask();
        print(
          task === caller,
          task?.getName(),
          Array.from(allTasks(), (each) => each.getName()),
        );
        variable.set(value);
        yield* sleep(0.5);
        return value;
      }

      print(yield* waitFor(inner("with a deadline"), 1), variable.get());
      print(yield* waitFor(inner("without"), null), variable.get());
      print("the next task is", createTask(sleep(0)).getName());
    },
  ));

it("WF-01: a coroutine begins at once, in the step of its caller", () =>
  same(
    `
      async def inner(timeout):
          print("begun", timeout)

      async def main():
          asyncio.get_running_loop().call_soon(print, "next iteration")
          for timeout in (1, None):
              await asyncio.wait_for(inner(timeout), timeout)
          print("same iteration")
    `,
    function* (print) {
      function* inner(timeout: number | null): Coroutine {
        print("begun", timeout);
      }

      getRunningLoop().callSoon(() => print("next iteration"));
      for (const timeout of [1, null]) yield* waitFor(inner(timeout), timeout);
      print("same iteration");
    },
  ));

it("WF-02: a timeout of None awaits without limit, and the outcome passes through", () =>
  same(
    `
      async def fail():
          await asyncio.sleep(1)
          raise ValueError("x")

      async def main():
          future = asyncio.get_running_loop().create_future()
          asyncio.get_running_loop().call_later(1e9, future.set_result, "of a future")
          print(await asyncio.wait_for(future, None), t())
          print(await asyncio.wait_for(asyncio.sleep(1, "of a coroutine"), None), t())
          print(await asyncio.wait_for(asyncio.create_task(asyncio.sleep(1, "of a task")), None), t())
          for failing in (fail(), asyncio.create_task(fail())):
              try:
                  await asyncio.wait_for(failing, None)
              except ValueError as error:
                  print(repr(error), t())
    `,
    function* (print) {
      function* fail(): Coroutine {
        yield* sleep(1);
        throw new ValueError("x");
      }

      const future = getRunningLoop().createFuture<string>();
      getRunningLoop().callLater(1e9, () => future.setResult("of a future"));
      print(yield* waitFor(future, null), t());
      print(yield* waitFor(sleep(1, "of a coroutine"), null), t());
      print(yield* waitFor(createTask(sleep(1, "of a task")), null), t());
      for (const failing of [fail(), createTask(fail())]) {
        try {
          yield* waitFor(failing, null);
        } catch (error) {
          print(repr(error), t());
        }
      }
    },
  ));

it("WF-03: a timeout of zero or less takes the outcome of a future that is done already", () =>
  same(
    `
      async def main():
          loop = asyncio.get_running_loop()
          loop.call_soon(print, "next iteration")
          for timeout in (0, -1):
              good, bad, cancelled = loop.create_future(), loop.create_future(), loop.create_future()
              good.set_result("result")
              bad.set_exception(ValueError("x"))
              cancelled.cancel("before")
              print(await asyncio.wait_for(good, timeout))
              for future in (bad, cancelled):
                  try:
                      await asyncio.wait_for(future, timeout)
                  except BaseException as error:
                      print(repr(error))
          print("same iteration")
    `,
    function* (print) {
      const loop = getRunningLoop();
      loop.callSoon(() => print("next iteration"));
      for (const timeout of [0, -1]) {
        const [good, bad, cancelled] = [
          loop.createFuture<string>(),
          loop.createFuture<string>(),
          loop.createFuture<string>(),
        ];
        good.setResult("result");
        bad.setException(new ValueError("x"));
        cancelled.cancel("before");
        print(yield* waitFor(good, timeout));
        for (const future of [bad, cancelled]) {
          try {
            yield* waitFor(future, timeout);
          } catch (error) {
            print(repr(error));
          }
        }
      }
      print("same iteration");
    },
  ));

it("WF-03: a timeout of zero or less cancels a future that is not done, and waits for it", () =>
  same(
    `
      async def worker():
          try:
              await asyncio.sleep(10)
          except asyncio.CancelledError as error:
              print("cleanup", repr(error))
              await asyncio.sleep(2)
              raise

      async def main():
          for timeout in (0, -1):
              task = asyncio.create_task(worker())
              await asyncio.sleep(1)
              for awaitable in (task, asyncio.get_running_loop().create_future()):
                  try:
                      await asyncio.wait_for(awaitable, timeout)
                  except TimeoutError as error:
                      print(repr(error), repr(error.__cause__), awaitable.cancelled(), t())
          print(asyncio.current_task().cancelling())
    `,
    function* (print) {
      function* worker(): Coroutine {
        try {
          yield* sleep(10);
        } catch (error) {
          print("cleanup", repr(error));
          yield* sleep(2);
          throw error;
        }
      }

      for (const timeout of [0, -1]) {
        const task = createTask(worker());
        yield* sleep(1);
        for (const awaitable of [task, getRunningLoop().createFuture<void>()]) {
          try {
            yield* waitFor(awaitable, timeout);
          } catch (error) {
            print(repr(error), repr((error as Error).cause), awaitable.cancelled(), t());
          }
        }
      }
      print(cancelling());
    },
  ));

it("WF-03: with a timeout of zero or less a coroutine becomes a task that never starts", () =>
  same(
    `
      async def worker():
          try:
              print("started")
          finally:
              print("ended")

      async def main():
          for timeout in (0, -1):
              asyncio.get_running_loop().call_soon(lambda: print([each.get_name() for each in asyncio.all_tasks()]))
              try:
                  await asyncio.wait_for(worker(), timeout)
              except TimeoutError as error:
                  print(repr(error), repr(error.__cause__), t())
    `,
    function* (print) {
      function* worker(): Coroutine {
        try {
          print("started");
        } finally {
          print("ended");
        }
      }

      for (const timeout of [0, -1]) {
        getRunningLoop().callSoon(() => print(Array.from(allTasks(), (each) => each.getName())));
        try {
          yield* waitFor(worker(), timeout);
        } catch (error) {
          print(repr(error), repr((error as Error).cause), t());
        }
      }
    },
  ));

it("WF-03: with a timeout of zero or less the caller goes on after as many iterations as in Python", () =>
  same(
    `
      async def tick():
          for number in range(6):
              print("iteration", number)
              await asyncio.sleep(0)

      async def main():
          for awaitable in (asyncio.get_running_loop().create_future(), asyncio.sleep(10)):
              ticker = asyncio.create_task(tick())
              try:
                  await asyncio.wait_for(awaitable, 0)
              except TimeoutError as error:
                  print(repr(error))
              await ticker
    `,
    function* (print) {
      function* tick(): Coroutine {
        for (let number = 0; number < 6; number += 1) {
          print("iteration", number);
          yield* sleep(0);
        }
      }

      for (const awaitable of [getRunningLoop().createFuture<void>(), sleep(10)]) {
        const ticker = createTask(tick());
        try {
          yield* waitFor(awaitable, 0);
        } catch (error) {
          print(repr(error));
        }
        yield* ticker;
      }
    },
  ));

it("WF-04: with a timeout of zero or less a task that swallows the cancel still gives its outcome", () =>
  same(
    `
      async def swallow():
          try:
              await asyncio.sleep(10)
          except asyncio.CancelledError:
              await asyncio.sleep(2)
              return "swallowed"

      async def fail():
          try:
              await asyncio.sleep(10)
          except asyncio.CancelledError:
              await asyncio.sleep(2)
              raise ValueError("instead")

      async def main():
          for timeout in (0, -1):
              swallowing, failing = asyncio.create_task(swallow()), asyncio.create_task(fail())
              await asyncio.sleep(1)
              print(await asyncio.wait_for(swallowing, timeout), t())
              try:
                  await asyncio.wait_for(failing, timeout)
              except Exception as error:
                  print(repr(error), t())
    `,
    function* (print) {
      function* swallow(): Coroutine<string> {
        try {
          yield* sleep(10);
          return "not cancelled";
        } catch {
          yield* sleep(2);
          return "swallowed";
        }
      }

      function* fail(): Coroutine {
        try {
          yield* sleep(10);
        } catch (cause) {
          yield* sleep(2);
          throw new ValueError("instead", { cause });
        }
      }

      for (const timeout of [0, -1]) {
        const [swallowing, failing] = [createTask(swallow()), createTask(fail())];
        yield* sleep(1);
        print(yield* waitFor(swallowing, timeout), t());
        try {
          yield* waitFor(failing, timeout);
        } catch (error) {
          print(repr(error), t());
        }
      }
    },
  ));

it("WF-05: the expired timeout cancels the awaited future", () =>
  same(
    `
      async def worker():
          try:
              await asyncio.sleep(10)
          except asyncio.CancelledError as error:
              print("worker", repr(error), t())
              raise

      async def main():
          task, future = asyncio.create_task(worker()), asyncio.get_running_loop().create_future()
          for awaitable in (task, future, worker()):
              try:
                  await asyncio.wait_for(awaitable, 1)
              except TimeoutError as error:
                  print(repr(error), repr(error.__cause__), t(), asyncio.current_task().cancelling())
          print(task.cancelled(), task.cancelling(), future)
    `,
    function* (print) {
      function* worker(): Coroutine {
        try {
          yield* sleep(10);
        } catch (error) {
          print("worker", repr(error), t());
          throw error;
        }
      }

      const [task, future] = [createTask(worker()), getRunningLoop().createFuture<void>()];
      for (const awaitable of [task, future, worker()]) {
        try {
          yield* waitFor(awaitable, 1);
        } catch (error) {
          print(repr(error), repr((error as Error).cause), t(), cancelling());
        }
      }
      print(task.cancelled(), task.cancelling(), future);
    },
  ));

it("WF-05: the caller gets its TimeoutError only when the awaited future has ended", () =>
  same(
    `
      async def worker():
          try:
              await asyncio.sleep(10)
          finally:
              await asyncio.sleep(5)
              print("cleaned up", t())

      async def main():
          for awaitable in (asyncio.create_task(worker()), worker()):
              try:
                  await asyncio.wait_for(awaitable, 1)
              except TimeoutError as error:
                  print(repr(error), repr(error.__cause__), t())
    `,
    function* (print) {
      function* worker(): Coroutine {
        try {
          yield* sleep(10);
        } finally {
          yield* sleep(5);
          print("cleaned up", t());
        }
      }

      for (const awaitable of [createTask(worker()), worker()]) {
        try {
          yield* waitFor(awaitable, 1);
        } catch (error) {
          print(repr(error), repr((error as Error).cause), t());
        }
      }
    },
  ));

it("WF-06: an awaited task that swallows the cancellation still gives its value", () =>
  same(
    `
      async def swallow():
          try:
              await asyncio.sleep(10)
          except asyncio.CancelledError:
              await asyncio.sleep(2)
              return "swallowed"

      async def main():
          for awaitable in (asyncio.create_task(swallow()), swallow()):
              print(await asyncio.wait_for(awaitable, 1), t(), asyncio.current_task().cancelling())
          await asyncio.sleep(1)
          print("not cancelled later", t())
    `,
    function* (print) {
      function* swallow(): Coroutine<string> {
        try {
          yield* sleep(10);
          return "not cancelled";
        } catch {
          yield* sleep(2);
          return "swallowed";
        }
      }

      for (const awaitable of [createTask(swallow()), swallow()]) {
        print(yield* waitFor(awaitable, 1), t(), cancelling());
      }
      yield* sleep(1);
      print("not cancelled later", t());
    },
  ));

it("WF-06: another exception that the cancellation led to is raised, with a TimeoutError in its chain", () =>
  same(
    `
      ${chainInPython}

      async def fail():
          try:
              await asyncio.sleep(10)
          except asyncio.CancelledError:
              await asyncio.sleep(2)
              raise ValueError("instead")

      async def main():
          for awaitable in (asyncio.create_task(fail()), fail()):
              try:
                  await asyncio.wait_for(awaitable, 1)
              except ValueError as error:
                  print(chain(error), t(), asyncio.current_task().cancelling())
    `,
    function* (print) {
      function* fail(): Coroutine {
        try {
          yield* sleep(10);
        } catch (cause) {
          yield* sleep(2);
          throw new ValueError("instead", { cause });
        }
      }

      for (const awaitable of [createTask(fail()), fail()]) {
        try {
          yield* waitFor(awaitable, 1);
        } catch (error) {
          print(chain(error), t(), cancelling());
        }
      }
    },
  ));

it("WF-07: cancelling the caller cancels the awaited future, and does not count as a timeout", () =>
  same(
    `
      async def worker():
          try:
              await asyncio.sleep(10)
          except asyncio.CancelledError as error:
              print("worker", repr(error), t())
              await asyncio.sleep(1)
              raise

      async def main():
          for timeout in (5, None):
              task, future = asyncio.create_task(worker()), asyncio.get_running_loop().create_future()
              for awaitable in (task, future, worker()):
                  caller = asyncio.create_task(asyncio.wait_for(awaitable, timeout))
                  await asyncio.sleep(1)
                  caller.cancel("by the user")
                  try:
                      await caller
                  except BaseException as error:
                      print(repr(error), repr(error.__cause__), caller.cancelled(), t())
              print(task.cancelled(), future.cancelled())
    `,
    function* (print) {
      function* worker(): Coroutine {
        try {
          yield* sleep(10);
        } catch (error) {
          print("worker", repr(error), t());
          yield* sleep(1);
          throw error;
        }
      }

      for (const timeout of [5, null]) {
        const [task, future] = [createTask(worker()), getRunningLoop().createFuture<void>()];
        for (const awaitable of [task, future, worker()]) {
          const caller = createTask(waitFor(awaitable, timeout));
          yield* sleep(1);
          caller.cancel("by the user");
          try {
            yield* caller;
          } catch (error) {
            print(repr(error), repr((error as Error).cause), caller.cancelled(), t());
          }
        }
        print(task.cancelled(), future.cancelled());
      }
    },
  ));

it("WF-07: a caller that is cancelled while it waits for a cancelled task does not wait longer", () =>
  same(
    `
      async def worker():
          try:
              await asyncio.sleep(10)
          finally:
              await asyncio.sleep(5)
              print("cleaned up", t(), asyncio.current_task().cancelling())

      async def main():
          task = asyncio.create_task(worker())
          await asyncio.sleep(1)
          caller = asyncio.create_task(asyncio.wait_for(task, 0))
          await asyncio.sleep(1)
          caller.cancel("by the user")
          for each in (caller, task):
              try:
                  await each
              except asyncio.CancelledError as error:
                  print(repr(error), t())
    `,
    function* (print) {
      function* worker(): Coroutine {
        try {
          yield* sleep(10);
        } finally {
          yield* sleep(5);
          print("cleaned up", t(), cancelling());
        }
      }

      const task = createTask(worker());
      yield* sleep(1);
      const caller = createTask(waitFor(task, 0));
      yield* sleep(1);
      caller.cancel("by the user");
      for (const each of [caller, task]) {
        try {
          yield* each;
        } catch (error) {
          if (error instanceof CancelledError) print(repr(error), t());
        }
      }
    },
  ));

it("WF-08: values that cannot be awaited are refused, in other words where they would become a task", () =>
  same(
    `
      async def worker():
          pass

      async def main():
          for timeout in (0, -1, 1, None):
              try:
                  await asyncio.wait_for(worker, timeout)
              except TypeError as error:
                  print(repr(error))
              try:
                  await asyncio.wait_for(1, timeout)
              except TypeError as error:
                  print(str(error).replace("int", "number"))
          print(asyncio.current_task().cancelling(), t())
    `,
    function* (print) {
      function* worker(): Coroutine {}

      for (const timeout of [0, -1, 1, null]) {
        for (const value of [worker, 1]) {
          try {
            yield* waitFor(value as unknown as Awaitable<void>, timeout);
          } catch (error) {
            const { message } = error as TypeError;
            print(value === 1 ? withoutHint(message) : repr(new TypeError(withoutHint(message))));
          }
        }
      }
      print(cancelling(), t());
    },
  ));

it("WF-10: a result that is queued before the timer is returned", () =>
  sameScript(
    `
      import time

      async def main():
          loop = asyncio.get_running_loop()
          future = loop.create_future()

          def finish():
              future.set_result("result")
              time.sleep(5)

          loop.call_at(0.5, finish)
          print(await asyncio.wait_for(future, 1), t())
          await asyncio.sleep(0)
          print("not cancelled later", asyncio.current_task().cancelling())

      asyncio.run(main())
    `,
    blocking(function* (print, block) {
      const loop = getRunningLoop();
      const future = loop.createFuture<string>();
      loop.callAt(0.5, () => {
        future.setResult("result");
        block(5);
      });
      print(yield* waitFor(future, 1), t());
      yield* sleep(0);
      print("not cancelled later", cancelling());
    }),
  ));

it("WF-10: a result and the timer in one iteration give the caller a TimeoutError, and the result stays", () =>
  same(
    `
      async def main():
          loop = asyncio.get_running_loop()
          future = loop.create_future()
          loop.call_at(1, future.set_result, "result")
          try:
              await asyncio.wait_for(future, 1)
          except TimeoutError as error:
              print(repr(error), repr(error.__cause__), future, t())
    `,
    function* (print) {
      const loop = getRunningLoop();
      const future = loop.createFuture<string>();
      loop.callAt(1, () => future.setResult("result"));
      try {
        yield* waitFor(future, 1);
      } catch (error) {
        print(repr(error), repr((error as Error).cause), future, t());
      }
    },
  ));

it("WF-10: a task keeps its result when the timer comes before its caller is woken", () =>
  sameScript(
    `
      import time

      async def worker():
          await asyncio.sleep(0.5)
          await asyncio.sleep(0)
          return "result"

      async def main():
          loop = asyncio.get_running_loop()
          task = asyncio.create_task(worker())
          loop.call_at(0.5, lambda: loop.call_soon(time.sleep, 5))
          try:
              await asyncio.wait_for(task, 1)
          except TimeoutError as error:
              print(repr(error), task.result(), t())

      asyncio.run(main())
    `,
    blocking(function* (print, block) {
      function* worker(): Coroutine<string> {
        yield* sleep(0.5);
        yield* sleep(0);
        return "result";
      }

      const loop = getRunningLoop();
      const task = createTask(worker());
      loop.callAt(0.5, () => {
        loop.callSoon(() => block(5));
      });
      try {
        yield* waitFor(task, 1);
      } catch (error) {
        if (error instanceof TimeoutError) print(repr(error), task.result(), t());
      }
    }),
  ));
