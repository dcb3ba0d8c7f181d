import {
  asyncWith,
  ContextVar,
  copyContext,
  type Coroutine,
  currentTask,
  sleep,
  type Task,
  type TaskOptions,
  ValueError,
} from "@yieldstar/loop";
import { TaskGroup } from "@yieldstar/taskgroup";
import { VirtualTimeLoop } from "@yieldstar/testing";
import { it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same, sameScript } from "../../../src/same.ts";
import { isOver, t } from "../outcomes.ts";

function* fail(delay: number, error: Error): Coroutine<never> {
  yield* sleep(delay);
  throw error;
}

/** The same in Python. */
const failInPython = "async def fail(delay, error): await asyncio.sleep(delay); raise error";

it("TG-03: create_task before entering, while aborting and after the end raises and closes the coroutine", () =>
  same(
    `
      import inspect

      async def child():
          print("ran")

      def refuse(group):
          coro = child()
          try:
              group.create_task(coro)
          except RuntimeError as error:
              print(error)
              print("closed:", inspect.getcoroutinestate(coro) == "CORO_CLOSED")

      ${failInPython}

      async def main():
          group = asyncio.TaskGroup()
          refuse(group)
          async with group:
              pass
          refuse(group)
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(fail(1, ValueError("x")))
                  try:
                      await asyncio.sleep(5)
                  except asyncio.CancelledError:
                      refuse(group)
          except ExceptionGroup:
              refuse(group)
    `,
    function* (print) {
      function* child(): Coroutine {
        print("ran");
      }
      function refuse(group: TaskGroup): void {
        const coro = child();
        try {
          group.createTask(coro);
        } catch (error) {
          print(error);
          print("closed:", isOver(coro));
        }
      }
      let group = new TaskGroup();
      refuse(group);
      yield* asyncWith(group, function* () {});
      refuse(group);
      group = new TaskGroup();
      try {
        yield* asyncWith(group, function* () {
          group.createTask(fail(1, new ValueError("x")));
          try {
            yield* sleep(5);
          } catch {
            refuse(group);
          }
        });
      } catch {
        refuse(group);
      }
    },
  ));

it("TG-03: a refused coroutine that has begun is unwound, and an error of its own takes precedence", () =>
  same(
    `
      async def tidy():
          try:
              await asyncio.sleep(0)
          finally:
              print("tidied up")

      async def stubborn():
          try:
              await asyncio.sleep(0)
          finally:
              await asyncio.sleep(0)

      async def broken():
          try:
              await asyncio.sleep(0)
          finally:
              raise ValueError("broken")

      async def main():
          group = asyncio.TaskGroup()
          for coro in tidy(), stubborn(), broken():
              coro.send(None)
              try:
                  group.create_task(coro)
              except Exception as error:
                  print(repr(error))
    `,
    function* (print) {
      function* tidy(): Coroutine {
        try {
          yield* sleep(0);
        } finally {
          print("tidied up");
        }
      }
      function* stubborn(): Coroutine {
        try {
          yield* sleep(0);
        } finally {
          yield* sleep(0);
        }
      }
      function* broken(): Coroutine {
        try {
          yield* sleep(0);
        } finally {
          // oxlint-disable-next-line no-unsafe-finally -- the subject of the test
          throw new ValueError("broken");
        }
      }
      const group = new TaskGroup();
      for (const coro of [tidy(), stubborn(), broken()]) {
        coro.next();
        try {
          group.createTask(coro);
        } catch (error) {
          print(repr(error));
        }
      }
    },
  ));

it("TG-03: the group counts as finished for a done-callback of its last task, if the body has ended", () =>
  same(
    `
      async def child():
          print("ran")

      async def main():
          def try_create(task):
              coro = child()
              try:
                  group.create_task(coro)
              except RuntimeError as error:
                  print(error)

          async with asyncio.TaskGroup() as group:
              task = group.create_task(asyncio.sleep(1))
              task.add_done_callback(try_create)
              await asyncio.sleep(2)
              print("body", t())
          async with asyncio.TaskGroup() as group:
              task = group.create_task(asyncio.sleep(1))
              task.add_done_callback(try_create)
          print("end", t())
    `,
    function* (print) {
      let group = new TaskGroup();
      function* child(): Coroutine {
        print("ran");
      }
      function tryCreate(): void {
        try {
          group.createTask(child());
        } catch (error) {
          print(error);
        }
      }
      yield* asyncWith(group, function* () {
        const task = group.createTask(sleep(1));
        task.addDoneCallback(tryCreate);
        yield* sleep(2);
        print("body", t());
      });
      group = new TaskGroup();
      yield* asyncWith(group, function* () {
        const task = group.createTask(sleep(1));
        task.addDoneCallback(tryCreate);
      });
      print("end", t());
    },
  ));

