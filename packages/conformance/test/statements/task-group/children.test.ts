import {
  asyncWith,
  CancelledError,
  type Coroutine,
  createTask,
  getRunningLoop,
  sleep,
  type Task,
  ValueError,
} from "@yieldstar/loop";
import { BaseExceptionGroup, TaskGroup } from "@yieldstar/taskgroup";
import { it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same } from "../../../src/same.ts";
import { cancelling, t } from "../outcomes.ts";

function* fail(delay: number, error: Error): Coroutine<never> {
  yield* sleep(delay);
  throw error;
}

/** The same in Python. */
const helpersInPython = `
      cancelling = lambda: asyncio.current_task().cancelling()

      async def fail(delay, error):
          await asyncio.sleep(delay)
          raise error
`;

it("TG-13: a child that ends cancelled does not fail the group", () =>
  same(
    `
      async def raise_cancelled():
          await asyncio.sleep(1)
          raise asyncio.CancelledError("own")

      async def main():
          future = asyncio.get_running_loop().create_future()

          async def wait():
              await future

          async with asyncio.TaskGroup() as group:
              cancelled = [group.create_task(asyncio.sleep(9)), group.create_task(raise_cancelled()), group.create_task(wait())]
              unstarted = group.create_task(asyncio.sleep(9))
              unstarted.cancel()
              sibling = group.create_task(asyncio.sleep(2, "sibling"))
              await asyncio.sleep(1)
              cancelled[0].cancel()
              future.cancel()
              await asyncio.sleep(0.5)
              print(group, t())
          print(sibling.result(), [task.cancelled() for task in [*cancelled, unstarted]], group, t())
    `,
    function* (print) {
      function* raiseCancelled(): Coroutine {
        yield* sleep(1);
        throw new CancelledError("own");
      }
      const future = getRunningLoop().createFuture<void>();
      function* wait(): Coroutine {
        yield* future;
      }
      const group = new TaskGroup();
      const [sibling, ...cancelled] = yield* asyncWith(group, function* () {
        const tasks = [
          group.createTask(sleep(9)),
          group.createTask(raiseCancelled()),
          group.createTask(wait()),
        ] as const;
        const unstarted = group.createTask(sleep(9));
        unstarted.cancel();
        const last = group.createTask(sleep(2, "sibling"));
        yield* sleep(1);
        tasks[0].cancel();
        future.cancel();
        yield* sleep(0.5);
        print(group, t());
        return [last, ...tasks, unstarted] as const;
      });
      print(
        sibling.result(),
        cancelled.map((task) => task.cancelled()),
        group,
        t(),
      );
    },
  ));

it("TG-32: a child that fails when its parent is done is reported, and aborts nothing", () =>
  same(
    `
      ${helpersInPython}
      async def parent(group):
          await group.__aenter__()
          group.create_task(fail(1, ValueError("x")))
          return group.create_task(asyncio.sleep(2, "bystander"))

      async def main():
          def report(loop, context):
              message = context["message"].replace(repr(context["task"]), "<child>").replace(repr(task), "<parent>")
              print(message, sorted(context), repr(context["exception"]))

          asyncio.get_running_loop().set_exception_handler(report)
          group = asyncio.TaskGroup()
          task = asyncio.create_task(parent(group))
          bystander = await task
          print(await bystander, group)
    `,
    function* (print) {
      function* parent(group: TaskGroup): Coroutine<Task<string>> {
        yield* group.aenter();
        group.createTask(fail(1, new ValueError("x")));
        return group.createTask(sleep(2, "bystander"));
      }
      getRunningLoop().setExceptionHandler((_, context) => {
        const message = context.message.replace(String(context.task), "<child>").replace(String(task), "<parent>");
        print(message, Object.keys(context).sort(), repr(context.exception));
      });
      const group = new TaskGroup();
      const task = createTask(parent(group));
      const bystander = yield* task;
      print(yield* bystander, group);
    },
  ));

it("TG-34: an abort cancels the children in the order they were created", () =>
  same(
    `
      ${helpersInPython}
      async def child(name):
          try:
              await asyncio.sleep(9)
          finally:
              print(name)

      async def main():
          try:
              async with asyncio.TaskGroup() as group:
                  for name in "cab":
                      group.create_task(child(name))
                  group.create_task(asyncio.sleep(0.5))
                  group.create_task(fail(1, ValueError("x")))
                  await asyncio.sleep(0.7)
                  for name in "zd":
                      group.create_task(child(name))
          except ExceptionGroup as error:
              print(repr(error))
    `,
    function* (print) {
      function* child(name: string): Coroutine {
        try {
          yield* sleep(9);
        } finally {
          print(name);
        }
      }
      try {
        yield* asyncWith(new TaskGroup(), function* (group) {
          for (const name of "cab") group.createTask(child(name));
          group.createTask(sleep(0.5));
          group.createTask(fail(1, new ValueError("x")));
          yield* sleep(0.7);
          for (const name of "zd") group.createTask(child(name));
        });
      } catch (error) {
        print(repr(error));
      }
    },
  ));

