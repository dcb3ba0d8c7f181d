import {
  type Coroutine,
  createTask,
  Future,
  getRunningLoop,
  sleep,
  type Task,
  wait as waitForTasks,
} from "@yieldstar/loop";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same } from "../../../src/same.ts";
import { t, thisTask } from "../outcomes.ts";

describe("CX: cancellation", () => {
  it("CX-03: a cancel ends the awaited future at once, the task one iteration later, and its waiter one more later", () =>
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

  it("CX-04: every other task that awaits the same future gets a CancelledError too, without a request of its own", () =>
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

  it("CX-05: a cancel is forwarded to the awaited task, and the outer one stays suspended until it is done", () =>
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

  it("CX-06: the outer task gets the value that the inner one returns after swallowing the cancel, and runs on", () =>
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

  it("CX-20: a task that awaits a task cancelled by other code has cancelling() == 0", () =>
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

  it("CX-31: a task gets the cancel at its next step when the awaited future refuses it", () =>
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

  it("CX-32: a cancel that a yielded future refuses is delivered at the following step", () =>
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

  it("CX-33: cancelling both the awaited future and the task, in either order, throws one CancelledError", () =>
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
});
