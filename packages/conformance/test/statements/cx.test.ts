import {
  type Awaitable,
  type CancelledError,
  type Coroutine,
  createTask,
  currentTask,
  EventLoop,
  Future,
  getRunningLoop,
  Runner,
  sleep,
  type Task,
  ValueError,
  VirtualHost,
  wait as waitForTasks,
  asyncWith,
} from "@yieldstar/loop";
import { TaskGroup } from "@yieldstar/taskgroup";
import { timeout } from "@yieldstar/timeout";
import { describe, expect, it } from "vitest";
import { repr } from "../../src/python-text.ts";
import { same, sameScript, sameUncaught } from "../../src/same.ts";

/** The task that calls, which is known to be one. */
function thisTask(): Task<unknown> {
  return currentTask() as Task<unknown>;
}

function t(): number {
  return getRunningLoop().time();
}

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

  it("CX-03: the awaited future is cancelled at once, the task one iteration later, who awaits it one more later", () =>
    same(
      `
      async def main():
          loop = asyncio.get_running_loop()
          future = loop.create_future()

          async def inner():
              try:
                  await future
              finally:
                  print("inner")

          async def outer():
              try:
                  await task
              finally:
                  print("outer")

          def tick(number):
              print("tick", number)
              if number < 4:
                  loop.call_soon(tick, number + 1)

          task = asyncio.create_task(inner())
          waiting = asyncio.create_task(outer())
          await asyncio.sleep(1)
          loop.call_soon(tick, 1)
          print(task.cancel("stop"), future.cancelled(), task.cancelled(), waiting.cancelled())
          await asyncio.sleep(1)
          print(future.cancelled(), task.cancelled(), waiting.cancelled())
          try:
              future.result()
          except asyncio.CancelledError as error:
              print(repr(error))
    `,
      function* (print) {
        const loop = getRunningLoop();
        const future = loop.createFuture<void>();
        function* inner(): Coroutine {
          try {
            yield* future;
          } finally {
            print("inner");
          }
        }
        function* outer(): Coroutine {
          try {
            yield* task;
          } finally {
            print("outer");
          }
        }
        function tick(number: number): void {
          print("tick", number);
          if (number < 4) loop.callSoon(() => tick(number + 1));
        }
        const task = createTask(inner());
        const waiting = createTask(outer());
        yield* sleep(1);
        loop.callSoon(() => tick(1));
        print(task.cancel("stop"), future.cancelled(), task.cancelled(), waiting.cancelled());
        yield* sleep(1);
        print(future.cancelled(), task.cancelled(), waiting.cancelled());
        try {
          future.result();
        } catch (error) {
          print(repr(error));
        }
      },
    ));

  it("CX-04: every other task that awaits the same future gets a CancelledError, though nobody cancelled it", () =>
    same(
      `
      async def main():
          future = asyncio.get_running_loop().create_future()
          errors = []

          async def wait():
              try:
                  await future
              except asyncio.CancelledError as error:
                  errors.append(error)
                  task = asyncio.current_task()
                  print(task.get_name(), repr(error), task.cancelling())
                  raise

          tasks = [asyncio.create_task(wait(), name=name) for name in "abc"]
          await asyncio.sleep(0)
          tasks[1].cancel("stop")
          await asyncio.sleep(0)
          print([task.cancelled() for task in tasks], errors[0] is errors[1])
    `,
      function* (print) {
        const future = getRunningLoop().createFuture<void>();
        const errors: unknown[] = [];
        function* wait(): Coroutine {
          try {
            yield* future;
          } catch (error) {
            errors.push(error);
            const task = thisTask();
            print(task.getName(), repr(error), task.cancelling());
            throw error;
          }
        }
        const tasks = Array.from("abc", (name) => createTask(wait(), { name }));
        yield* sleep(0);
        tasks[1]?.cancel("stop");
        yield* sleep(0);
        print(
          tasks.map((task) => task.cancelled()),
          errors[0] === errors[1],
        );
      },
    ));

  it("CX-05: a cancel is forwarded to the awaited task, and the outer one stays suspended until that is done", () =>
    same(
      `
      async def main():
          async def inner():
              try:
                  await asyncio.sleep(10)
              finally:
                  await asyncio.sleep(1)
                  print("inner ends", t())

          async def outer():
              try:
                  await inner_task
              except asyncio.CancelledError as error:
                  print("outer", t(), repr(error))
                  raise

          inner_task = asyncio.create_task(inner())
          outer_task = asyncio.create_task(outer())
          await asyncio.sleep(1)
          print(outer_task.cancel("stop"), outer_task.cancelling(), inner_task.cancelling())
          await asyncio.sleep(0.5)
          print(outer_task.done(), inner_task.done())
          await asyncio.sleep(1)
          print(outer_task.cancelled(), inner_task.cancelled())
    `,
      function* (print) {
        function* inner(): Coroutine {
          try {
            yield* sleep(10);
          } finally {
            yield* sleep(1);
            print("inner ends", t());
          }
        }
        function* outer(): Coroutine {
          try {
            yield* innerTask;
          } catch (error) {
            print("outer", t(), repr(error));
            throw error;
          }
        }
        const innerTask = createTask(inner());
        const outerTask = createTask(outer());
        yield* sleep(1);
        print(outerTask.cancel("stop"), outerTask.cancelling(), innerTask.cancelling());
        yield* sleep(0.5);
        print(outerTask.done(), innerTask.done());
        yield* sleep(1);
        print(outerTask.cancelled(), innerTask.cancelled());
      },
    ));

  it("CX-06: a value that the inner task returns after swallowing the cancel goes to the outer one, which runs on", () =>
    same(
      `
      async def main():
          async def inner():
              try:
                  await asyncio.sleep(10)
              except asyncio.CancelledError:
                  return "swallowed"

          async def outer():
              print(await inner_task, asyncio.current_task().cancelling())
              await asyncio.sleep(0)
              await asyncio.sleep(1)
              return "outer's"

          inner_task = asyncio.create_task(inner())
          outer_task = asyncio.create_task(outer())
          await asyncio.sleep(1)
          print(outer_task.cancel())
          print(await outer_task, t(), outer_task.cancelled(), outer_task.cancelling(), inner_task.cancelling())
    `,
      function* (print) {
        function* inner(): Coroutine<string | undefined> {
          try {
            yield* sleep(10);
            return undefined;
          } catch {
            return "swallowed";
          }
        }
        function* outer(): Coroutine<string> {
          print(yield* innerTask, thisTask().cancelling());
          yield* sleep(0);
          yield* sleep(1);
          return "outer's";
        }
        const innerTask = createTask(inner());
        const outerTask = createTask(outer());
        yield* sleep(1);
        print(outerTask.cancel());
        print(yield* outerTask, t(), outerTask.cancelled(), outerTask.cancelling(), innerTask.cancelling());
      },
    ));

  it("CX-07: a cancel after the awaited future is done, but before the task's step, discards the result", () =>
    same(
      `
      async def main():
          future = asyncio.get_running_loop().create_future()

          async def worker():
              try:
                  print("never", await future)
              except asyncio.CancelledError as error:
                  print(repr(error), future.cancelled(), future.result())
                  raise

          task = asyncio.create_task(worker())
          await asyncio.sleep(0)
          future.set_result("discarded")
          print(task.cancel("stop"), task.cancelling(), future.cancelled())
          await asyncio.sleep(0)
          print(task.cancelled())
    `,
      function* (print) {
        const future = getRunningLoop().createFuture<string>();
        function* worker(): Coroutine {
          try {
            print("never", yield* future);
          } catch (error) {
            print(repr(error), future.cancelled(), future.result());
            throw error;
          }
        }
        const task = createTask(worker());
        yield* sleep(0);
        future.setResult("discarded");
        print(task.cancel("stop"), task.cancelling(), future.cancelled());
        yield* sleep(0);
        print(task.cancelled());
      },
    ));

  it("CX-08: a cancel after the awaited future has failed replaces its exception, unchained", () =>
    same(
      `
      async def main():
          future = asyncio.get_running_loop().create_future()

          async def worker():
              try:
                  await future
              except BaseException as error:
                  print(repr(error), error.__cause__ or error.__context__)
                  raise

          task = asyncio.create_task(worker())
          await asyncio.sleep(0)
          future.set_exception(ValueError("x"))
          print(task.cancel("stop"))
          await asyncio.sleep(0)
          print(task.cancelled(), repr(future.exception()))
    `,
      function* (print) {
        const future = getRunningLoop().createFuture<void>();
        function* worker(): Coroutine {
          try {
            yield* future;
          } catch (error) {
            print(repr(error), (error as Error).cause);
            throw error;
          }
        }
        const task = createTask(worker());
        yield* sleep(0);
        future.setException(new ValueError("x"));
        print(task.cancel("stop"));
        yield* sleep(0);
        print(task.cancelled(), repr(future.exception()));
      },
    ));

  it("CX-09: a cancel of a task that stands in the queue is thrown at its queued step", () =>
    same(
      `
      import types

      @types.coroutine
      def bare_yield():
          yield

      async def main():
          loop = asyncio.get_running_loop()

          async def worker(awaitable):
              try:
                  await awaitable
                  print("never")
              except asyncio.CancelledError as error:
                  print(repr(error), asyncio.current_task().cancelling())
                  raise

          for awaitable in (asyncio.sleep(0), bare_yield()):
              task = asyncio.create_task(worker(awaitable))
              await asyncio.sleep(0)
              loop.call_soon(lambda: print("after the queued step", task.cancelled()))
              print(task.cancel("stop"), task.cancelled())
              await asyncio.sleep(0)
    `,
      function* (print) {
        function* bareYield(): Coroutine {
          yield;
        }
        const loop = getRunningLoop();
        function* worker(awaitable: Awaitable<void>): Coroutine {
          try {
            yield* awaitable;
            print("never");
          } catch (error) {
            print(repr(error), thisTask().cancelling());
            throw error;
          }
        }
        for (const awaitable of [sleep(0), bareYield()]) {
          const task = createTask(worker(awaitable));
          yield* sleep(0);
          loop.callSoon(() => print("after the queued step", task.cancelled()));
          print(task.cancel("stop"), task.cancelled());
          yield* sleep(0);
        }
      },
    ));

  it("CX-10: a task that cancels itself runs on to its next suspension, whose future is cancelled when yielded", () =>
    same(
      `
      async def main():
          loop = asyncio.get_running_loop()
          future = loop.create_future()

          async def worker():
              task = asyncio.current_task()
              print(task.cancel("self"), task.cancelling(), task.cancelled())
              print("runs on", future.cancelled())
              try:
                  await future
              except asyncio.CancelledError as error:
                  print(repr(error))
              await asyncio.sleep(1)
              print("once only", t())

          task = asyncio.create_task(worker())
          loop.call_soon(lambda: print("after the step", future.cancelled()))
          await task
    `,
      function* (print) {
        const loop = getRunningLoop();
        const future = loop.createFuture<void>();
        function* worker(): Coroutine {
          const self = thisTask();
          print(self.cancel("self"), self.cancelling(), self.cancelled());
          print("runs on", future.cancelled());
          try {
            yield* future;
          } catch (error) {
            print(repr(error));
          }
          yield* sleep(1);
          print("once only", t());
        }
        const task = createTask(worker());
        loop.callSoon(() => print("after the step", future.cancelled()));
        yield* task;
      },
    ));

  it("CX-10: where it awaits a task that swallows this cancel, it gets the value and nothing more", () =>
    same(
      `
      async def main():
          async def inner():
              try:
                  await asyncio.sleep(10)
              except asyncio.CancelledError as error:
                  return repr(error)

          async def outer():
              inner_task = asyncio.create_task(inner())
              await asyncio.sleep(0)
              asyncio.current_task().cancel("self")
              print(await inner_task, inner_task.cancelling())
              await asyncio.sleep(1)
              print("went on", t(), asyncio.current_task().cancelling())

          await asyncio.create_task(outer())
    `,
      function* (print) {
        function* inner(): Coroutine<string | undefined> {
          try {
            yield* sleep(10);
            return undefined;
          } catch (error) {
            return repr(error);
          }
        }
        function* outer(): Coroutine {
          const innerTask = createTask(inner());
          yield* sleep(0);
          thisTask().cancel("self");
          print(yield* innerTask, innerTask.cancelling());
          yield* sleep(1);
          print("went on", t(), thisTask().cancelling());
        }
        yield* createTask(outer());
      },
    ));

  it("CX-10: a bare yield is a suspension too", () =>
    same(
      `
      async def main():
          async def worker():
              asyncio.current_task().cancel("self")
              try:
                  await asyncio.sleep(0)
                  print("never")
              finally:
                  print("thrown at the bare yield")

          task = asyncio.create_task(worker())
          await asyncio.sleep(0)
          print(task.done())
          await asyncio.sleep(0)
          print(task.cancelled())
    `,
      function* (print) {
        function* worker(): Coroutine {
          thisTask().cancel("self");
          try {
            yield* sleep(0);
            print("never");
          } finally {
            print("thrown at the bare yield");
          }
        }
        const task = createTask(worker());
        yield* sleep(0);
        print(task.done());
        yield* sleep(0);
        print(task.cancelled());
      },
    ));

  it("CX-11: awaiting a future that is done delivers nothing to a task that cancelled itself", () =>
    same(
      `
      async def main():
          loop = asyncio.get_running_loop()

          async def worker():
              done, failed = loop.create_future(), loop.create_future()
              done.set_result("result")
              failed.set_exception(ValueError("x"))
              asyncio.current_task().cancel("self")
              print(await done)
              try:
                  await failed
              except ValueError as error:
                  print(repr(error))
              try:
                  await asyncio.sleep(1)
              except asyncio.CancelledError as error:
                  print(t(), repr(error))

          await asyncio.create_task(worker())
    `,
      function* (print) {
        const loop = getRunningLoop();
        function* worker(): Coroutine {
          const done = loop.createFuture<string>();
          const failed = loop.createFuture<void>();
          done.setResult("result");
          failed.setException(new ValueError("x"));
          thisTask().cancel("self");
          print(yield* done);
          try {
            yield* failed;
          } catch (error) {
            print(repr(error));
          }
          try {
            yield* sleep(1);
          } catch (error) {
            print(t(), repr(error));
          }
        }
        yield* createTask(worker());
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

  it("CX-14: after a swallowed CancelledError later awaits work, and cancelling() stays until uncancel()", () =>
    same(
      `
      async def main():
          async def worker():
              task = asyncio.current_task()
              try:
                  await asyncio.sleep(10)
              except asyncio.CancelledError:
                  print("swallowed", t(), task.cancelling())
              await asyncio.sleep(0)
              await asyncio.sleep(1)
              print("went on", t(), task.cancelling())
              print(task.uncancel(), task.cancelling())
              await asyncio.sleep(1)
              return "result"

          task = asyncio.create_task(worker())
          await asyncio.sleep(1)
          task.cancel()
          print(await task, t(), task.cancelled())
    `,
      function* (print) {
        function* worker(): Coroutine<string> {
          const self = thisTask();
          try {
            yield* sleep(10);
          } catch {
            print("swallowed", t(), self.cancelling());
          }
          yield* sleep(0);
          yield* sleep(1);
          print("went on", t(), self.cancelling());
          print(self.uncancel(), self.cancelling());
          yield* sleep(1);
          return "result";
        }
        const task = createTask(worker());
        yield* sleep(1);
        task.cancel();
        print(yield* task, t(), task.cancelled());
      },
    ));

  it("CX-15: another cancel is delivered again, inside `except CancelledError` and inside `finally`", () =>
    same(
      `
      async def main():
          async def worker():
              try:
                  try:
                      await asyncio.sleep(10)
                  except asyncio.CancelledError as error:
                      print("except", t(), repr(error))
                      await asyncio.sleep(10)
                  finally:
                      print("finally", t())
                      await asyncio.sleep(10)
                      print("never")
              except asyncio.CancelledError as error:
                  print("outermost", t(), repr(error), asyncio.current_task().cancelling())
                  raise

          task = asyncio.create_task(worker())
          for message in ("first", "second", "third"):
              await asyncio.sleep(1)
              print(task.cancel(message))
          await asyncio.sleep(0)
          print(task.cancelled())
    `,
      function* (print) {
        function* worker(): Coroutine {
          try {
            try {
              yield* sleep(10);
            } catch (error) {
              print("except", t(), repr(error));
              yield* sleep(10);
            } finally {
              print("finally", t());
              yield* sleep(10);
              print("never");
            }
          } catch (error) {
            print("outermost", t(), repr(error), thisTask().cancelling());
            throw error;
          }
        }
        const task = createTask(worker());
        for (const message of ["first", "second", "third"]) {
          yield* sleep(1);
          print(task.cancel(message));
        }
        yield* sleep(0);
        print(task.cancelled());
      },
    ));

  it("CX-16: several cancels before the step are one CancelledError, and all are counted", () =>
    same(
      `
      async def main():
          async def worker(awaitable):
              try:
                  await awaitable
              except asyncio.CancelledError:
                  print("cancelled")
              await asyncio.sleep(0)
              await asyncio.sleep(1)
              return "went on"

          for awaitable in (asyncio.sleep(10), asyncio.sleep(0)):
              task = asyncio.create_task(worker(awaitable))
              await asyncio.sleep(0)
              print(task.cancel(), task.cancel(), task.cancel(), task.cancelling())
              print(await task, t(), task.cancelling())

          unstarted = asyncio.create_task(worker(asyncio.sleep(0)))
          print(unstarted.cancel(), unstarted.cancel(), unstarted.cancelling())
          await asyncio.sleep(0)
          print(unstarted.cancelled(), unstarted.cancelling())
    `,
      function* (print) {
        function* worker(awaitable: Awaitable<void>): Coroutine<string> {
          try {
            yield* awaitable;
          } catch {
            print("cancelled");
          }
          yield* sleep(0);
          yield* sleep(1);
          return "went on";
        }
        for (const awaitable of [sleep(10), sleep(0)]) {
          const task = createTask(worker(awaitable));
          yield* sleep(0);
          print(task.cancel(), task.cancel(), task.cancel(), task.cancelling());
          print(yield* task, t(), task.cancelling());
        }
        const unstarted = createTask(worker(sleep(0)));
        print(unstarted.cancel(), unstarted.cancel(), unstarted.cancelling());
        yield* sleep(0);
        print(unstarted.cancelled(), unstarted.cancelling());
      },
    ));

  it("CX-17: of several messages the first wins where a future was cancelled, else the last", () =>
    same(
      `
      async def main():
          loop = asyncio.get_running_loop()

          async def worker(awaitable):
              await awaitable

          async def cancel_thrice(what, task):
              for message in ("first", "second", "third"):
                  task.cancel(message)
              try:
                  await task
              except asyncio.CancelledError as error:
                  print(what, repr(error))

          waiting = asyncio.create_task(worker(asyncio.sleep(10)))
          await asyncio.sleep(0)
          await cancel_thrice("waiting", waiting)

          await cancel_thrice("unstarted", asyncio.create_task(worker(asyncio.sleep(10))))

          queued = asyncio.create_task(worker(asyncio.sleep(0)))
          await asyncio.sleep(0)
          await cancel_thrice("queued", queued)

          future = loop.create_future()
          woken = asyncio.create_task(worker(future))
          await asyncio.sleep(0)
          future.set_result(None)
          await cancel_thrice("woken", woken)
    `,
      function* (print) {
        const loop = getRunningLoop();
        function* worker(awaitable: Awaitable<void>): Coroutine {
          yield* awaitable;
        }
        function* cancelThrice(what: string, task: Task<void>): Coroutine {
          for (const message of ["first", "second", "third"]) task.cancel(message);
          try {
            yield* task;
          } catch (error) {
            print(what, repr(error));
          }
        }
        const waiting = createTask(worker(sleep(10)));
        yield* sleep(0);
        yield* cancelThrice("waiting", waiting);

        yield* cancelThrice("unstarted", createTask(worker(sleep(10))));

        const queued = createTask(worker(sleep(0)));
        yield* sleep(0);
        yield* cancelThrice("queued", queued);

        const future = loop.createFuture<void>();
        const woken = createTask(worker(future));
        yield* sleep(0);
        future.setResult();
        yield* cancelThrice("woken", woken);
      },
    ));

  it("CX-18: the message goes down the chain of awaits, and one CancelledError comes up through it", () =>
    same(
      `
      async def main():
          seen = []

          async def layer(name, awaitable):
              try:
                  await awaitable
              except asyncio.CancelledError as error:
                  print(name, repr(error))
                  seen.append(error)
                  raise

          message = ["any", "object"]
          future = asyncio.get_running_loop().create_future()
          inner = asyncio.create_task(layer("inner", future))
          middle = asyncio.create_task(layer("middle", inner))
          outer = asyncio.create_task(layer("outer", middle))
          await asyncio.sleep(0)
          print(outer.cancel(message), [task.cancelling() for task in (outer, middle, inner)], future.cancelled())
          try:
              await layer("main", outer)
          except asyncio.CancelledError as error:
              print(error.args[0] is message)
          print(len(seen), all(error is seen[0] for error in seen))
    `,
      function* (print) {
        const seen: unknown[] = [];
        function* layer(name: string, awaitable: Awaitable<void>): Coroutine {
          try {
            yield* awaitable;
          } catch (error) {
            print(name, repr(error));
            seen.push(error);
            throw error;
          }
        }
        const message = ["any", "object"];
        const future = getRunningLoop().createFuture<void>();
        const inner = createTask(layer("inner", future));
        const middle = createTask(layer("middle", inner));
        const outer = createTask(layer("outer", middle));
        yield* sleep(0);
        print(
          outer.cancel(message),
          [outer, middle, inner].map((task) => task.cancelling()),
          future.cancelled(),
        );
        try {
          yield* layer("main", outer);
        } catch (error) {
          print((error as CancelledError).args[0] === message);
        }
        print(
          seen.length,
          seen.every((error) => error === seen[0]),
        );
      },
    ));

  it("CX-18: who asks a cancelled task a second time gets an error of its own, without the message", () =>
    same(
      `
      async def main():
          async def worker():
              await asyncio.sleep(10)

          task = asyncio.create_task(worker())
          await asyncio.sleep(0)
          task.cancel("stop")
          await asyncio.sleep(0)
          for _ in range(2):
              try:
                  task.result()
              except asyncio.CancelledError as error:
                  print(repr(error))
    `,
      function* (print) {
        function* worker(): Coroutine {
          yield* sleep(10);
        }
        const task = createTask(worker());
        yield* sleep(0);
        task.cancel("stop");
        yield* sleep(0);
        for (let i = 0; i < 2; i += 1) {
          try {
            task.result();
          } catch (error) {
            print(repr(error));
          }
        }
      },
    ));

  // Python chains by itself; here the port does it, with `cause`.
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

  it("CX-20: who awaits a task that somebody else cancelled has cancelling() == 0", () =>
    same(
      `
      async def main():
          async def child():
              await asyncio.sleep(10)

          async def parent(task, swallow):
              try:
                  await task
              except asyncio.CancelledError as error:
                  print(repr(error), asyncio.current_task().cancelling(), task.cancelling())
                  if not swallow:
                      raise
              await asyncio.sleep(1)
              return "went on"

          for swallow in (True, False):
              child_task = asyncio.create_task(child())
              parent_task = asyncio.create_task(parent(child_task, swallow))
              await asyncio.sleep(1)
              child_task.cancel("the child's")
              await asyncio.sleep(2)
              print(parent_task.cancelled(), parent_task.cancelling(), swallow and parent_task.result())
    `,
      function* (print) {
        function* child(): Coroutine {
          yield* sleep(10);
        }
        function* parent(task: Task<void>, swallow: boolean): Coroutine<string> {
          try {
            yield* task;
          } catch (error) {
            print(repr(error), thisTask().cancelling(), task.cancelling());
            if (!swallow) throw error;
          }
          yield* sleep(1);
          return "went on";
        }
        for (const swallow of [true, false]) {
          const childTask = createTask(child());
          const parentTask = createTask(parent(childTask, swallow));
          yield* sleep(1);
          childTask.cancel("the child's");
          yield* sleep(2);
          print(parentTask.cancelled(), parentTask.cancelling(), swallow && parentTask.result());
        }
      },
    ));

  it("CX-21: cancelling() counts accepted cancels less uncancels, never below zero, and outlives the task", () =>
    same(
      `
      async def main():
          async def worker():
              for _ in range(3):
                  try:
                      await asyncio.sleep(10)
                  except asyncio.CancelledError:
                      pass

          task = asyncio.create_task(worker())
          await asyncio.sleep(0)
          print(task.cancelling(), task.uncancel(), task.cancelling())
          for _ in range(3):
              task.cancel()
              await asyncio.sleep(0)
              print(task.cancelling())
          print(task.uncancel(), task.cancelling())
          await task
          print(task.cancelling(), task.cancel(), task.cancelling())
          print(task.uncancel(), task.uncancel(), task.uncancel())
    `,
      function* (print) {
        function* worker(): Coroutine {
          for (let i = 0; i < 3; i += 1) {
            try {
              yield* sleep(10);
            } catch {
              // Swallowed.
            }
          }
        }
        const task = createTask(worker());
        yield* sleep(0);
        print(task.cancelling(), task.uncancel(), task.cancelling());
        for (let i = 0; i < 3; i += 1) {
          task.cancel();
          yield* sleep(0);
          print(task.cancelling());
        }
        print(task.uncancel(), task.cancelling());
        yield* task;
        print(task.cancelling(), task.cancel(), task.cancelling());
        print(task.uncancel(), task.uncancel(), task.uncancel());
      },
    ));

  it("CX-22: uncancel() to zero takes back a cancel that was not delivered yet", () =>
    same(
      `
      async def main():
          loop = asyncio.get_running_loop()

          async def worker(awaitable):
              print("awaits")
              return await awaitable

          def cancel_and_uncancel(task):
              print(task.cancel(), task.uncancel())

          unstarted = asyncio.create_task(worker(asyncio.sleep(1, "unstarted")))
          cancel_and_uncancel(unstarted)
          print(await unstarted)

          queued = asyncio.create_task(worker(asyncio.sleep(0, "queued")))
          await asyncio.sleep(0)
          cancel_and_uncancel(queued)
          print(await queued)

          future = loop.create_future()
          woken = asyncio.create_task(worker(future))
          await asyncio.sleep(0)
          future.set_result("woken")
          cancel_and_uncancel(woken)
          print(await woken)

          async def cancel_self():
              cancel_and_uncancel(asyncio.current_task())
              return await asyncio.sleep(1, "self")

          print(await asyncio.create_task(cancel_self()))

          async def cancel_self_and_return():
              cancel_and_uncancel(asyncio.current_task())
              return "returned"

          print(await asyncio.create_task(cancel_self_and_return()))
    `,
      function* (print) {
        const loop = getRunningLoop();
        function* worker(awaitable: Awaitable<string>): Coroutine<string> {
          print("awaits");
          return yield* awaitable;
        }
        function cancelAndUncancel(task: Task<unknown>): void {
          print(task.cancel(), task.uncancel());
        }
        const unstarted = createTask(worker(sleep(1, "unstarted")));
        cancelAndUncancel(unstarted);
        print(yield* unstarted);

        const queued = createTask(worker(sleep(0, "queued")));
        yield* sleep(0);
        cancelAndUncancel(queued);
        print(yield* queued);

        const future = loop.createFuture<string>();
        const woken = createTask(worker(future));
        yield* sleep(0);
        future.setResult("woken");
        cancelAndUncancel(woken);
        print(yield* woken);

        function* cancelSelf(): Coroutine<string> {
          cancelAndUncancel(thisTask());
          return yield* sleep(1, "self");
        }
        print(yield* createTask(cancelSelf()));

        function* cancelSelfAndReturn(): Coroutine<string> {
          cancelAndUncancel(thisTask());
          return "returned";
        }
        print(yield* createTask(cancelSelfAndReturn()));
      },
    ));

  it("CX-23: uncancel() cannot recall a cancel that has cancelled the awaited future", () =>
    same(
      `
      async def main():
          future = asyncio.get_running_loop().create_future()

          async def worker():
              try:
                  await future
              except asyncio.CancelledError as error:
                  print(repr(error), asyncio.current_task().cancelling())
                  raise

          task = asyncio.create_task(worker())
          await asyncio.sleep(0)
          print(task.cancel("stop"), task.uncancel(), future.cancelled())
          await asyncio.sleep(0)
          print(task.cancelled(), task.cancelling())
    `,
      function* (print) {
        const future = getRunningLoop().createFuture<void>();
        function* worker(): Coroutine {
          try {
            yield* future;
          } catch (error) {
            print(repr(error), thisTask().cancelling());
            throw error;
          }
        }
        const task = createTask(worker());
        yield* sleep(0);
        print(task.cancel("stop"), task.uncancel(), future.cancelled());
        yield* sleep(0);
        print(task.cancelled(), task.cancelling());
      },
    ));

  it("CX-24: uncancel() from two to one leaves the undelivered cancel in place", () =>
    same(
      `
      async def main():
          async def worker():
              task = asyncio.current_task()
              print(task.cancel("first"), task.cancel("second"), task.uncancel())
              try:
                  await asyncio.sleep(1)
              except asyncio.CancelledError as error:
                  print(t(), repr(error), task.cancelling())

          await asyncio.create_task(worker())
    `,
      function* (print) {
        function* worker(): Coroutine {
          const task = thisTask();
          print(task.cancel("first"), task.cancel("second"), task.uncancel());
          try {
            yield* sleep(1);
          } catch (error) {
            print(t(), repr(error), task.cancelling());
          }
        }
        yield* createTask(worker());
      },
    ));

  it("CX-25: cancelling a task that awaits an unstarted one ends both, and the inner one never starts", () =>
    same(
      `
      async def main():
          tasks = []

          async def inner():
              print("never")

          async def outer():
              tasks.append(asyncio.create_task(inner()))
              await tasks[0]

          outer_task = asyncio.create_task(outer())
          await asyncio.sleep(0)
          print(outer_task.cancel("stop"), tasks[0].cancelling())
          try:
              await outer_task
          except asyncio.CancelledError as error:
              print(repr(error))
          print(outer_task.cancelled(), tasks[0].cancelled())
    `,
      function* (print) {
        const tasks: Task<void>[] = [];
        function* inner(): Coroutine {
          print("never");
        }
        function* outer(): Coroutine {
          const task = createTask(inner());
          tasks.push(task);
          yield* task;
        }
        const outerTask = createTask(outer());
        yield* sleep(0);
        print(outerTask.cancel("stop"), tasks[0]?.cancelling());
        try {
          yield* outerTask;
        } catch (error) {
          print(repr(error));
        }
        print(outerTask.cancelled(), tasks[0]?.cancelled());
      },
    ));

  it("CX-26: a cancel waits until synchronous code and awaits that do not suspend are over", () =>
    same(
      `
      async def main():
          done = asyncio.get_running_loop().create_future()
          done.set_result("done")

          async def does_not_suspend():
              return await done

          async def worker(suspend):
              def cancel():
                  asyncio.current_task().cancel("stop")
                  print("cancelled")

              cancel()
              for number in range(3):
                  print(number, await does_not_suspend())
              try:
                  await suspend()
                  print("never")
              except asyncio.CancelledError as error:
                  print(repr(error))

          await asyncio.create_task(worker(lambda: asyncio.get_running_loop().create_future()))
          await asyncio.create_task(worker(lambda: asyncio.sleep(0)))
    `,
      function* (print) {
        const done = getRunningLoop().createFuture<string>();
        done.setResult("done");
        function* doesNotSuspend(): Coroutine<string> {
          return yield* done;
        }
        function* worker(suspend: () => Awaitable<void>): Coroutine {
          function cancel(): void {
            thisTask().cancel("stop");
            print("cancelled");
          }
          cancel();
          for (let number = 0; number < 3; number += 1) print(number, yield* doesNotSuspend());
          try {
            yield* suspend();
            print("never");
          } catch (error) {
            print(repr(error));
          }
        }
        yield* createTask(worker(() => getRunningLoop().createFuture<void>()));
        yield* createTask(worker(() => sleep(0)));
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

  // Python sets `__context__` by itself; JavaScript sets nothing, and the loop does not either.
  it("CX-30: a CancelledError is delivered while another exception is handled, here without that as its cause", async () => {
    let delivered: unknown;
    await same(
      `
      async def main():
          async def worker():
              try:
                  try:
                      raise ValueError("x")
                  except ValueError:
                      await asyncio.sleep(10)
              except asyncio.CancelledError as error:
                  print(t(), repr(error), error.__cause__)
                  raise

          task = asyncio.create_task(worker())
          await asyncio.sleep(1)
          task.cancel("stop")
          await asyncio.sleep(0)
          print(task.cancelled())
    `,
      function* (print) {
        function* worker(): Coroutine {
          try {
            try {
              throw new ValueError("x");
            } catch {
              yield* sleep(10);
            }
          } catch (error) {
            delivered = error;
            print(t(), repr(error), (error as Error).cause);
            throw error;
          }
        }
        const task = createTask(worker());
        yield* sleep(1);
        task.cancel("stop");
        yield* sleep(0);
        print(task.cancelled());
      },
    );
    expect(delivered).not.toHaveProperty("cause");
  });

  it("CX-31: where the awaited future refuses the cancel, the task gets it at its next step", () =>
    same(
      `
      async def main():
          class Refusing(asyncio.Future):
              def cancel(self, msg=None):
                  print("asked", msg)
                  return False

          future = Refusing()

          async def worker():
              try:
                  print("never", await future)
              except asyncio.CancelledError as error:
                  print(t(), repr(error), future.result())
                  raise

          task = asyncio.create_task(worker())
          await asyncio.sleep(0)
          print(task.cancel("first"), task.cancelling(), task.cancel("second"), task.cancelling())
          await asyncio.sleep(1)
          print(task.done(), future.cancelled())
          future.set_result("result")
          await asyncio.sleep(0)
          print(task.cancelled())
    `,
      function* (print) {
        class Refusing<T> extends Future<T> {
          override cancel(msg?: unknown): boolean {
            print("asked", msg);
            return false;
          }
        }
        const future = new Refusing<string>();
        function* worker(): Coroutine {
          try {
            print("never", yield* future);
          } catch (error) {
            print(t(), repr(error), future.result());
            throw error;
          }
        }
        const task = createTask(worker());
        yield* sleep(0);
        print(task.cancel("first"), task.cancelling(), task.cancel("second"), task.cancelling());
        yield* sleep(1);
        print(task.done(), future.cancelled());
        future.setResult("result");
        yield* sleep(0);
        print(task.cancelled());
      },
    ));

  it("CX-32: a cancel that a yielded future refuses stays, and is delivered at the following step", () =>
    same(
      `
      async def main():
          class Refusing(asyncio.Future):
              def cancel(self, msg=None):
                  print("asked", msg)
                  return False

          future = Refusing()

          async def worker():
              asyncio.current_task().cancel("self")
              try:
                  print("never", await future)
              except asyncio.CancelledError as error:
                  print(t(), repr(error))
              await asyncio.sleep(0)
              return "went on"

          task = asyncio.create_task(worker())
          await asyncio.sleep(1)
          print(task.done(), task.cancelling())
          future.set_result("result")
          print(await task)
    `,
      function* (print) {
        class Refusing<T> extends Future<T> {
          override cancel(msg?: unknown): boolean {
            print("asked", msg);
            return false;
          }
        }
        const future = new Refusing<string>();
        function* worker(): Coroutine<string> {
          thisTask().cancel("self");
          try {
            print("never", yield* future);
          } catch (error) {
            print(t(), repr(error));
          }
          yield* sleep(0);
          return "went on";
        }
        const task = createTask(worker());
        yield* sleep(1);
        print(task.done(), task.cancelling());
        future.setResult("result");
        print(yield* task);
      },
    ));

  it("CX-33: cancelling both the awaited future and the task, in either order, is one CancelledError", () =>
    same(
      `
      async def main():
          async def worker(future, swallow):
              try:
                  await future
              except asyncio.CancelledError as error:
                  print(repr(error))
                  if not swallow:
                      raise
              await asyncio.sleep(0)
              await asyncio.sleep(1)
              print("went on")

          for swallow in (False, True):
              for future_first in (True, False):
                  future = asyncio.get_running_loop().create_future()
                  task = asyncio.create_task(worker(future, swallow))
                  await asyncio.sleep(0)
                  print([each.cancel() for each in ((future, task) if future_first else (task, future))])
                  await asyncio.sleep(2)
                  print(task.cancelled(), task.cancelling(), future.cancelled())
    `,
      function* (print) {
        function* worker(future: Future<void>, swallow: boolean): Coroutine {
          try {
            yield* future;
          } catch (error) {
            print(repr(error));
            if (!swallow) throw error;
          }
          yield* sleep(0);
          yield* sleep(1);
          print("went on");
        }
        for (const swallow of [false, true]) {
          for (const futureFirst of [true, false]) {
            const future = getRunningLoop().createFuture<void>();
            const task = createTask(worker(future, swallow));
            yield* sleep(0);
            print((futureFirst ? [future, task] : [task, future]).map((each) => each.cancel()));
            yield* sleep(2);
            print(task.cancelled(), task.cancelling(), future.cancelled());
          }
        }
      },
    ));

  it("CX-34: the message of the future's own cancel is kept, that of a later cancel of the task is dropped", () =>
    same(
      `
      async def main():
          future = asyncio.get_running_loop().create_future()

          async def worker():
              try:
                  await future
              except asyncio.CancelledError as error:
                  print(repr(error))
              await asyncio.sleep(0)
              return "went on"

          task = asyncio.create_task(worker())
          await asyncio.sleep(0)
          print(future.cancel("a"), task.cancel("b"))
          print(await task)
    `,
      function* (print) {
        const future = getRunningLoop().createFuture<void>();
        function* worker(): Coroutine<string> {
          try {
            yield* future;
          } catch (error) {
            print(repr(error));
          }
          yield* sleep(0);
          return "went on";
        }
        const task = createTask(worker());
        yield* sleep(0);
        print(future.cancel("a"), task.cancel("b"));
        print(yield* task);
      },
    ));

  it("CX-35: who cancels uncancels once, and swallows the error only if no other request is left", () =>
    same(
      `
      async def main():
          loop = asyncio.get_running_loop()

          async def scope(seconds):
              task = asyncio.current_task()
              baseline = task.cancelling()
              loop.call_later(seconds, task.cancel)
              try:
                  await asyncio.sleep(10)
              except asyncio.CancelledError:
                  if task.uncancel() > baseline:
                      raise
              print("swallowed", t(), task.cancelling())

          async def swallow_then_scope():
              try:
                  await asyncio.sleep(10)
              except asyncio.CancelledError:
                  await scope(1)

          await asyncio.create_task(scope(1))

          both = asyncio.create_task(scope(1))
          loop.call_later(1, both.cancel)
          await asyncio.sleep(2)
          print(both.cancelled(), both.cancelling())

          counted_before = asyncio.create_task(swallow_then_scope())
          await asyncio.sleep(0)
          counted_before.cancel()
          await asyncio.sleep(2)
          print(counted_before.cancelled(), counted_before.cancelling())
    `,
      function* (print) {
        const loop = getRunningLoop();
        function* scope(seconds: number): Coroutine {
          const task = thisTask();
          const baseline = task.cancelling();
          loop.callLater(seconds, () => task.cancel());
          try {
            yield* sleep(10);
          } catch (error) {
            if (task.uncancel() > baseline) throw error;
          }
          print("swallowed", t(), task.cancelling());
        }
        function* swallowThenScope(): Coroutine {
          try {
            yield* sleep(10);
          } catch {
            yield* scope(1);
          }
        }
        yield* createTask(scope(1));

        const both = createTask(scope(1));
        loop.callLater(1, () => both.cancel());
        yield* sleep(2);
        print(both.cancelled(), both.cancelling());

        const countedBefore = createTask(swallowThenScope());
        yield* sleep(0);
        countedBefore.cancel();
        yield* sleep(2);
        print(countedBefore.cancelled(), countedBefore.cancelling());
      },
    ));

  it("CX-35: timeout does so: it uncancels once, and leaves a request from outside alone", () =>
    same(
      `
      async def main():
          async def worker():
              task = asyncio.current_task()
              try:
                  async with asyncio.timeout(1):
                      try:
                          await asyncio.sleep(10)
                      finally:
                          print("inside", task.cancelling())
              except BaseException as error:
                  print(type(error).__name__, task.cancelling())

          alone = asyncio.create_task(worker())
          await alone
          both = asyncio.create_task(worker())
          asyncio.get_running_loop().call_later(1, both.cancel)
          await both
    `,
      function* (print) {
        function* worker(): Coroutine {
          const task = thisTask();
          try {
            yield* asyncWith(timeout(1), function* () {
              try {
                yield* sleep(10);
              } finally {
                print("inside", task.cancelling());
              }
            });
          } catch (error) {
            print((error as Error).name, task.cancelling());
          }
        }
        const alone = createTask(worker());
        yield* alone;
        const both = createTask(worker());
        getRunningLoop().callLater(1, () => both.cancel());
        yield* both;
      },
    ));

  it("CX-35: TaskGroup does so: it uncancels once, and leaves a request from outside alone", () =>
    same(
      `
      async def main():
          async def fail():
              raise ValueError("x")

          async def clean_up():
              try:
                  await asyncio.sleep(10)
              finally:
                  await asyncio.sleep(2)

          async def worker():
              task = asyncio.current_task()
              try:
                  async with asyncio.TaskGroup() as group:
                      group.create_task(clean_up())
                      await asyncio.sleep(0)
                      group.create_task(fail())
                      try:
                          await asyncio.sleep(10)
                      finally:
                          print("inside", task.cancelling())
              except ExceptionGroup as error:
                  print(repr(error), task.cancelling())
              await asyncio.sleep(0)
              return "went on"

          print(await asyncio.create_task(worker()), t())
          both = asyncio.create_task(worker())
          await asyncio.sleep(1)
          print(both.cancel(), both.cancelling())
          try:
              await both
          except asyncio.CancelledError:
              print(t(), both.cancelling())
    `,
      function* (print) {
        function* fail(): Coroutine {
          throw new ValueError("x");
        }
        function* cleanUp(): Coroutine {
          try {
            yield* sleep(10);
          } finally {
            yield* sleep(2);
          }
        }
        function* worker(): Coroutine<string> {
          const task = thisTask();
          try {
            yield* asyncWith(new TaskGroup(), function* (group) {
              group.createTask(cleanUp());
              yield* sleep(0);
              group.createTask(fail());
              try {
                yield* sleep(10);
              } finally {
                print("inside", task.cancelling());
              }
            });
          } catch (error) {
            print(repr(error), task.cancelling());
          }
          yield* sleep(0);
          return "went on";
        }
        print(yield* createTask(worker()), t());
        const both = createTask(worker());
        yield* sleep(1);
        print(both.cancel(), both.cancelling());
        try {
          yield* both;
        } catch {
          print(t(), both.cancelling());
        }
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

  it("CX-36: so it is with Runner.run(), which returns the result if main swallows the error", async () => {
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

  it("CX-37: awaiting a task inside `except CancelledError` is a normal await, until another cancel", () =>
    same(
      `
      async def main():
          async def clean_up():
              await asyncio.sleep(2)
              return "cleaned up"

          async def worker():
              try:
                  await asyncio.sleep(10)
              except asyncio.CancelledError:
                  task = asyncio.create_task(clean_up())
                  try:
                      print(await task, t())
                  except asyncio.CancelledError as error:
                      print(repr(error), t(), task.cancelled(), asyncio.current_task().cancelling())
                  raise

          for cancel_again in (False, True):
              task = asyncio.create_task(worker())
              await asyncio.sleep(1)
              task.cancel("first")
              await asyncio.sleep(1)
              if cancel_again:
                  task.cancel("second")
              try:
                  await task
              except asyncio.CancelledError as error:
                  print(repr(error), t(), task.cancelled())
    `,
      function* (print) {
        function* cleanUp(): Coroutine<string> {
          yield* sleep(2);
          return "cleaned up";
        }
        function* worker(): Coroutine {
          try {
            yield* sleep(10);
          } catch (cancelled) {
            const task = createTask(cleanUp());
            try {
              print(yield* task, t());
            } catch (error) {
              print(repr(error), t(), task.cancelled(), thisTask().cancelling());
            }
            throw cancelled;
          }
        }
        for (const cancelAgain of [false, true]) {
          const task = createTask(worker());
          yield* sleep(1);
          task.cancel("first");
          yield* sleep(1);
          if (cancelAgain) task.cancel("second");
          try {
            yield* task;
          } catch (error) {
            print(repr(error), t(), task.cancelled());
          }
        }
      },
    ));

  it("CX-29: cancelling a task that awaits wait() cancels none of the tasks it waits for", () =>
    same(
      `
      async def main():
          async def worker():
              await asyncio.sleep(5)

          async def waiter():
              try:
                  await asyncio.wait([a, b])
              except asyncio.CancelledError as error:
                  print(repr(error), t(), asyncio.current_task().cancelling())
                  raise

          a, b = asyncio.create_task(worker()), asyncio.create_task(worker())
          waiting = asyncio.create_task(waiter())
          await asyncio.sleep(1)
          print(waiting.cancel("stop"))
          await asyncio.sleep(0)
          print(waiting.cancelled(), [task.cancelling() for task in (a, b)], [task.done() for task in (a, b)])
          print(await a, await b, t())
    `,
      function* (print) {
        function* worker(): Coroutine {
          yield* sleep(5);
        }
        function* waiter(): Coroutine {
          try {
            yield* waitForTasks([a, b]);
          } catch (error) {
            print(repr(error), t(), thisTask().cancelling());
            throw error;
          }
        }
        const [a, b] = [createTask(worker()), createTask(worker())];
        const waiting = createTask(waiter());
        yield* sleep(1);
        print(waiting.cancel("stop"));
        yield* sleep(0);
        print(
          waiting.cancelled(),
          [a, b].map((task) => task.cancelling()),
          [a, b].map((task) => task.done()),
        );
        print(yield* a, yield* b, t());
      },
    ));
});
