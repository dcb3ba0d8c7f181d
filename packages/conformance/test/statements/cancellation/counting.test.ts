import {
  type Awaitable,
  type Coroutine,
  createTask,
  getRunningLoop,
  sleep,
  type Task,
  ValueError,
  asyncWith,
} from "@yieldstar/loop";
import { TaskGroup } from "@yieldstar/taskgroup";
import { timeout } from "@yieldstar/timeout";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same } from "../../../src/same.ts";
import { t, thisTask } from "../outcomes.ts";

describe("CX: cancellation", () => {
  it("CX-14: awaits after a swallowed CancelledError work, and cancelling() keeps its count until uncancel()", () =>
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

  it("CX-16: several cancels before the step throw one CancelledError, and all are counted", () =>
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
              // It swallows the cancellation.
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

  it("CX-22: uncancel() to zero withdraws a cancel that was not delivered yet", () =>
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

  it("CX-24: uncancel() from two to one keeps the undelivered cancel", () =>
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

  it("CX-35: a canceller uncancels once, and swallows the error only if no other request is left", () =>
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

  it("CX-35: timeout() uncancels once, and leaves a request from outside alone", () =>
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

  it("CX-35: TaskGroup uncancels once, and leaves a request from outside alone", () =>
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
});
