import { type Awaitable, type Coroutine, createTask, getRunningLoop, sleep, ValueError } from "@yieldstar/loop";
import { describe, expect, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same } from "../../../src/same.ts";
import { t, thisTask } from "../outcomes.ts";

describe("CX: cancellation", () => {
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

  it("CX-09: a cancel of a task in the ready queue is thrown at its queued step", () =>
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

  it("CX-10: a task that cancels itself runs on to its next suspension, and the yielded future is cancelled", () =>
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

  it("CX-10: a task that cancels itself and awaits a task that swallows the cancel gets its value, and nothing more", () =>
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

  it("CX-10: a task that cancels itself gets its CancelledError at a bare yield too", () =>
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

  it("CX-11: awaiting a done future delivers nothing to a task that cancelled itself", () =>
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

  it("CX-26: a cancel waits for synchronous code, and for awaits that do not suspend", () =>
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

  // Python sets `__context__` automatically; JavaScript sets nothing, and neither does the loop.
  it("CX-30: a CancelledError that is thrown while another exception is handled does not get it as its cause", async () => {
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
});