it("TG-43: a failure between two steps of the body cancels it at the very next one", () =>
  same(
    `
      async def fail():
          raise ValueError("x")

      async def main():
          me = asyncio.current_task()
          try:
              async with asyncio.TaskGroup() as group:
                  task = group.create_task(fail())
                  for i in range(4):
                      try:
                          await asyncio.sleep(0)
                          print(i, task.done(), group, me.cancelling())
                      except asyncio.CancelledError as error:
                          print(i, repr(error), group, me.cancelling())
          except ExceptionGroup as error:
              print(repr(error), me.cancelling())
          await asyncio.sleep(0)
          print(me.cancelling())
    `,
    function* (print) {
      function* failNow(): Coroutine {
        throw new ValueError("x");
      }
      try {
        yield* asyncWith(new TaskGroup(), function* (group) {
          const task = group.createTask(failNow());
          for (let i = 0; i < 4; i += 1) {
            try {
              yield* sleep(0);
              print(i, task.done(), group, cancelling());
            } catch (error) {
              print(i, repr(error), group, cancelling());
            }
          }
        });
      } catch (error) {
        print(repr(error), cancelling());
      }
      yield* sleep(0);
      print(cancelling());
    },
  ));

it("TG-44: a body that awaits a failing child gets CancelledError, and only the group reports the error", () =>
  same(
    `
      ${helpersInPython}
      async def wait(name, task):
          try:
              await task
          except BaseException as error:
              print(name, repr(error), cancelling(), t())
              raise

      async def main():
          try:
              async with asyncio.TaskGroup() as group:
                  task = group.create_task(fail(1, ValueError("x")))
                  stranger = asyncio.create_task(wait("stranger", task))
                  group.create_task(wait("sibling", task))
                  await wait("body", task)
          except ExceptionGroup as error:
              print(repr(error), cancelling(), t())
          print(repr(stranger.exception()))
    `,
    function* (print) {
      function* wait(name: string, task: Task<unknown>): Coroutine {
        try {
          yield* task;
        } catch (error) {
          print(name, repr(error), cancelling(), t());
          throw error;
        }
      }
      let stranger: Task<void> | undefined;
      try {
        yield* asyncWith(new TaskGroup(), function* (group) {
          const task = group.createTask(fail(1, new ValueError("x")));
          stranger = createTask(wait("stranger", task));
          group.createTask(wait("sibling", task));
          yield* wait("body", task);
        });
      } catch (error) {
        print(repr(error), cancelling(), t());
      }
      print(repr(stranger?.exception()));
    },
  ));

it("TG-45: awaiting a child that has failed already raises its error, which the group then holds twice", () =>
  same(
    `
      ${helpersInPython}
      async def main():
          try:
              async with asyncio.TaskGroup() as group:
                  task = group.create_task(fail(1, ValueError("x")))
                  try:
                      await asyncio.sleep(9)
                  except asyncio.CancelledError:
                      pass
                  try:
                      await task
                  except ValueError as error:
                      print("body", repr(error))
                      raise
          except ExceptionGroup as error:
              print(repr(error), error.exceptions[0] is error.exceptions[1])
    `,
    function* (print) {
      try {
        yield* asyncWith(new TaskGroup(), function* (group) {
          const task = group.createTask(fail(1, new ValueError("x")));
          try {
            yield* sleep(9);
          } catch {}
          try {
            yield* task;
          } catch (error) {
            print("body", repr(error));
            throw error;
          }
        });
      } catch (error) {
        if (!(error instanceof BaseExceptionGroup)) throw error;
        print(repr(error), error.exceptions[0] === error.exceptions[1]);
      }
    },
  ));

it("TG-46: an abort cancels children that have not begun, which never run, and leaves done children alone", () =>
  same(
    `
      async def child(name):
          print(name, "runs")
          return name

      async def fail():
          raise ValueError("x")

      async def main():
          try:
              async with asyncio.TaskGroup() as group:
                  done = group.create_task(child("done"))
                  await asyncio.sleep(0)
                  unstarted = group.create_task(child("unstarted"))
                  raise ValueError("body")
          except ExceptionGroup as error:
              print(repr(error), done.result(), done.cancelling(), unstarted.cancelled())
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(fail())
                  await asyncio.sleep(0)
                  unstarted = group.create_task(child("unstarted"))
          except ExceptionGroup as error:
              print(repr(error), unstarted.cancelled())
    `,
    function* (print) {
      function* child(name: string): Coroutine<string> {
        print(name, "runs");
        return name;
      }
      function* failNow(): Coroutine {
        throw new ValueError("x");
      }
      let done: Task<string> | undefined;
      let unstarted: Task<string> | undefined;
      try {
        yield* asyncWith(new TaskGroup(), function* (group) {
          done = group.createTask(child("done"));
          yield* sleep(0);
          unstarted = group.createTask(child("unstarted"));
          throw new ValueError("body");
        });
      } catch (error) {
        print(repr(error), done?.result(), done?.cancelling(), unstarted?.cancelled());
      }
      try {
        yield* asyncWith(new TaskGroup(), function* (group) {
          group.createTask(failNow());
          yield* sleep(0);
          unstarted = group.createTask(child("unstarted"));
        });
      } catch (error) {
        print(repr(error), unstarted?.cancelled());
      }
    },
  ));