it("TG-03: create_task of a value that is not a coroutine leaves the group as it was", () =>
  same(
    `
      async def main():
          async with asyncio.TaskGroup() as group:
              try:
                  group.create_task(42)
              except TypeError as error:
                  print(error)
              print(group)
          print(group)
    `,
    function* (print) {
      const group = new TaskGroup();
      yield* asyncWith(group, function* () {
        try {
          group.createTask(42 as unknown as Coroutine);
        } catch (error) {
          print(error);
        }
        print(group);
      });
      print(group);
    },
  ));

it("TG-29: create_task takes a name and a context", () =>
  same(
    `
      variable = contextvars.ContextVar("variable", default="unset")

      async def child():
          task = asyncio.current_task()
          print(task.get_name(), variable.get(), task.get_context() is context)
          variable.set("child")

      async def main():
          global context
          context = contextvars.copy_context()
          context.run(variable.set, "given")
          variable.set("main")
          async with asyncio.TaskGroup() as group:
              group.create_task(child(), name="named", context=context)
          print(context[variable], variable.get())
          async with asyncio.TaskGroup() as group:
              group.create_task(child())
          print(context[variable], variable.get())
    `,
    function* (print) {
      const variable = new ContextVar<string>("variable", { default: "unset" });
      const context = copyContext();
      function* child(): Coroutine {
        const task = currentTask();
        print(task?.getName(), variable.get(), task?.getContext() === context);
        variable.set("child");
      }
      context.run(() => variable.set("given"));
      variable.set("main");
      yield* asyncWith(new TaskGroup(), function* (group) {
        group.createTask(child(), { name: "named", context });
      });
      print(context.get(variable), variable.get());
      yield* asyncWith(new TaskGroup(), function* (group) {
        group.createTask(child());
      });
      print(context.get(variable), variable.get());
    },
  ));

it("TG-29: create_task passes all its options to the loop", () =>
  sameScript(
    `
      class Loop(asyncio.EventLoop):
          def create_task(self, coro, **options):
              print(options)
              options.pop("color", None)
              return super().create_task(coro, **options)

      async def main():
          async with asyncio.TaskGroup() as group:
              group.create_task(asyncio.sleep(1))
              task = group.create_task(asyncio.sleep(1), name="named", color="blue")
          print(task.get_name())

      loop = Loop()
      loop.run_until_complete(main())
      loop.close()
    `,
    (print) => {
      class Loop extends VirtualTimeLoop {
        override createTask<T>(coro: Coroutine<T>, options?: TaskOptions): Task<T> {
          print({ ...options });
          const { color: _, ...known } = { color: undefined, ...options };
          return super.createTask(coro, known);
        }
      }
      function* main(): Coroutine {
        const task = yield* asyncWith(new TaskGroup(), function* (group) {
          group.createTask(sleep(1));
          const options = { name: "named", color: "blue" };
          return group.createTask(sleep(1), options);
        });
        print(task.getName());
      }
      const loop = new Loop();
      loop.runUntilComplete(main());
      loop.close();
    },
  ));

it("TG-33: create_task in a child after the abort began raises in that child, and adds an error if not caught", () =>
  same(
    `
      ${failInPython}

      async def child(group, catches):
          try:
              await asyncio.sleep(9)
          finally:
              try:
                  group.create_task(asyncio.sleep(1))
              except RuntimeError as error:
                  print(error)
                  if not catches:
                      raise

      async def main():
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(child(group, True))
                  group.create_task(child(group, False))
                  group.create_task(fail(1, ValueError("x")))
          except ExceptionGroup as error:
              print(repr(error), t())
    `,
    function* (print) {
      function* child(group: TaskGroup, catches: boolean): Coroutine {
        try {
          yield* sleep(9);
        } finally {
          try {
            group.createTask(sleep(1));
          } catch (error) {
            print(error);
            // oxlint-disable-next-line no-unsafe-finally -- as the Python side does
            if (!catches) throw error;
          }
        }
      }
      try {
        yield* asyncWith(new TaskGroup(), function* (group) {
          group.createTask(child(group, true));
          group.createTask(child(group, false));
          group.createTask(fail(1, new ValueError("x")));
        });
      } catch (error) {
        print(repr(error), t());
      }
    },
  ));
