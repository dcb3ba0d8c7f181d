import {
  asyncWith,
  CancelledError,
  type Coroutine,
  createTask,
  currentTask,
  getRunningLoop,
  KeyboardInterrupt,
  sleep,
  type Task,
  ValueError,
} from "@yieldstar/loop";
import { TaskGroup } from "@yieldstar/taskgroup";
import { it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { type Print, same, sameUncaught } from "../../../src/same.ts";
import { beEager, beginToTick } from "../eager-tasks/helpers.ts";
import { cancelling } from "../outcomes.ts";

/** For the Python snippets, and indented like them; the TypeScript of it is below. */
const helpers = `
      cancelling = lambda: asyncio.current_task().cancelling()

      def tick(number=1):
          print("tick", number)
          if number < 6:
              asyncio.get_running_loop().call_soon(tick, number + 1)

      def begin_to_tick():
          asyncio.get_running_loop().call_soon(tick)

      def be_eager():
          asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)

      async def quick(result):
          print("quick", result)
          return result

      async def fail(text):
          print("failing", text)
          raise ValueError(text)
`;

function quickThatPrints(print: Print) {
  return function* quick(result: string): Coroutine<string> {
    print("quick", result);
    return result;
  };
}

function failThatPrints(print: Print) {
  return function* fail(text: string): Coroutine<never> {
    print("failing", text);
    throw new ValueError(text);
  };
}

it("TG-30: a child that has ended in its eager step is a member until the next iteration", () =>
  same(
    `
      ${helpers}
      async def main():
          begin_to_tick()
          async with asyncio.TaskGroup() as group:
              child = group.create_task(quick("child"), eager_start=True)
              child.add_done_callback(lambda task: print("called", group))
              print(child.done(), group)
              await asyncio.sleep(0)
              print(group)
              group.create_task(quick("second"), eager_start=True)
              print("end of body", group)
          print("left", group, child.result())
    `,
    function* (print) {
      const quick = quickThatPrints(print);
      beginToTick(print);
      const group = new TaskGroup();
      const child = yield* asyncWith(group, function* () {
        const first = group.createTask(quick("child"), { eagerStart: true });
        first.addDoneCallback(() => print("called", group));
        print(first.done(), group);
        yield* sleep(0);
        print(group);
        group.createTask(quick("second"), { eagerStart: true });
        print("end of body", group);
        return first;
      });
      print("left", group, child.result());
    },
  ));

it("TG-30: an eager failure does not cancel the parent in the middle of createTask", () =>
  same(
    `
      ${helpers}
      async def main():
          begin_to_tick()
          try:
              async with asyncio.TaskGroup() as group:
                  child = group.create_task(fail("eagerly"), eager_start=True)
                  print("body goes on", child.done(), cancelling())
                  sibling = group.create_task(quick("sibling"), eager_start=True)
                  print("and on", cancelling())
                  try:
                      await asyncio.sleep(0)
                      print("not reached")
                  except asyncio.CancelledError as error:
                      print(repr(error), cancelling())
                      raise
          except ExceptionGroup as error:
              print(repr(error), cancelling(), sibling.result())
    `,
    function* (print) {
      const [quick, fail] = [quickThatPrints(print), failThatPrints(print)];
      beginToTick(print);
      let sibling: Task<string> | undefined;
      try {
        const group = new TaskGroup();
        yield* asyncWith(group, function* () {
          const child = group.createTask(fail("eagerly"), { eagerStart: true });
          print("body goes on", child.done(), cancelling());
          sibling = group.createTask(quick("sibling"), { eagerStart: true });
          print("and on", cancelling());
          try {
            yield* sleep(0);
            print("not reached");
          } catch (error) {
            print(repr(error), cancelling());
            throw error;
          }
        });
      } catch (error) {
        print(repr(error), cancelling(), sibling?.result());
      }
    },
  ));

it("TG-30: a body that ends before it waits leaves the group to wait for the callbacks, and nothing is cancelled", () =>
  same(
    `
      ${helpers}
      async def main():
          begin_to_tick()
          try:
              async with asyncio.TaskGroup() as group:
                  for text in ("first", "second"):
                      group.create_task(fail(text), eager_start=True)
                  print("end of body", group, cancelling())
          except ExceptionGroup as error:
              print(repr(error), cancelling(), t())
          await asyncio.sleep(1)
          print(t())
    `,
    function* (print) {
      const fail = failThatPrints(print);
      beginToTick(print);
      try {
        const group = new TaskGroup();
        yield* asyncWith(group, function* () {
          for (const text of ["first", "second"]) group.createTask(fail(text), { eagerStart: true });
          print("end of body", group, cancelling());
        });
      } catch (error) {
        print(repr(error), cancelling(), getRunningLoop().time());
      }
      yield* sleep(1);
      print(getRunningLoop().time());
    },
  ));

it("TG-30: one group holds the body's own error and an eager child's", () =>
  same(
    `
      ${helpers}
      async def main():
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(fail("child"), eager_start=True)
                  group.create_task(asyncio.sleep(5))
                  raise TypeError("body")
          except ExceptionGroup as error:
              print(repr(error), t())
    `,
    function* (print) {
      const fail = failThatPrints(print);
      try {
        const group = new TaskGroup();
        yield* asyncWith(group, function* () {
          group.createTask(fail("child"), { eagerStart: true });
          group.createTask(sleep(5));
          throw new TypeError("body");
        });
      } catch (error) {
        print(repr(error), getRunningLoop().time());
      }
    },
  ));

it("TG-30: an eager child that ends cancelled does not fail the group", () =>
  same(
    `
      ${helpers}
      async def cancel_self():
          asyncio.current_task().cancel("own")

      async def raise_cancelled():
          raise asyncio.CancelledError("raised")

      async def main():
          async with asyncio.TaskGroup() as group:
              children = [group.create_task(coro(), eager_start=True) for coro in (cancel_self, raise_cancelled)]
              print([child.cancelled() for child in children], group)
              await asyncio.sleep(1)
              print("body ends", group, cancelling())
          print("left", t())
    `,
    function* (print) {
      function* cancelSelf(): Coroutine {
        currentTask()?.cancel("own");
      }
      function* raiseCancelled(): Coroutine {
        throw new CancelledError("raised");
      }
      const group = new TaskGroup();
      yield* asyncWith(group, function* () {
        const children = [cancelSelf, raiseCancelled].map((coro) => group.createTask(coro(), { eagerStart: true }));
        print(
          children.map((child) => child.cancelled()),
          group,
        );
        yield* sleep(1);
        print("body ends", group, cancelling());
      });
      print("left", getRunningLoop().time());
    },
  ));

it("TG-30: an eager child that waits fails like any other", () =>
  same(
    `
      ${helpers}
      async def fail_later():
          print("eager step")
          await asyncio.sleep(1)
          await fail("later")

      async def main():
          be_eager()
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(fail_later())
                  sibling = group.create_task(asyncio.sleep(9))
                  print(group)
                  await asyncio.sleep(9)
          except ExceptionGroup as error:
              print(repr(error), t(), sibling.cancelled(), cancelling())
    `,
    function* (print) {
      const fail = failThatPrints(print);
      function* failLater(): Coroutine {
        print("eager step");
        yield* sleep(1);
        yield* fail("later");
      }
      beEager();
      const group = new TaskGroup();
      let sibling: Task<void> | undefined;
      try {
        yield* asyncWith(group, function* () {
          group.createTask(failLater());
          sibling = group.createTask(sleep(9));
          print(group);
          yield* sleep(9);
        });
      } catch (error) {
        print(repr(error), getRunningLoop().time(), sibling?.cancelled(), cancelling());
      }
    },
  ));

it("TG-30: eager children may add eager children, and one that fails leaves the others their step", () =>
  same(
    `
      ${helpers}
      async def main():
          begin_to_tick()
          be_eager()
          try:
              async with asyncio.TaskGroup() as group:
                  async def parent(name, depth):
                      print("begin", name)
                      if depth > 0:
                          group.create_task(parent(name + ".1", depth - 1))
                          group.create_task(parent(name + ".2", depth - 1))
                      print("end", name, group)
                      if name.endswith("1.1"):
                          raise ValueError(name)

                  group.create_task(parent("0", 2))
                  print("end of body", group)
          except ExceptionGroup as error:
              print(repr(error))
    `,
    function* (print) {
      beginToTick(print);
      beEager();
      const group = new TaskGroup();
      function* parent(name: string, depth: number): Coroutine {
        print("begin", name);
        if (depth > 0) {
          group.createTask(parent(`${name}.1`, depth - 1));
          group.createTask(parent(`${name}.2`, depth - 1));
        }
        print("end", name, group);
        if (name.endsWith("1.1")) throw new ValueError(name);
      }
      try {
        yield* asyncWith(group, function* () {
          group.createTask(parent("0", 2));
          print("end of body", group);
        });
      } catch (error) {
        print(repr(error));
      }
    },
  ));

it("TG-30: a group that is shutting down refuses an eager child before its step", () =>
  same(
    `
      ${helpers}
      async def main():
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(fail("first"), eager_start=True)
                  try:
                      await asyncio.sleep(1)
                  finally:
                      try:
                          group.create_task(quick("late"), eager_start=True)
                      except RuntimeError as error:
                          print(str(error).split(" ", 2)[2])
          except ExceptionGroup as error:
              print(repr(error))
    `,
    function* (print) {
      const [quick, fail] = [quickThatPrints(print), failThatPrints(print)];
      const group = new TaskGroup();
      try {
        yield* asyncWith(group, function* () {
          group.createTask(fail("first"), { eagerStart: true });
          try {
            yield* sleep(1);
          } finally {
            try {
              group.createTask(quick("late"), { eagerStart: true });
            } catch (error) {
              print((error as Error).message.split(" ").slice(2).join(" "));
            }
          }
        });
      } catch (error) {
        print(repr(error));
      }
    },
  ));

it("TG-30: an eager child may cancel the group's parent: the group cancels the others and ends cancelled", () =>
  same(
    `
      ${helpers}
      async def cancel(task):
          print(task.cancel("by child"))

      async def block():
          async with asyncio.TaskGroup() as group:
              sibling = group.create_task(asyncio.sleep(5))
              group.create_task(cancel(asyncio.current_task()), eager_start=True)
              print("body goes on", cancelling())

      async def main():
          task = asyncio.create_task(block())
          try:
              await task
          except asyncio.CancelledError as error:
              print(repr(error), task.cancelling(), t())
    `,
    function* (print) {
      function* cancel(task: Task<unknown> | undefined): Coroutine {
        print(task?.cancel("by child"));
      }
      function* block(): Coroutine {
        const group = new TaskGroup();
        yield* asyncWith(group, function* () {
          group.createTask(sleep(5));
          group.createTask(cancel(currentTask()), { eagerStart: true });
          print("body goes on", cancelling());
        });
      }
      const task = createTask(block());
      try {
        yield* task;
      } catch (error) {
        print(repr(error), task.cancelling(), getRunningLoop().time());
      }
    },
  ));

it("TG-30: a KeyboardInterrupt of an eager child comes out of createTask, and ends the group", () =>
  sameUncaught(
    `
      ${helpers}
      async def interrupt():
          raise KeyboardInterrupt("stop")

      async def main():
          asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
          async with asyncio.TaskGroup() as group:
              sibling = group.create_task(asyncio.sleep(5))
              sibling.add_done_callback(lambda task: print("sibling", task.cancelled(), t()))
              try:
                  group.create_task(interrupt(), eager_start=True)
              finally:
                  print("leaving the body", group)
    `,
    function* (print) {
      function* interrupt(): Coroutine {
        throw new KeyboardInterrupt("stop");
      }
      const loop = getRunningLoop();
      loop.setExceptionHandler(() => {});
      const group = new TaskGroup();
      yield* asyncWith(group, function* () {
        const sibling = group.createTask(sleep(5));
        sibling.addDoneCallback((task) => print("sibling", task.cancelled(), loop.time()));
        try {
          group.createTask(interrupt(), { eagerStart: true });
        } finally {
          print("leaving the body", group);
        }
      });
    },
  ));
